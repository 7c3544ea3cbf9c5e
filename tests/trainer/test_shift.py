"""Domain shifts: what the conditions do to sound, pairs with quiet, and who is heard."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from test_evaluate import MODEL, tone

from trainer.core.audio import Samples, write_wav
from trainer.errors import RecipeError
from trainer.evaluation.device import Twin
from trainer.evaluation.evaluate import evaluate_folders, plan_clips
from trainer.evaluation.measures import paired_difference
from trainer.evaluation.scoring import ClipScore, Recording, Rule
from trainer.evaluation.shift import render_shift
from trainer.evaluation.slices import slice_clips
from trainer.evaluation.summary import Heard
from trainer.evaluation.words import name_condition
from trainer.events import discard
from trainer.features.conditions import apply_condition, speak_otherwise
from trainer.features.tempo import change_pitch, change_tempo, find_pitch
from trainer.recipe import EvaluationRecipe

RATE = 16_000


def voice(hertz: float, seconds: float = 0.8) -> Samples:
    """A buzz with harmonics, as a voice has."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 12))
    return (0.1 * sound).astype(np.float32)


@pytest.mark.parametrize("hertz", [90.0, 130.0, 220.0])
def test_pitch_is_found_and_changed_without_the_tempo(hertz: float) -> None:
    assert find_pitch(voice(hertz)) == pytest.approx(hertz, rel=0.02)
    higher = change_pitch(voice(hertz), 3)
    assert higher.size == voice(hertz).size
    assert find_pitch(higher) == pytest.approx(hertz * 2 ** (3 / 12), rel=0.03)


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_tempo_is_changed_without_the_pitch(speed: float) -> None:
    faster = change_tempo(voice(120), speed)
    assert faster.size == pytest.approx(0.8 * RATE / speed, rel=0.01)
    assert find_pitch(faster) == pytest.approx(120, rel=0.03)
    level = [np.sqrt(np.mean(np.square(sound[2000:-2000]))) for sound in (voice(120), faster)]
    assert level[1] == pytest.approx(level[0], rel=0.2)


def test_tempo_is_changed_whatever_the_length() -> None:
    for samples in range(2100, 2400, 16):  # of some, a multiple of the speed is rounded to the last place itself
        slower = change_tempo(voice(120, samples / RATE), 0.7)
        assert slower.size == pytest.approx(samples / 0.7, abs=128)


def test_noise_has_no_pitch() -> None:
    assert find_pitch(np.random.default_rng(1).standard_normal(RATE).astype(np.float32)) is None
    assert find_pitch(np.zeros(100, np.float32)) is None


def test_conditions_do_what_they_say() -> None:
    sound = voice(200) + voice(5000)
    spectrum = np.abs(np.fft.rfft(apply_condition("telephone", sound, 1)))
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    assert spectrum[hertz > 3700].max() < 0.01 * spectrum.max()
    assert spectrum[hertz < 250].max() < 0.01 * spectrum.max()
    clipped = apply_condition("clipped_20db", sound, 1)
    assert np.mean(np.abs(clipped) == 1) > 0.3
    far = apply_condition("far", sound, 1)
    assert np.abs(far).max() == pytest.approx(10 ** (-30 / 20), rel=0.05)
    talk = (20_000 * voice(150)).astype(np.int16)
    babble = apply_condition("babble_5db", sound, 1, talkers=[talk])
    assert not np.array_equal(babble, apply_condition("noise_5db", sound, 1))
    assert np.array_equal(speak_otherwise("telephone", sound), sound)
    for name in EvaluationRecipe().conditions:
        heard = apply_condition(name, speak_otherwise(name, sound), 1, talkers=[talk])
        assert np.isfinite(heard).all()
        assert "_" not in name_condition(name)


@pytest.mark.parametrize("name", ["speed_10pc", "pitch_40st", "babble", "far_3db", "telephone_1st"])
def test_unknown_conditions_are_refused(name: str) -> None:
    with pytest.raises(RecipeError, match="telephone, noise_Ndb"):
        apply_condition(name, voice(100), 1)


def test_a_paired_difference_is_bonetts_and_prices() -> None:
    found = paired_difference([1.0] * 8 + [-1.0] * 2 + [0.0] * 30)
    assert found.value == pytest.approx(6 / 40)
    middle, spread = 6 / 42, 12 / 42 - (6 / 42) ** 2
    half = 1.959964 * np.sqrt(spread / 42)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))
    few = paired_difference([0.0] * 5)
    assert few.low < -0.3 < 0.3 < few.high
    assert paired_difference([]).value is None


def score(
    name: str, voice_: str, condition: str, *found: bool, pitch: float = 100, seconds: float = 0.5
) -> ClipScore:
    recording = Recording(name, "said", Path(name), voice=voice_)
    return ClipScore(recording, condition, found, np.zeros(256), 0.0, (), seconds, pitch)


def test_slices_are_by_what_is_known_and_the_worst_comes_first() -> None:
    scores = [
        score("1", "kokoro:af_bella", "clean", True, True),
        score("1", "kokoro:af_bella", "far", True, False),
        score("2", "kokoro:ff_siwis", "clean", True, True, pitch=230),
        score("2", "kokoro:ff_siwis", "far", False, False, pitch=230),
        score("3", "anna", "clean", True, False, pitch=230, seconds=1.2),
    ]
    slices = slice_clips(scores)
    found = {(s.attribute, s.name): s for s in slices}
    assert found["language", "fr-fr"].disturbed.value == 0
    assert found["language", "fr-fr"].change.value == -1
    assert found["language", "en-us"].change.value == -0.5
    assert found["engine", "recordings"].disturbed.total == 0
    assert found["pitch", "above 210 Hz"].recall.value == 0.75
    assert found["length", "above 1 s"].recall.total == 1
    assert slices[0].disturbed.value == 0
    heard = Heard(clips=scores)
    conditions = {c.name: c for c in heard.summary(Rule(1, 1), 2)["conditions"]}
    assert conditions["clean"].change is None
    assert conditions["far"].change.value == -0.75  # of the two that were played there
    assert slice_clips(scores[:2]) == ()  # one voice: nothing to tell apart


def test_many_clips_are_thinned_and_all_are_heard_clean() -> None:
    clips = [Recording(str(i), "said", Path(str(i))) for i in range(50)]
    tasks = plan_clips(Twin(b""), Rule(1, 1), clips, ("clean", "far"), 1, (), 20)
    assert sum(len(t.recordings) for t in tasks if t.conditions == ("clean", "far")) == 20
    assert sorted(int(r.name) for t in tasks for r in t.recordings) == list(range(50))
    assert len(plan_clips(Twin(b""), Rule(1, 1), clips, ("clean", "far"), 1, (), None)) == 4


def test_babble_needs_talkers(tmp_path: Path) -> None:
    write_wav(tmp_path / "said" / "0.wav", tone(0.6))
    write_wav(tmp_path / "other" / "0.wav", tone(2.0))
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(RecipeError, match="babble is made of"):
            evaluate_folders(MODEL, None, [tmp_path / "said"], [], ["babble_5db"], executor, discard)
        found = evaluate_folders(
            MODEL, None, [tmp_path / "said"], [tmp_path / "other"], ["babble_5db", "speed_120pc"], executor, discard
        )
    assert [c.name for c in found.conditions] == ["clean", "babble_5db", "speed_120pc"]
    page = render_shift(found)
    assert "People talking, 5 dB below the voice" in page
    assert "Spoken at 120 % of the speed" in page
