"""Where a quantised model loses against the float one: which rounding, in which layer, and what that costs (E11).

The model is computed in NumPy with every rounding switched on or off (`graph.py`), on the same clips of the phrase
and the same other sound, at the cutoff of its manifest, in stride phase 0. Four kinds of rounding are told apart:

    features   the sound that comes in, to 256 steps from 0 to 26
    weights    what was learned, to 255 steps a channel
    outputs    what every layer hands to the next, to 256 steps
    states     what the ring buffers remember, on the same steps

`alone`: that rounding and no other. `without`: every rounding but that. The two need not agree, since errors of
different kinds may cancel or add up; a part that matters shows in both.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from trainer.core.clips import Rejection
from trainer.core.workers import map_in_order
from trainer.errors import DataError
from trainer.evaluation.device import Probabilities, Twin, detect, peak
from trainer.evaluation.paired import Sound, exact_p
from trainer.evaluation.placing import LEAD_S, heard_at, quiet_features
from trainer.evaluation.scoring import Rule
from trainer.events import Report
from trainer.export.graph import ROUNDED, WEIGHTED, Graph, Rounding, Values, limits, round_to
from trainer.export.played import LEAD, Frames, Heard, listen

PARTS = ("features", "weights", "outputs", "states")
_BATCH = 64  # recordings that are computed at once: more fall out of the processor's cache


@dataclass(frozen=True)
class Effect:
    """What a model does on the sound.

    Attributes:
        found: clips of the phrase. lost, gained: clips that only the float model finds, that only this one finds.
        accepts: detections in other sound.
        score: mean over the clips of the highest mean of the window, 0..255.
        distance: mean distance of its probabilities from the float model's, 0..1, over all steps.
    """

    found: int
    lost: int
    gained: int
    accepts: int
    score: float
    distance: float


@dataclass(frozen=True)
class Part:
    """One kind of rounding: it alone, and all but it."""

    name: str
    alone: Effect
    without: Effect


@dataclass(frozen=True)
class Layer:
    """One operator.

    Attributes:
        name: its weights' name, or its kind and place.
        snr_db: signal to noise of its output in the quantised model, all errors before it included.
        own_db: the same for the rounding of its output alone.
        saturated: values of its output beyond what its numbers can hold, of `values`; 0 of a probability, whose 1
            is meant to be.
        alone: what rounding its weights and its output, and nothing else, does.
    """

    name: str
    snr_db: float
    own_db: float
    saturated: int
    values: int
    alone: Effect


@dataclass(frozen=True)
class Losses:
    """All of it.

    Attributes:
        float_weights: the weights before they were rounded are known; otherwise the float model has rounded ones.
        clips: of the phrase. minutes: of other sound.
        original: the float model. quantised: with every rounding. device: as the device computes it.
        p: how likely so uneven a split of the clips is between models that are equally good.
    """

    model: str
    cutoff: int
    window: int
    float_weights: bool
    clips: int
    minutes: float
    original: Effect
    quantised: Effect
    device: Effect
    p: float
    parts: tuple[Part, ...]
    layers: tuple[Layer, ...]
    rejections: tuple[Rejection, ...] = ()


def isolate_losses(
    name: str,
    twin: Twin,
    graph: Graph,
    layers: dict[int, str],
    rule: Rule,
    sound: Sound,
    executor: Executor,
    report: Report,
    seed: int = 1,
) -> Losses:
    """Switch every rounding on and off.

    Args:
        graph: of the twin's model, with the float weights, where they are known.
        layers: names of its operators that compute, by index.
        sound: clips of the phrase, thinned to `MOST_CLIPS`, and other sound, of which `MOST_MINUTES` are heard.

    Raises:
        DataError: no clip of the phrase can be used.
    """
    heard, rejections = listen(sound, seed)
    if not heard.clips:
        raise DataError(
            "no recording of the phrase can be used",
            hint="Name folders with --positives, or a run with --run.",
            code="no_audio",
        )
    everything = graph.everything
    roundings = [Rounding(), everything]
    for part in PARTS:
        roundings += [_only(part, everything), _all_but(part, everything)]
    roundings += [_one(index, graph) for index in layers]
    tasks = [_Task(graph, rounding, heard) for rounding in roundings]
    outputs = list(map_in_order(executor, _hear, tasks, report, "roundings"))
    effects = [judge_outputs(found, outputs[0], rule, graph.stride) for found in outputs]
    device = [(twin.probabilities(frames) / 256).astype(np.float32) for frames in (*heard.clips, *heard.others)]
    noises = _noises(graph, layers, heard.clips)
    original, quantised, rest = effects[0], effects[1], effects[2:]
    parts = [Part(part, rest[2 * i], rest[2 * i + 1]) for i, part in enumerate(PARTS)]
    rest = rest[2 * len(PARTS) :]
    return Losses(
        name,
        rule.cutoff,
        rule.window,
        bool(graph.floats),
        len(heard.clips),
        round(sum(len(piece) - LEAD for piece in heard.others) / 6000, 2),
        original,
        quantised,
        judge_outputs((device[: len(heard.clips)], device[len(heard.clips) :]), outputs[0], rule, graph.stride),
        exact_p(quantised.lost, quantised.gained),
        tuple(parts),
        tuple(Layer(layers[i], *noises[i], alone) for i, alone in zip(layers, rest, strict=True)),
        rejections,
    )


Outputs = tuple[list[Values], list[Values]]  # probabilities 0..1 of every clip, of every piece


@dataclass(frozen=True)
class _Task:
    graph: Graph
    rounding: Rounding
    heard: Heard


def _hear(task: _Task) -> Outputs:
    both = [_run(task.graph, task.rounding, frames) for frames in (task.heard.clips, task.heard.others)]
    return both[0], both[1]


def _run(graph: Graph, rounding: Rounding, many: Sequence[Frames]) -> list[Values]:
    found: list[Values] = []
    for start in range(0, len(many), _BATCH):
        part = many[start : start + _BATCH]
        probabilities = graph.run(_stack(part), rounding)
        found += [row[: len(own) // graph.stride] for row, own in zip(probabilities, part, strict=True)]
    return found


def _stack(many: Sequence[Frames]) -> Frames:
    """Return frames of one length: the shorter ones end in quiet."""
    longest = max(map(len, many))
    tail = quiet_features(longest / 100, 1)
    return np.stack([np.concatenate([own, tail[: longest - len(own)]]) for own in many])


def judge_outputs(found: Outputs, original: Outputs, rule: Rule, stride: int) -> Effect:
    """Return what a model with these probabilities does, beside the float one."""
    ours, theirs = ([_wakes(p, rule, stride) for p in clips] for clips in (found[0], original[0]))
    steps = [np.abs(a - b) for a, b in zip([*found[0], *found[1]], [*original[0], *original[1]], strict=True)]
    first = LEAD // stride
    return Effect(
        sum(ours),
        sum(b and not a for a, b in zip(ours, theirs, strict=True)),
        sum(a and not b for a, b in zip(ours, theirs, strict=True)),
        sum(len(detect(_bytes(p), rule.cutoff, rule.window, stride)) for p in found[1]),
        round(float(np.mean([peak(_bytes(p)[first:], rule.window) for p in found[0]])), 2),
        round(float(np.mean(np.concatenate(steps))), 5),
    )


def _wakes(probabilities: Values, rule: Rule, stride: int) -> bool:
    times = detect(_bytes(probabilities), rule.cutoff, rule.window, stride)
    return any(heard_at(slice_, 0) >= LEAD_S for slice_ in times)


def _bytes(probabilities: Values) -> Probabilities:
    return np.clip(np.rint(probabilities * 256), 0, 255).astype(np.uint8)


def _only(part: str, all_: Rounding) -> Rounding:
    return replace(Rounding(), **{part: getattr(all_, part)})


def _all_but(part: str, all_: Rounding) -> Rounding:
    return replace(all_, **{part: getattr(Rounding(), part)})


def _one(index: int, graph: Graph) -> Rounding:
    one = frozenset({index})
    return Rounding(weights=one & graph.of(WEIGHTED), outputs=one & graph.of(ROUNDED))


def _noises(graph: Graph, layers: Iterable[int], clips: Sequence[Frames]) -> dict[int, tuple[float, float, int, int]]:
    """Return signal to noise, that of the own rounding, saturated values and all values by operator, in the clips."""
    first = LEAD // graph.stride
    sums = {index: np.zeros(5) for index in layers}  # signal, noise, own noise, saturated, values
    for start in range(0, len(clips), _BATCH):
        frames = _stack(clips[start : start + _BATCH])
        clean: dict[int, list[Values]] = {index: [] for index in layers}
        rounded: dict[int, list[Values]] = {index: [] for index in layers}
        graph.run(frames, Rounding(), partial(_keep, clean))
        graph.run(frames, graph.everything, partial(_keep, rounded))
        for index, total in sums.items():
            x, y = (np.stack(kept[index][first:]) for kept in (clean, rounded))
            op = graph.main.operators[index]
            tensor = graph.main.tensors[op.outputs[0]]
            low, high = limits(tensor)
            half = tensor.scales[0] / 2
            total += [
                np.square(x).sum(),
                np.square(x - y).sum(),
                np.square(x - round_to(x, tensor)).sum(),
                0 if op.name == "LOGISTIC" else np.count_nonzero((x < low - half) | (x > high + half)),
                x.size,
            ]
    return {i: (_db(s[0], s[1]), _db(s[0], s[2]), int(s[3]), int(s[4])) for i, s in sums.items()}


def _keep(kept: dict[int, list[Values]], index: int, values: Values) -> None:
    kept[index].append(values)


def _db(signal: float, noise: float) -> float:
    return round(float(10 * np.log10(max(signal, 1e-12) / max(noise, 1e-12))), 1)
