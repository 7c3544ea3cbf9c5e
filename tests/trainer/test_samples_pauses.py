"""Pauses between words: where they fall, how long they last, and that the words around them stay whole."""

from dataclasses import replace

import numpy as np
import pytest

from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.core.clips import ClipKind, Split
from trainer.errors import AudioError
from trainer.samples.checks import check_clip, expected_seconds, find_missaid, trim_clip
from trainer.samples.pauses import PAUSE_S, draw_pauses, speak_apart
from trainer.samples.utterances import Utterance

SAID = Utterance(ClipKind.POSITIVE, Split.TRAIN, "hey smart home", "hˈeɪ smˈɑːt hˈəʊm!", "en-gb", ("piper:joe",))


def beep(seconds: float, hertz: float = 200) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def voice(asked: list[str]) -> "object":
    def speak(utterance: Utterance) -> Samples:
        asked.append(utterance.ipa)
        silence = np.zeros(SAMPLE_RATE // 4, np.float32)
        return np.concatenate([silence, beep(0.3 * len(utterance.ipa.split())), silence])

    return speak


def test_one_word_has_no_pause() -> None:
    assert draw_pauses("ɐlˈɛksə", np.random.default_rng(1)) == ()


@pytest.mark.parametrize("ipa", ["smˈɑːt mˈɪɹə", "hˈeɪ smˈɑːt hˈəʊm"])
def test_there_is_always_a_pause_and_never_a_long_one(ipa: str) -> None:
    drawn = [draw_pauses(ipa, np.random.default_rng(seed)) for seed in range(300)]
    gaps = len(ipa.split()) - 1
    assert {len(pauses) for pauses in drawn} == {gaps}
    assert all(max(pauses) > 0 for pauses in drawn)
    heard = [seconds for pauses in drawn for seconds in pauses if seconds]
    assert PAUSE_S[0] <= min(heard) < PAUSE_S[0] + 0.02
    assert PAUSE_S[1] - 0.02 < max(heard) <= PAUSE_S[1]
    places = {place for pauses in drawn for place, seconds in enumerate(pauses) if seconds}
    assert places == set(range(gaps))
    if gaps > 1:
        assert 0.2 < np.mean([all(pauses) for pauses in drawn]) < 0.4


def test_parts_are_spoken_by_themselves_and_joined_by_silence() -> None:
    asked: list[str] = []
    sound = speak_apart(replace(SAID, pauses=(0.0, 0.4)), voice(asked))  # type: ignore[arg-type]
    assert asked == ["hˈeɪ smˈɑːt,", "hˈəʊm!"]
    assert len(sound) / SAMPLE_RATE == pytest.approx(0.6 + 0.4 + 0.3, abs=0.05)
    quiet = np.flatnonzero(np.convolve(np.abs(sound) < 1e-6, np.ones(160), "valid") == 160)
    assert np.ptp(quiet) / SAMPLE_RATE == pytest.approx(0.4, abs=0.05)
    assert trim_clip(sound)[1] == pytest.approx(1.3, abs=0.1)


def test_a_part_that_is_not_said_is_no_clip() -> None:
    with pytest.raises(AudioError, match="said nothing"):
        speak_apart(replace(SAID, pauses=(0.2, 0.0)), lambda _: np.zeros(8000, np.float32))


def test_a_pause_is_expected() -> None:
    least, most = expected_seconds(SAID)
    with_pause = expected_seconds(replace(SAID, pauses=(0.0, 0.4)))
    assert with_pause[0] == pytest.approx(least + 0.4)
    assert with_pause[1] > most + 0.4
    check_clip(beep(least + 0.45), with_pause)


def test_a_pause_is_no_misspeaking() -> None:
    rng = np.random.default_rng(3)
    script = [replace(SAID, pauses=(0.0, float(p)) if p else ()) for p in [0.0] * 30 + [0.2, 0.5] * 15]
    seconds = np.array([0.9 + 0.6 * bool(u.pauses) + sum(u.pauses) for u in script]) + rng.normal(0, 0.02, 60)
    assert not find_missaid(script, seconds).any()
    seconds[5], seconds[40] = 2.0, 4.0
    assert np.flatnonzero(find_missaid(script, seconds)).tolist() == [5, 40]
