"""From scores of clips and streams to the figures of an evaluation."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import Rejection
from trainer.evaluation.admitting import count_reasons
from trainer.evaluation.device import CUTOFFS
from trainer.evaluation.measures import (
    Confusion,
    Hourly,
    Share,
    confuse,
    det_curve,
    hourly,
    paired_difference,
    rank,
    share,
)
from trainer.evaluation.results import Accept, Caution, Condition, Group, Latency, NegativeSource, Scores, histogram
from trainer.evaluation.scoring import CLEAN, ClipScore, Rule, StreamScore
from trainer.evaluation.slices import slice_clips
from trainer.evaluation.words import TOO_FAST, at_most
from trainer.evaluation.words import hours as show_hours

SHORT_HOURS = 10.0  # below it, "no false accepts" is a weak statement
FEW_CLIPS = 100
FEW_VOICES = 10
TOO_GOOD = 0.999  # found, and nothing accepted: more often a leak than a model (D6)
_SAME_MOMENT_S = 1.0  # accepts of different phases so close are one moment


@dataclass
class Heard:
    """All that was scored so far: gathered in the order of the tasks, then summarised."""

    clips: list[ClipScore] = field(default_factory=list)
    near_misses: list[ClipScore] = field(default_factory=list)
    streams: list[StreamScore] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def add_clips(self, scores: Iterable[ClipScore | Rejection], near_miss: bool = False) -> None:
        """Add the scores of one task."""
        for score in scores:
            if isinstance(score, Rejection):
                self.rejections.append(score)
            else:
                (self.near_misses if near_miss else self.clips).append(score)

    def add_stream(self, score: StreamScore) -> None:
        """Add one stream."""
        self.streams.append(score)
        self.rejections += score.rejections

    def summary(self, rule: Rule, stride: int) -> dict[str, Any]:
        """Return the measured fields of an `Evaluation`, by name."""
        clean = [c for c in self.clips if c.condition == CLEAN]
        hours = sum(s for stream in self.streams for _, s in stream.seconds) / 3600
        counts = sum((s.counts for s in self.streams), np.zeros((stride, CUTOFFS), np.int64))
        accepts = counts.max(0)
        hits = np.sum([c.at_every_cutoff for c in clean], axis=0) if clean else np.zeros(CUTOFFS)
        hits = np.minimum(hits, len(clean))
        peaks = np.concatenate([s.peaks for s in self.streams] or [np.zeros(0)])
        near = [c.peak for c in self.near_misses]
        return {
            "conditions": _conditions(self.clips),
            "slices": slice_clips(self.clips),
            "groups": _groups(clean, lambda c: c.recording.voice or c.recording.group),
            "near_misses": _recall(self.near_misses) if self.near_misses else None,
            "false_accepts": hourly(int(accepts[rule.cutoff]), hours),
            "sources": _sources(self.streams, stride),
            "accepts": _moments(self.streams),
            "recall_without_accepts": _strict(hits, accepts, len(clean)) if clean and hours else None,
            "curve": det_curve(hits, len(clean), accepts, hours) if clean and hours else (),
            "ranking": rank(np.array([c.peak for c in clean]), np.concatenate([peaks, near])),
            "confusion": _confusion(clean, self.near_misses, peaks, rule),
            "scores": Scores(histogram([c.peak for c in clean]), histogram(near), histogram(peaks.tolist())),
            "latency": _latency(clean),
            "rejections": tuple(self.rejections),
        }


def find_cautions(heard: Heard, false_accepts: Hourly, groups: Sequence[Group], voices: bool) -> tuple[Caution, ...]:
    """Return what a reader must know before believing the figures (D6)."""
    clips = {c.recording.name for c in heard.clips}
    found: list[Caution] = []
    if not clips:
        found.append(
            Caution("no_clips", "No recording of the phrase was measured: how often it is heard is unknown.")
        )
    elif len(clips) < FEW_CLIPS:
        few = f"Only {len(clips)} recordings of the phrase were measured: the intervals are wide."
        found.append(Caution("few_clips", few, {"n": len(clips)}))
    found += _on_sound(false_accepts)
    found += _too_good(heard.clips, false_accepts)
    if voices:
        synthetic = "All recordings of the phrase are spoken by synthetic voices; people are harder to hear."
        found.append(Caution("synthetic", synthetic))
    if groups and len(groups) < FEW_VOICES and voices:
        found.append(Caution("few_voices", f"Only {len(groups)} voices were measured.", {"n": len(groups)}))
    if heard.rejections:
        names = ", ".join(r.origin for r in heard.rejections[:3])
        reasons = count_reasons(heard.rejections)
        unusable = f"{len(heard.rejections)} recordings could not be used ({reasons}), such as {names}."
        found.append(Caution("unusable", unusable, {"n": len(heard.rejections), "reasons": reasons, "names": names}))
    return tuple(found)


def _on_sound(found: Hourly) -> list[Caution]:
    """Say what the other sound is too little for."""
    minutes = math.ceil(found.hours * 60)
    if found.value is None:
        unknown = "No negative sound was measured: how often the device wakes by mistake is unknown."
        return [Caution("no_sound", unknown)]
    if found.bound is None or found.bound > TOO_FAST:
        little = f"{show_hours(found.hours)} of other sound say nothing of how often the device wakes by mistake."
        return [Caution("little_sound", little, {"n": minutes})]
    if found.count == 0 and found.hours < SHORT_HOURS:
        bound = at_most(found.bound)
        short = (
            f"No false accept in {show_hours(found.hours)} does not mean none at home: it only says fewer "
            f"than {bound} an hour, with 95 % confidence."
        )
        return [Caution("short_sound", short, {"n": minutes, "bound": bound})]
    return []


def _too_good(clips: Sequence[ClipScore], accepts: Hourly) -> list[Caution]:
    """Say it when next to everything is found in quiet and nothing accepted over many hours."""
    quiet = [float(np.mean(clip.found)) for clip in clips if clip.condition == CLEAN]
    if len(quiet) < FEW_CLIPS or np.mean(quiet) <= TOO_GOOD or accepts.count or accepts.hours < SHORT_HOURS:
        return []
    message = (
        f"All {len(quiet)} recordings were heard and nothing else in {show_hours(accepts.hours)}: so good a figure "
        "more often comes from recordings or speakers that training knew. `wakesmith data audit RUN` looks for them."
    )
    return [Caution("too_good", message, {"n": len(quiet), "hours": math.floor(accepts.hours)})]


def _recall(scores: Sequence[ClipScore]) -> Share:
    return share(float(sum(np.mean(s.found) for s in scores)), len(scores))


def _conditions(scores: Sequence[ClipScore]) -> tuple[Condition, ...]:
    by_name: dict[str, list[ClipScore]] = defaultdict(list)
    for score in scores:
        by_name[score.condition].append(score)
    quiet = {c.recording.name: float(np.mean(c.found)) for c in by_name[CLEAN]}
    found = []
    for name, clips in by_name.items():
        worst = int(np.sum([c.found for c in clips], axis=0).min()) if clips else 0
        change = paired_difference([float(np.mean(c.found)) - quiet[c.recording.name] for c in clips])
        found.append(Condition(name, _recall(clips), share(worst, len(clips)), None if name == CLEAN else change))
    return tuple(condition for condition in found if condition.recall.total)


def _groups(scores: Sequence[ClipScore], key: Callable[[ClipScore], str]) -> tuple[Group, ...]:
    by_name: dict[str, list[ClipScore]] = defaultdict(list)
    for score in scores:
        by_name[key(score)].append(score)
    groups = [Group(name, _recall(clips)) for name, clips in by_name.items()]
    return tuple(sorted(groups, key=lambda g: (g.recall.value or 0.0, g.name)))


def _sources(streams: Sequence[StreamScore], stride: int) -> tuple[NegativeSource, ...]:
    seconds: dict[str, list[float]] = defaultdict(list)
    accepts: dict[str, list[int]] = defaultdict(lambda: [0] * stride)
    for stream in streams:
        for recording, length in stream.seconds:
            seconds[recording.group].append(length)
        for recording, _, phase in stream.accepts:
            accepts[recording.group][phase] += 1
    return tuple(
        NegativeSource(
            name, len(lengths), hourly(max(accepts[name]), sum(lengths) / 3600), float(np.mean(accepts[name]))
        )
        for name, lengths in sorted(seconds.items())
    )


def _moments(streams: Sequence[StreamScore]) -> tuple[Accept, ...]:
    """Join the accepts of different phases at one moment."""
    times: dict[str, list[float]] = defaultdict(list)
    for stream in streams:
        for recording, at, _ in stream.accepts:
            times[recording.name].append(at)
    moments: list[Accept] = []
    for name, all_times in sorted(times.items()):
        left = sorted(all_times)
        while left:
            same = [t for t in left if t - left[0] < _SAME_MOMENT_S]
            moments.append(Accept(name, same[0], len(same)))
            left = left[len(same) :]
    return tuple(moments)


def _strict(hits: NDArray[np.float64], accepts: NDArray[np.int64], clips: int) -> Share:
    loud = np.flatnonzero(accepts > 0)
    return share(float(hits[loud[-1] + 1 if len(loud) else 1]), clips)


def _confusion(
    clean: Sequence[ClipScore], near: Sequence[ClipScore], peaks: NDArray[np.float64], rule: Rule
) -> Confusion:
    """Count clips by the first phase; pieces of negative sound by their highest mean."""
    found, accepted = (sum(s.found[0] for s in scores) for scores in (clean, near))
    loud = int(np.sum(peaks > rule.cutoff))
    return confuse(found, len(clean) - found, accepted + loud, len(near) - accepted + len(peaks) - loud)


def _latency(clean: Sequence[ClipScore]) -> Latency | None:
    values = [v for c in clean for v in c.latencies]
    if not values:
        return None
    return Latency(
        any(c.recording.end_s is None for c in clean),
        round(float(np.median(values))),
        round(float(np.percentile(values, 95))),
        tuple(round(v) for v in values),
    )
