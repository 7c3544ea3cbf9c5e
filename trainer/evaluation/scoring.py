"""Scoring: what the device does with clips of the phrase and with long negative sound. Runs in worker processes."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, Samples, from_pcm16, read_audio, to_pcm16
from trainer.core.clips import Rejection
from trainer.core.ragged import RaggedStore
from trainer.core.seeds import seed_of
from trainer.errors import AudioError
from trainer.evaluation.device import CUTOFFS, Features, Probabilities, Twin, count_detections, detect, window_means
from trainer.evaluation.placing import GAP_S, LEAD_S, heard_at, place, quiet, speech_end
from trainer.features.conditions import apply_condition, is_babble, speak_otherwise
from trainer.features.frontend import features_of
from trainer.features.tempo import find_pitch

CLEAN = "clean"
SEGMENT_S = 2.0  # negative sound is scored in pieces so long, about what a phrase takes
EARLY_S = 0.5  # a detection may come so long before the word's end: people are recognised before they finish


@dataclass(frozen=True)
class Rule:
    """When the device detects: cutoff 0..255 and sliding window, in steps."""

    cutoff: int
    window: int


@dataclass(frozen=True)
class Recording:
    """A clip to score: a file, or row `row` of an audio store at `path`. `end_s`: where the word ends, if known."""

    name: str
    group: str
    path: Path
    row: int = -1
    voice: str = ""
    end_s: float | None = None

    def read(self) -> Samples:
        """Return its samples, float32 [n] at 16 kHz. Raises AudioError."""
        return read_audio(self.path) if self.row < 0 else from_pcm16(RaggedStore[np.int16](self.path)[self.row])


@dataclass(frozen=True)
class ClipTask:
    """Clips to score under conditions; the same clip is read once. `talkers`: speech, of which babble is made."""

    twin: Twin
    rule: Rule
    recordings: tuple[Recording, ...]
    conditions: tuple[str, ...]
    seed: int
    talkers: tuple[Recording, ...] = ()


@dataclass(frozen=True)
class ClipScore:
    """One clip under one condition.

    Attributes:
        found: for each stride phase, whether the device detects within the clip.
        at_every_cutoff: share of phases that detect, float64 [256].
        peak: highest sliding mean, 0..255, mean over phases.
        latencies: milliseconds from the word's end to the first detection, of the phases that detect.
        seconds: how long the word takes, from the clip's beginning. pitch_hz: of the voice, where it has one.
    """

    recording: Recording
    condition: str
    found: tuple[bool, ...]
    at_every_cutoff: NDArray[np.float64]
    peak: float
    latencies: tuple[float, ...]
    seconds: float = 0.0
    pitch_hz: float | None = None


@dataclass(frozen=True)
class StreamTask:
    """Negative recordings that are heard one after another, the model's state and the front end's kept."""

    twin: Twin
    rule: Rule
    recordings: tuple[Recording, ...]
    seed: int


@dataclass(frozen=True)
class StreamScore:
    """One stream.

    Attributes:
        seconds: of every recording that could be read.
        accepts: (recording, seconds into it, phase) of every false accept.
        counts: accepts at every cutoff, int64 [phases, 256].
        peaks: highest sliding mean of each piece of `SEGMENT_S`, 0..255, float64, in phase 0.
        rejections: recordings that could not be read.
    """

    seconds: tuple[tuple[Recording, float], ...]
    accepts: tuple[tuple[Recording, float, int], ...]
    counts: NDArray[np.int64]
    peaks: NDArray[np.float64]
    rejections: tuple[Rejection, ...]


def score_clips(task: ClipTask) -> list[ClipScore | Rejection]:
    """Score every clip under every condition; one that cannot be read is a rejection, once."""
    talkers = _talk(task) if any(map(is_babble, task.conditions)) else ()
    scores: list[ClipScore | Rejection] = []
    for recording in task.recordings:
        try:
            samples = recording.read()
        except AudioError as error:
            scores.append(Rejection(recording.name, error.code, error.message))
            continue
        seconds = speech_end(samples) if recording.end_s is None else recording.end_s
        pitch = find_pitch(samples)
        seed = seed_of(task.seed, recording.name)
        for condition in task.conditions:
            placed = place(speak_otherwise(condition, samples), task.seed, recording.name)
            heard = apply_condition(condition, placed, seed, talkers=talkers)
            found, curve, peak, latencies = _hear(task, features_of(heard), LEAD_S + seconds)
            scores.append(ClipScore(recording, condition, found, curve, peak, latencies, seconds, pitch))
    return scores


def _talk(task: ClipTask) -> list[NDArray[np.int16]]:
    voices = []
    for recording in task.talkers:
        with contextlib.suppress(AudioError):  # told where the recording is heard as what it is
            voices.append(to_pcm16(recording.read()))
    return voices


_Heard = tuple[tuple[bool, ...], NDArray[np.float64], float, tuple[float, ...]]


def _hear(task: ClipTask, features: Features, end_s: float) -> _Heard:
    stride, rule = task.twin.stride, task.rule
    phases = task.twin.all_phases(features)
    found, latencies = [], []
    for phase, probabilities in enumerate(phases):
        times = [heard_at(s, phase) for s in detect(probabilities, rule.cutoff, rule.window, stride)]
        within = [t for t in times if t >= LEAD_S]
        found.append(bool(within))
        latencies += [1000 * (t - end_s) for t in within if t >= end_s - EARLY_S][:1]
    counts = [count_detections(p, rule.window, stride) > 0 for p in phases]
    peaks = [_peak(p, rule.window) for p in phases]
    return tuple(found), np.mean(counts, axis=0), float(np.mean(peaks)), tuple(latencies)


def _peak(probabilities: Probabilities, window: int) -> float:
    return float(window_means(probabilities, window).max(initial=0.0))


def score_stream(task: StreamTask) -> StreamScore:
    """Hear recordings one after another in every stride phase and collect what wakes the device."""
    sound, spans, rejections = _join(task)
    stride, rule = task.twin.stride, task.rule
    features = features_of(sound)
    counts = np.zeros((stride, CUTOFFS), np.int64)
    accepts: list[tuple[Recording, float, int]] = []
    peaks = np.zeros(0)
    for phase, probabilities in enumerate(task.twin.all_phases(features)):
        counts[phase] = count_detections(probabilities, rule.window, stride)
        for slice_ in detect(probabilities, rule.cutoff, rule.window, stride):
            accepts.append((*_locate(heard_at(slice_, phase), spans), phase))
        if phase == 0:
            peaks = segment_peaks(probabilities, rule.window, stride)
    seconds = tuple((recording, length / SAMPLE_RATE) for recording, _, length in spans)
    return StreamScore(seconds, tuple(accepts), counts, peaks, tuple(rejections))


def segment_peaks(probabilities: Probabilities, window: int, stride: int) -> NDArray[np.float64]:
    """Return the highest sliding mean of each piece of `SEGMENT_S`, after the lead of quiet."""
    size = max(1, round(SEGMENT_S * 100 / stride))
    means = window_means(probabilities, window)[round(LEAD_S * 100 / stride) :]
    starts = np.arange(0, len(means), size)
    return np.maximum.reduceat(means, starts).astype(np.float64) if len(means) else np.zeros(0)


_Span = tuple[Recording, int, int]  # recording, first sample in the stream, samples


def _join(task: StreamTask) -> tuple[Samples, list[_Span], list[Rejection]]:
    pieces = [quiet(round(LEAD_S * SAMPLE_RATE), task.seed, "lead")]
    spans: list[_Span] = []
    rejections: list[Rejection] = []
    at = len(pieces[0])
    for recording in task.recordings:
        try:
            samples = recording.read()
        except AudioError as error:
            rejections.append(Rejection(recording.name, error.code, error.message))
            continue
        spans.append((recording, at, len(samples)))
        pieces += [samples, quiet(round(GAP_S * SAMPLE_RATE), task.seed, recording.name)]
        at += len(samples) + len(pieces[-1])
    return np.concatenate(pieces), spans, rejections


def _locate(second: float, spans: Sequence[_Span]) -> tuple[Recording, float]:
    """Return the recording that was last begun at a time of the stream, and the time within it."""
    starts = [at for _, at, _ in spans]
    index = max(0, int(np.searchsorted(starts, second * SAMPLE_RATE, "right")) - 1)
    return spans[index][0], round(second - starts[index] / SAMPLE_RATE, 2)
