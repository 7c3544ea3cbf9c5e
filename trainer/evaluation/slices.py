"""Found shares by what is known of the clips: language, engine, pitch, length (E10)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from trainer.core.clips import SYNTHETIC
from trainer.evaluation.measures import paired_difference, share
from trainer.evaluation.results import Slice
from trainer.evaluation.scoring import CLEAN, ClipScore
from trainer.samples.voices import KOKORO_LANGUAGES

PITCHES = ((150.0, "below 150 Hz"), (210.0, "150 to 210 Hz"), (np.inf, "above 210 Hz"))  # most men; both; most women
LENGTHS = ((0.6, "below 0.6 s"), (1.0, "0.6 to 1 s"), (np.inf, "above 1 s"))


def slice_clips(scores: Sequence[ClipScore]) -> tuple[Slice, ...]:
    """Return the slices of every attribute that tells clips apart, those first that are found least."""
    clean = [score for score in scores if score.condition == CLEAN]
    others: dict[str, list[float]] = defaultdict(list)
    for score in scores:
        if score.condition != CLEAN:
            others[score.recording.name].append(float(np.mean(score.found)))
    members: dict[str, dict[str, list[ClipScore]]] = defaultdict(lambda: defaultdict(list))
    for score in clean:
        for attribute, name in _attributes(score):
            members[attribute][name].append(score)
    found = [
        _slice(attribute, name, clips, others)
        for attribute, by_name in members.items()
        if len(by_name) > 1
        for name, clips in by_name.items()
    ]
    return tuple(sorted(found, key=lambda s: (_lowest(s), s.attribute, s.name)))


def _attributes(score: ClipScore) -> Iterator[tuple[str, str]]:
    voice = score.recording.voice
    if voice:
        engine = voice.partition(":")[0] if voice.startswith(SYNTHETIC) else "recordings"
        yield "engine", engine
        if language := _language(voice):
            yield "language", language
    if score.seconds:
        yield "length", next(name for most, name in LENGTHS if score.seconds <= most)
    if score.pitch_hz is not None:
        yield "pitch", next(name for most, name in PITCHES if score.pitch_hz <= most)


def _language(voice: str) -> str:
    """Return the language of a synthetic voice, by its name; of a mixture, of its first one."""
    engine, _, name = voice.partition(":")
    if engine == "kokoro":
        return KOKORO_LANGUAGES.get(name[:1], "")
    return name.partition("-")[0].replace("_", "-").lower() if engine == "piper" and "-" in name else ""


def _slice(attribute: str, name: str, clips: Sequence[ClipScore], others: dict[str, list[float]]) -> Slice:
    quiet = [float(np.mean(c.found)) for c in clips]
    both = [(q, float(np.mean(o))) for q, c in zip(quiet, clips, strict=True) if (o := others.get(c.recording.name))]
    return Slice(
        attribute,
        name,
        share(min(sum(quiet), len(quiet)), len(quiet)),
        share(min(sum(o for _, o in both), len(both)), len(both)),
        paired_difference([o - q for q, o in both]),
    )


def _lowest(one: Slice) -> float:
    """Return the share to sort by: amid disturbances, where that was measured."""
    found = one.recall.value if one.disturbed.value is None else one.disturbed.value
    return found or 0.0
