"""How good one recording of the phrase is, by its sound alone (D18): `score_quality_fast`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.data.decoding import CLIPPED_SHARE, FULL_SCALE, LONGEST_POSITIVE_S, SILENT_DBFS
from trainer.data.speech import levels, speech_span

QUIET_DBFS = -45.0  # loud parts of a recording below this are closer to the noise of a microphone than to speech
NOISY_DB = 10.0  # speech over background: below that the noise is as much of the clip as the voice
LEAST_SPEECH_S = 0.25  # one quick syllable
EDGE_S = 0.03  # speech that begins or ends nearer to the file's ends was cut into
LARGEST_DC = 0.02  # of full scale: more is a fault of the sound card and takes room from the voice
NARROW_HZ = 3000.0  # a telephone's sound ends at 3400 Hz; consonants are told apart above it
LONG_SILENCE_S = 3.0  # before or after speech: more is not meant to be there
# Seconds a sound takes, narrowest and widest: in hurried and in drawled speech; the constant is for hesitation.
SOUND_S = (0.03, 0.25)
EXTRA_S = 0.6
_NOISE, _LOUD = 10, 95  # percentiles of the 10 ms levels, as in `data/speech.py`
_STANDS_OUT_DB = 6.0  # below that there is no speech to be told from the background
_BELOW_LOUDEST_DB = 50.0  # bands below the loudest by more hold nothing of the voice
_FFT = 512
# What each problem takes from the score of 1: what can hardly be trained on takes all of it. The gravest come first.
PROBLEMS = {
    "silent": 1.0,
    "too_short": 1.0,
    "too_long": 1.0,
    "unlike": 0.6,
    "clipped": 0.4,
    "too_fast": 0.5,
    "too_slow": 0.3,
    "quiet": 0.2,
    "noisy": 0.3,
    "cut_start": 0.3,
    "cut_end": 0.3,
    "narrow": 0.2,
    "offset": 0.1,
    "long_silence": 0.1,
}


@dataclass(frozen=True)
class Quality:
    """How a recording sounds.

    Attributes:
        seconds: of sound.
        speech_s: first and last second of speech; None in silence.
        level_dbfs, noise_dbfs: of its loud parts and of its background.
        snr_db: the one over the other; None in silence.
        peak_dbfs: of the loudest sample.
        clipped: share of samples at full scale.
        offset: mean of the samples, of full scale.
        bandwidth_hz: up to which frequency it holds sound.
        problems: keys of `PROBLEMS`, the gravest first.
        score: 1 less what the problems take, 0 at least.
    """

    seconds: float
    speech_s: tuple[float, float] | None
    level_dbfs: float
    noise_dbfs: float
    snr_db: float | None
    peak_dbfs: float
    clipped: float
    offset: float
    bandwidth_hz: float
    problems: tuple[str, ...]
    score: float


def score_quality_fast(pcm: NDArray[np.int16], sounds: tuple[int, int] | None = None) -> Quality:
    """Score one recording, 16 kHz mono int16 [n], in a millisecond a second of sound.

    Args:
        sounds: fewest and most sounds of the phrase's pronunciations; without them its pace is not judged.
    """
    level = levels(pcm)
    noise, loud = (float(np.percentile(level, p)) if level.size else -100.0 for p in (_NOISE, _LOUD))
    size = np.abs(pcm.astype(np.int32))
    peak = int(size.max(initial=0))
    silent = not level.size or float(level.max()) < SILENT_DBFS
    begin, end = speech_span(pcm)
    clipped = float(np.mean(size >= FULL_SCALE)) if len(pcm) else 0.0
    offset = float(pcm.mean()) / 32768 if len(pcm) else 0.0
    bandwidth = measure_bandwidth(pcm[begin:end]) if not silent else 0.0
    heard = loud - noise >= _STANDS_OUT_DB
    edge, speech = EDGE_S * SAMPLE_RATE, (end - begin) / SAMPLE_RATE
    fewest, most = sounds or (0, 10**6)
    wrong = {
        "too_short": speech < LEAST_SPEECH_S,
        "too_long": speech > LONGEST_POSITIVE_S,
        "clipped": clipped > CLIPPED_SHARE,
        "too_fast": speech < fewest * SOUND_S[0],
        "too_slow": speech > most * SOUND_S[1] + EXTRA_S,
        "quiet": loud < QUIET_DBFS,
        "noisy": loud - noise < NOISY_DB,
        "cut_start": heard and begin < edge,
        "cut_end": heard and len(pcm) - end < edge,
        "narrow": bandwidth < NARROW_HZ,
        "offset": abs(offset) > LARGEST_DC,
        "long_silence": heard and max(begin, len(pcm) - end) > LONG_SILENCE_S * SAMPLE_RATE,
    }
    problems = ("silent",) if silent else tuple(code for code in PROBLEMS if wrong.get(code))
    return Quality(
        round(len(pcm) / SAMPLE_RATE, 3),
        None if silent else (round(begin / SAMPLE_RATE, 3), round(end / SAMPLE_RATE, 3)),
        round(loud, 1),
        round(noise, 1),
        None if silent else round(loud - noise, 1),
        round(20 * float(np.log10(peak / 32768)), 1) if peak else -100.0,
        round(clipped, 5),
        round(offset, 4),
        round(bandwidth, 0),
        problems,
        rate(problems),
    )


def rate(problems: tuple[str, ...]) -> float:
    """Return the score of a recording with these problems, 0..1."""
    return round(max(0.0, 1.0 - sum(PROBLEMS[code] for code in problems)), 2)


def measure_bandwidth(pcm: NDArray[np.int16]) -> float:
    """Return the frequency up to which there is sound, Hz: the last band within 50 dB of the loudest.

    Each frequency counts by the loudest tenth of its moments, so that a few fricatives suffice.
    """
    if len(pcm) < _FFT:
        pcm = np.pad(pcm, (0, _FFT - len(pcm)))
    frames = np.lib.stride_tricks.sliding_window_view(pcm, _FFT)[:: _FFT // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FFT), axis=1)) ** 2
    loudest = 10 * np.log10(np.percentile(power, 90, axis=0) + 1e-9)
    above = np.flatnonzero(loudest > loudest.max() - _BELOW_LOUDEST_DB)
    return float((above[-1] + 1) * SAMPLE_RATE / _FFT)
