"""What a clip is refused for, and where its speech begins and ends."""

from dataclasses import replace

import numpy as np
import pytest

from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.core.clips import ClipKind, Split
from trainer.errors import AudioError
from trainer.samples.checks import MARGIN_S, check_clip, expected_seconds, find_missaid, sayable, trim_clip
from trainer.samples.kokoro import mix_styles
from trainer.samples.kokoro_symbols import kokoro_symbols
from trainer.samples.resampling import to_device_rate
from trainer.samples.utterances import Utterance

WORD = Utterance(ClipKind.POSITIVE, Split.TRAIN, "alexa", "ɐlˈɛksə.", "en-us", ("piper:joe",))


def tone(seconds: float, hertz: float = 200.0, rate: int = SAMPLE_RATE, peak: float = 0.5) -> Samples:
    wave: Samples = (peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)
    return wave


def silence(seconds: float, level: float = 1e-4) -> Samples:
    noise: Samples = (level * np.random.default_rng(1).normal(size=round(seconds * SAMPLE_RATE))).astype(np.float32)
    return noise


def test_speech_is_found_with_its_faint_end() -> None:
    fricative = 0.02 * np.random.default_rng(2).normal(size=SAMPLE_RATE // 10).astype(np.float32)
    clip = np.concatenate([silence(0.4), tone(0.5), fricative, silence(0.6)])
    trimmed, end_s = trim_clip(clip)
    assert end_s == pytest.approx(MARGIN_S + 0.6, abs=0.02)
    assert len(trimmed) / SAMPLE_RATE == pytest.approx(0.6 + 2 * MARGIN_S, abs=0.02)


def test_a_click_is_not_speech() -> None:
    clip = np.concatenate([silence(0.3), tone(0.01), silence(0.4), tone(0.5), silence(0.3)])
    assert trim_clip(clip)[1] == pytest.approx(MARGIN_S + 0.5, abs=0.02)


@pytest.mark.parametrize("clip", [silence(1.0), np.zeros(16000, np.float32), np.zeros(0, np.float32)])
def test_silence_is_refused(clip: Samples) -> None:
    with pytest.raises(AudioError) as refused:
        trim_clip(clip)
    assert refused.value.code == "silent"


@pytest.mark.parametrize(
    ("clip", "code"),
    [
        (silence(0.6), "silent"),
        (np.clip(tone(0.6, peak=4.0), -1, 1), "clipped"),
        (tone(0.1), "too_short"),
        (tone(9.0), "too_long"),
        (np.full(9600, np.nan, np.float32), "not_finite"),
    ],
)
def test_each_fault_has_its_name(clip: Samples, code: str) -> None:
    with pytest.raises(AudioError) as refused:
        check_clip(clip, expected_seconds(WORD))
    assert refused.value.code == code


@pytest.mark.parametrize("peak", [0.2, 1.0, 3.0])
def test_a_good_clip_passes(peak: float) -> None:
    check_clip(tone(0.6, 100.0, peak=peak), expected_seconds(WORD))


def test_expectations_follow_tempo_and_length() -> None:
    slow, long = replace(WORD, tempo=0.5), replace(WORD, ipa=", ".join(["ɐlˈɛksə"] * 3))
    assert expected_seconds(slow)[0] == pytest.approx(2 * expected_seconds(WORD)[0])
    assert expected_seconds(long)[1] > 2 * expected_seconds(WORD)[1]


def test_a_misspoken_clip_stands_out() -> None:
    random = np.random.default_rng(3)
    said = [replace(WORD, tempo=tempo) for tempo in random.uniform(0.8, 1.25, 40)]
    seconds = np.array([0.6 / u.tempo for u in said]) * random.normal(1, 0.05, 40)
    assert not find_missaid(said, seconds).any()
    seconds[7] *= 2.2
    seconds[8] /= 2.2
    seconds[9] = np.nan
    assert np.flatnonzero(find_missaid(said, seconds)).tolist() == [7, 8]


def test_other_words_may_take_their_time() -> None:
    said = [*[WORD] * 20, replace(WORD, kind=ClipKind.NEAR_MISS)]
    assert not find_missaid(said, np.array([0.6] * 20 + [1.8])).any()


def test_few_clips_are_not_judged() -> None:
    assert not find_missaid([WORD] * 3, np.array([0.5, 0.5, 3.0])).any()


@pytest.mark.parametrize("rate", [16000, 22050, 24000])
@pytest.mark.parametrize("tract", [0.85, 1.0, 1.18])
def test_a_smaller_tract_raises_all_frequencies(rate: int, tract: float) -> None:
    out = to_device_rate(tone(1.0, 400.0, rate), rate, tract)
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out))))
    heard = np.argmax(spectrum) * SAMPLE_RATE / len(out)
    assert heard == pytest.approx(400 * tract, rel=0.01)
    assert len(out) / SAMPLE_RATE == pytest.approx(1 / tract, rel=0.01)


@pytest.mark.parametrize(
    ("ipa", "language", "symbols"),
    [
        ("ɐlˈɛksə!", "en-us", "əlˈɛksə!"),
        ("hˈeɪ dʒˈɑːɹvɪs", "en-us", "hˈA ʤˈɑɹvɪs"),
        ("hˈeɪ dʒˈɑːvɪs", "en-gb-x-rp", "hˈA ʤˈɑːvɪs"),
        ("tʃˈɜːtʃ", "en-us", "ʧˈɜɹʧ"),
        ("nˈoʊ, bˈʌɾɚ.", "en-us", "nˈO, bˈʌɾəɹ."),
        ("pˈɪksəl", "en-us", "pˈɪksᵊl"),
        ("bˈʌʔn̩", "en-us", "bˈʌʔᵊn"),
        ("ʃpˈeːtɐ", "de", "ʃpˈeːtɐ"),
    ],
)
def test_espeak_becomes_kokoro(ipa: str, language: str, symbols: str) -> None:
    assert kokoro_symbols(ipa, language) == symbols


def test_a_voice_without_the_sounds_is_not_asked() -> None:
    known = dict.fromkeys("abc ˈ")
    assert sayable("ˈabc abq", known) == list("ˈabc ab")
    for text in ("aqq", "ˈ ", ""):
        with pytest.raises(AudioError) as refused:
            sayable(text, known)
        assert refused.value.code == "unsayable"


def test_styles_mix_by_halves() -> None:
    one, two = np.zeros(256, np.float32), np.ones(256, np.float32)
    mixed = mix_styles([one, two], timbre=0.25, prosody=1.0)
    assert mixed.dtype == np.float32
    assert np.all(mixed[:128] == 0.25)
    assert np.all(mixed[128:] == 1.0)
    assert mix_styles([one], 0.5, 0.5) is one
