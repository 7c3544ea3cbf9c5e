"""Who speaks what in which split: the script, before anything is spoken."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from trainer.core.clips import ClipKind, Split
from trainer.errors import VoiceError
from trainer.phrase.plan import PhrasePlan, plan_phrase
from trainer.recipe import PhraseRecipe, SampleRecipe
from trainer.samples.script import CHARACTERS_A_SECOND, punctuate, write_script
from trainer.samples.shards import make_shards
from trainer.samples.speakers import CHILD_TRACT, Cast, cast_voices
from trainer.samples.utterances import Utterance
from trainer.samples.voices import EngineName, Voice

RECIPE = SampleRecipe(positives=400, near_misses=10, near_miss_clips=120, speech_minutes=2)


@pytest.fixture(scope="module")
def plan() -> PhrasePlan:
    return plan_phrase(PhraseRecipe(text="alexa"), 10, 1)


def voice(name: str, language: str = "en-us", gender: str = "f", path: Path = Path(__file__)) -> Voice:
    engine: EngineName = "kokoro" if name.startswith("kokoro:") else "piper"
    return Voice(name, engine, None, language, gender, "CC0-1.0", "test", "", path)


def many() -> list[Voice]:
    kokoro = [
        voice(f"kokoro:{letter}{gender}_{i}", language, gender)
        for letter, language in (("a", "en-us"), ("b", "en-gb"), ("j", "ja"), ("e", "es"))
        for gender in "fm"
        for i in range(5)
    ]
    return [voice("piper:joe", gender="m"), *kokoro]


def script_of(voices: list[Voice], plan: PhrasePlan, recipe: SampleRecipe = RECIPE, seed: int = 1) -> list[Utterance]:
    return write_script(recipe, plan, cast_voices(voices, recipe, "en", seed), seed)


def test_no_voice_nor_mixture_stands_in_two_splits(plan: PhrasePlan) -> None:
    where: dict[str, set[Split]] = {}
    for utterance in script_of(many(), plan):
        for name in utterance.voices:
            where.setdefault(name, set()).add(utterance.split)
    assert all(len(splits) == 1 for splits in where.values())
    assert {split for splits in where.values() for split in splits} == set(Split)
    assert where["piper:joe"] == {Split.TRAIN}


@pytest.mark.parametrize("seed", range(5))
def test_splits_are_balanced(seed: int) -> None:
    casts = cast_voices(many(), RECIPE, "en", seed)
    assert {split: len(cast.voices) for split, cast in casts.items()} == {
        Split.TRAIN: 31,
        Split.VALIDATION: 6,
        Split.TEST: 4,
    }
    for cast in casts.values():
        native = sum(v.language.startswith("en") for v in cast.voices)
        women = sum(v.gender == "f" for v in cast.voices)
        assert abs(native - len(cast.voices) / 2) <= 1
        assert abs(women - len(cast.voices) / 2) <= 1


def test_one_voice_is_told_apart_by_size_only() -> None:
    casts = cast_voices([voice("piper:joe")], RECIPE, "en", 1)
    ranges = sorted(cast.tract for cast in casts.values())
    assert len(ranges) == 3
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    assert (ranges[0][0], ranges[-1][1]) == pytest.approx(RECIPE.tract)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_few_voices_are_parted_still(count: int) -> None:
    casts = cast_voices([voice(f"piper:{i}") for i in range(count)], RECIPE, "en", 1)
    names = [v.name for cast in casts.values() for v in cast.voices]
    assert len(set(names)) == len(names) == count
    assert set(casts) == ({Split.TRAIN, Split.VALIDATION} if count == 2 else set(Split))


def test_no_voices_is_an_error() -> None:
    with pytest.raises(VoiceError, match="no voices"):
        cast_voices([], RECIPE, "en", 1)


def test_amounts_are_as_ordered(plan: PhrasePlan) -> None:
    script = script_of(many(), plan)
    positives = Counter(u.split for u in script if u.kind is ClipKind.POSITIVE)
    assert positives == {Split.TRAIN: 300, Split.VALIDATION: 60, Split.TEST: 40}
    said = sum(u.text.count(", ") + 1 for u in script if u.kind is ClipKind.NEAR_MISS)
    assert said == RECIPE.near_miss_clips
    speech = [u for u in script if u.kind is ClipKind.SPEECH]
    seconds = sum(len(u.ipa) / CHARACTERS_A_SECOND / u.tempo for u in speech)
    assert RECIPE.speech_minutes * 60 <= seconds <= RECIPE.speech_minutes * 60 + 3 * 15
    assert {u.split for u in speech} == set(Split)


def test_what_the_phrase_is_said_like(plan: PhrasePlan) -> None:
    positives = [u for u in script_of(many(), plan) if u.kind is ClipKind.POSITIVE]
    said = Counter(u.ipa.rstrip(".!?,") for u in positives)
    assert set(said) == {p.ipa for p in plan.pronunciations}
    assert said.most_common(1)[0][0] == plan.pronunciations[0].ipa
    native = np.mean([u.voices[0].split(":")[1][0] in "ab" for u in positives if "kokoro" in u.voices[0]])
    assert 0.65 < native < 0.85
    assert 0.3 < np.mean([len(u.voices) == 2 for u in positives]) < 0.6
    for values, (low, high) in (
        ([u.tempo for u in positives], RECIPE.tempo),
        ([u.tract for u in positives], RECIPE.tract),
    ):
        assert low <= min(values) < low + 0.03
        assert high - 0.03 < max(values) <= high


def test_some_women_speak_as_children(plan: PhrasePlan) -> None:
    genders = {v.name: v.gender for v in many()}
    script = script_of(many(), plan, replace(RECIPE, children=0.3))
    children = [u for u in script if u.tract > RECIPE.tract[1]]
    assert {genders[u.voices[0]] for u in children} == {"f"}
    assert CHILD_TRACT[1] - 0.02 < max(u.tract for u in children) <= CHILD_TRACT[1]
    women = sum(genders[u.voices[0]] == "f" for u in script)
    assert abs(len(children) / women - 0.3) < 0.05
    assert {u.split for u in children} == set(Split)


def test_a_clip_does_not_depend_on_how_many_there_are(plan: PhrasePlan) -> None:
    fewer = script_of(many(), plan)
    more = script_of(many(), plan, replace(RECIPE, positives=800))
    train = [u for u in fewer if u.kind is ClipKind.POSITIVE and u.split is Split.TRAIN]
    assert [u for u in more if u.kind is ClipKind.POSITIVE][: len(train)] == train
    assert script_of(many(), plan, seed=2) != fewer


def test_every_utterance_is_in_one_shard_of_one_engine(plan: PhrasePlan) -> None:
    script = script_of(many(), plan)
    shards = make_shards(script, many(), 1)
    assert Counter(u for shard in shards for u in shard.utterances) == Counter(script)
    assert all({name.partition(":")[0] for u in s.utterances for name in u.voices} == {s.engine} for s in shards)
    assert all({name for u in s.utterances for name in u.voices} == {v.name for v in s.voices} for s in shards)


def test_a_shard_is_known_by_what_shapes_it(plan: PhrasePlan, tmp_path: Path) -> None:
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"one")
    joe = [voice("piper:joe", path=model)]
    script = script_of(joe, plan)
    keys = [s.key for s in make_shards(script, joe, 1)]
    assert keys == [s.key for s in make_shards(script, joe, 1)]
    assert not set(keys) & {s.key for s in make_shards(script, joe, 2)}
    model.write_bytes(b"two")
    assert not set(keys) & {s.key for s in make_shards(script, joe, 1)}


def test_text_keeps_its_punctuation() -> None:
    assert punctuate("Yes, it is. Now?", "en-us") == "jˈɛs, ɪɾ ˈɪz. nˈaʊ?"
    assert punctuate("no", "en-us").endswith("oʊ.")


def test_a_lone_engine_cannot_mix() -> None:
    cast = Cast((voice("piper:a"), voice("piper:b")), (1, 1), "en")
    assert cast.draw_partner(cast.voices[0], np.random.default_rng(1)) is None
