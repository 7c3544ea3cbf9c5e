"""How near other texts are to the phrase, and what is kept out of training for it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.core.audio import write_wav
from trainer.core.clips import Rejection
from trainer.data.recordings import import_recordings
from trainer.data.transcripts import named, read_transcript
from trainer.events import Event, Warning
from trainer.phrase.distance import tabulate
from trainer.phrase.plan import plan_phrase, read_plan, write_plan
from trainer.phrase.similarity import HIGH, MEDIUM, Target, find_target, judge, judge_texts
from trainer.recipe import DataRecipe, PhraseRecipe

SOUNDS = ("p", "t", "k", "s", "m", "l", "a", "iː", "ə", "eɪ", "ʃ", "h")
spoken = st.lists(st.sampled_from(SOUNDS), min_size=1, max_size=9).map(tuple)


@settings(max_examples=60, deadline=None)
@given(spoken, spoken, spoken, spoken)
def test_similarity_is_a_share_that_what_is_said_around_cannot_lower(phrase, other, before, after):
    target = Target((phrase,))
    alone, within, whole = target.similarities(tabulate([other, before + other + after, before + phrase + after]))
    assert 0 <= alone <= 1
    assert within >= alone - 1e-5
    assert whole == pytest.approx(1)


def scores(phrase, *texts):
    made = plan_phrase(PhraseRecipe(text=phrase, language="en"), 0, 1)
    judged = judge_texts(texts, find_target(made.pronunciations), made.espeak_voice)
    assert [one.text for one in judged] == list(texts)
    return judged


@pytest.mark.parametrize(
    ("phrase", "high", "below"),
    [
        ("smart mirror", ("mart mirror", "smart mere", "smart mirrors"), ("smart", "mirror", "a dark window")),
        ("alexa", ("a lexus", "hey alexa please"), ("athena", "elephant", "texas")),
    ],
)
def test_what_people_say_carelessly_is_high(phrase, high, below):
    assert [one.level for one in scores(phrase, *high)] == ["high"] * len(high)
    assert all(one.reason for one in scores(phrase, *high))
    assert all(one.level != "high" and not one.reason for one in scores(phrase, *below))


def test_levels_are_those_of_the_score():
    for one in scores("hey jarvis", "hey jarvis", "hey marvin", "hey travis", "good morning", "jarvis", "hey jarvi"):
        assert one.level == ("high" if one.similarity >= HIGH else "medium" if one.similarity >= MEDIUM else "low")
        assert bool(one.reason) == (one.similarity >= HIGH)
    assert judge([], Target((("a",),))) == []


def test_a_plan_lists_what_it_quarantines_and_speaks_none_of_it(tmp_path):
    made = plan_phrase(PhraseRecipe(text="smart mirror", language="en"), 120, 1)
    assert {"smart meter", "mart mirror"} <= {one.text for one in made.quarantined}
    assert all(one.similarity >= HIGH and one.reason for one in made.quarantined)
    assert not {one.text for one in made.quarantined} & {miss.text for miss in made.near_misses}
    again = judge([(miss.text, miss.ipa) for miss in made.near_misses], find_target(made.pronunciations))
    assert not [one for one in again if one.reason]
    write_plan(tmp_path / "plan.json", made)
    assert read_plan(tmp_path / "plan.json") == made


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("alexis_03", "alexis"),
        ("smart-meter", "smart meter"),
        ("speaker2_take7", ""),
        ("not_alexa_2", ""),
        ("alexa_hard_negative_12", ""),
        ("0111603b-448a-47cf-a707-92ad4ba277fd", ""),
        ("привет_1", "привет"),
        ("小智", "小智"),
    ],
)
def test_a_files_name_tells_what_is_said(stem, said):
    assert named(stem) == said


def test_the_text_beside_a_recording_goes_before_its_name(tmp_path):
    (tmp_path / "alexis.txt").write_text(" good\nmorning ")
    assert read_transcript(tmp_path / "alexis.wav") == "good morning"
    (tmp_path / "alexis.txt").write_text("word " * 900)
    assert read_transcript(tmp_path / "alexis.wav") == "alexis"  # that is no transcript


def test_recorded_negatives_that_are_too_near_are_quarantined(tmp_path: Path):
    random = np.random.default_rng(1)
    for name in ("alexis_1", "athena_1", "alexis_2", "x1", "not_alexa"):
        write_wav(tmp_path / f"{name}.wav", (0.1 * random.standard_normal(16_000)).astype(np.float32))
    (tmp_path / "x1.txt").write_text("what can Alexa do")
    made = plan_phrase(PhraseRecipe(text="alexa", language="en"), 0, 1)
    judge_them = partial(judge_texts, target=find_target(made.pronunciations), voice=made.espeak_voice)
    events: list[Event] = []
    with ThreadPoolExecutor(1) as pool:
        recipe = DataRecipe(negatives=(tmp_path,))
        rows = list(import_recordings(recipe, 1, pool, events.append, judge_them))
        as_before = list(import_recordings(recipe, 1, pool, events.append))
    refused = [row for row in rows if isinstance(row, Rejection)]
    assert sorted(Path(r.origin).stem for r in refused) == ["alexis_1", "alexis_2", "x1"]
    assert {r.reason for r in refused} == {"too_near"}
    assert all("similarity of 0." in r.message or "1.00" in r.message for r in refused)
    assert len(rows) == len(as_before) == 5
    [warning] = [e for e in events if isinstance(e, Warning) and e.code == "too_near"]
    assert warning.values["count"] == 3
