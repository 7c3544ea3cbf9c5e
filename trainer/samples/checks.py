"""Is a clip fit for use: where speech begins and ends in it, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.core.clips import ClipKind
from trainer.errors import AudioError
from trainer.phrase.phonemes import split_sounds
from trainer.samples.utterances import Utterance

FRAME = SAMPLE_RATE // 100  # samples: levels are taken every 10 ms
MARGIN_S = 0.08  # kept on both sides of speech
BELOW_LOUD_DB = 38.0  # final fricatives are about 30 dB below vowels
ABOVE_FLOOR_DB = 8.0
LONGEST_BURST = 2  # frames: what is loud no longer than this, apart from the rest, is a click
LEAST_PEAK = 0.01
# Clipping is a plateau at the peak, wherever that lies: voices may well speak beyond 1.
PLATEAU = 0.999  # of the peak
PLATEAU_RUN = 4  # samples in a row; a pure 100 Hz tone has 3
CLIPPED_SHARE = 0.002  # of all samples that lie in plateaus
# Seconds a sound takes at tempo 1, widest plausible; the constant is for what an utterance adds to its sounds.
SOUND_S = (0.03, 0.22)
EXTRA_S = 0.6
# A clip is mis-said if it takes much longer or shorter than the same speaker's, both by statistics and by ratio.
OUTLIER_Z = 4.5
OUTLIER_RATIO = 1.6
UNSAYABLE_SHARE = 0.25  # of the sounds
FEWEST = 8  # clips that a median is taken of


def sayable(symbols: str, known: Mapping[str, object]) -> list[str]:
    """Return the symbols that a voice has.

    Raises:
        AudioError: `unsayable` where it lacks more than a quarter of the sounds: it would say something else.
    """
    # Stress and length are letters to Unicode, too: of the modifying kind.
    letters = [symbol for symbol in symbols if symbol.isalpha() and category(symbol) != "Lm"]
    missing = sorted({symbol for symbol in letters if symbol not in known})
    if sum(symbol in missing for symbol in letters) > UNSAYABLE_SHARE * len(letters) or not letters:
        raise AudioError(f"the voice has no sound for {' '.join(missing) or 'nothing'}", code="unsayable")
    return [symbol for symbol in symbols if symbol in known]


def find_speech(samples: Samples) -> tuple[int, int]:
    """Return first and last sample (exclusive) of speech in a voice's clip, whose background is all but silent.

    Raises:
        AudioError: `silent`.
    """
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    if not len(frames) or np.abs(samples).max() < LEAST_PEAK:
        raise AudioError("the voice said nothing", code="silent")
    levels = 20 * np.log10(np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1)) + 1e-6)
    loud = np.percentile(levels, 98)
    floor = np.percentile(levels, 5)
    threshold = max(loud - BELOW_LOUD_DB, min(floor + ABOVE_FLOOR_DB, loud - 20))
    edges = np.diff(np.concatenate(([0], (levels > threshold).astype(np.int8), [0])))
    runs = np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)
    long = runs[runs[:, 1] - runs[:, 0] > LONGEST_BURST]
    if not len(long):
        raise AudioError("the voice said nothing that lasts", code="silent")
    return int(long[0, 0]) * FRAME, int(long[-1, 1]) * FRAME


def trim_clip(samples: Samples) -> tuple[Samples, float]:
    """Return the clip cut to speech with a margin, and where speech ends in it, seconds.

    Raises:
        AudioError: `silent`.
    """
    first, last = find_speech(samples)
    margin = int(MARGIN_S * SAMPLE_RATE)
    begin = max(0, first - margin)
    return samples[begin : last + margin], (last - begin) / SAMPLE_RATE


def check_clip(samples: Samples, expected: tuple[float, float]) -> None:
    """Check a voice's clip as it came, trimmed: level, and length in seconds between two bounds.

    Raises:
        AudioError: `not_finite`, `silent`, `clipped`, `too_short` or `too_long`.
    """
    if not np.isfinite(samples).all():
        raise AudioError("the clip holds samples that are not numbers", code="not_finite")
    if not len(samples) or np.abs(samples).max() < LEAST_PEAK:
        raise AudioError("the clip is silent", code="silent")
    if _plateaus(samples) > CLIPPED_SHARE:
        raise AudioError("the clip is clipped", code="clipped")
    seconds, (least, most) = len(samples) / SAMPLE_RATE, expected
    if not least <= seconds <= most:
        code = "too_short" if seconds < least else "too_long"
        raise AudioError(f"the clip lasts {seconds:.2f} s; {least:.2f} to {most:.2f} s were expected", code=code)


def _plateaus(samples: Samples) -> float:
    """Return the share of samples that lie in runs at the peak."""
    size = np.abs(samples)
    edges = np.diff(np.concatenate(([0], (size >= PLATEAU * size.max()).astype(np.int8), [0])))
    runs = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return float(runs[runs >= PLATEAU_RUN].sum() / len(samples))


def expected_seconds(utterance: Utterance) -> tuple[float, float]:
    """Return the least and most seconds that the utterance can take, trimmed to speech."""
    sounds = max(1, len(split_sounds(utterance.ipa)))
    marks = sum(utterance.ipa.count(mark) for mark in ",.;:!?")
    least, most = (sounds * s / utterance.tempo for s in SOUND_S)
    silence = sum(utterance.pauses)
    return least + silence, most + silence + EXTRA_S + 0.5 * (marks + len(utterance.pauses))


def find_missaid(utterances: Sequence[Utterance], seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which positives take a time that does not fit what was said, bool [clips]; `seconds` may be NaN.

    Compared are the phrase by one first voice, or by one engine where the voice has few: the logarithm of the seconds
    that a sound takes at tempo 1, by median and median deviation; apart from one another those said in a breath and
    those with pauses, whose words are drawn out. Other clips say too different things for that.
    """
    sounds = np.array([max(1, len(split_sounds(utterance.ipa))) for utterance in utterances])
    spoken = seconds - [sum(utterance.pauses) for utterance in utterances]
    pace = np.log(np.maximum(spoken, 0.01) * [utterance.tempo for utterance in utterances] / sounds)
    groups: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for row, utterance in enumerate(utterances):
        if utterance.kind is ClipKind.POSITIVE and np.isfinite(pace[row]):
            groups[_own(utterance)].append(row)
            groups[_engine(utterance)].append(row)
    found = np.zeros(len(utterances), bool)
    for row in {row for rows in groups.values() for row in rows}:
        own = groups[_own(utterances[row])]
        others = pace[own if len(own) >= FEWEST else groups[_engine(utterances[row])]]
        off = abs(pace[row] - np.median(others))
        deviation = 1.4826 * np.median(np.abs(others - np.median(others)))
        found[row] = len(others) >= FEWEST and off > max(np.log(OUTLIER_RATIO), OUTLIER_Z * deviation)
    return found


def _own(utterance: Utterance) -> tuple[str, bool]:
    return utterance.voices[0], bool(utterance.pauses)


def _engine(utterance: Utterance) -> tuple[str, bool]:
    return utterance.voices[0].partition(":")[0], bool(utterance.pauses)
