"""Features: our front end over every core against a plain pymicro-features loop, in seconds of audio a second.

The plain loop is what one writes from pymicro-features' own example: 160 samples a call, one process.
"""

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.measuring.sides import Side, interleave, rates, ratio, spread
from bench.measuring.sounds import make_noises, read_sounds
from bench.measuring.tables import machine, show, versions
from trainer.core.audio import SAMPLE_RATE
from trainer.core.workers import map_in_order, process_pool
from trainer.events import discard
from trainer.features.frontend import HOP, features_of
from trainer.features.stage import CHUNK

CLIP_S = 4.0  # a training row and its lead-in

Sounds = list[NDArray[np.int16]]


@dataclass(frozen=True)
class MakeOurs:
    """Makes our side: a pool of processes that stays."""

    sounds: Sounds
    workers: int

    def __call__(self) -> "Ours":
        return Ours(self.sounds, self.workers)


class Ours:
    """The features stage's way from sound to features: chunks of rows, in order, over a pool of processes."""

    def __init__(self, sounds: Sounds, workers: int) -> None:
        size = max(1, min(CHUNK, len(sounds) // workers))
        self.chunks = [sounds[i : i + size] for i in range(0, len(sounds), size)]
        self.seconds = _seconds(sounds)
        self.pool = process_pool(workers)

    def extract(self) -> float:
        """Make features of all sounds; return how many seconds of audio they hold."""
        for rows in map_in_order(self.pool, extract_chunk, self.chunks, discard, "chunks", 16):
            assert all(len(row) for row in rows)
        return self.seconds

    def close(self) -> None:
        """End the pool."""
        self.pool.shutdown()


def extract_chunk(sounds: Sounds) -> list[NDArray[np.uint16]]:
    """Return the features of every sound; what a worker does."""
    return [features_of(sound) for sound in sounds]


@dataclass(frozen=True)
class MakePlain:
    """Makes the other side."""

    sounds: Sounds

    def __call__(self) -> "Plain":
        return Plain(self.sounds)


class Plain:
    """A loop over pymicro-features in one process."""

    def __init__(self, sounds: Sounds) -> None:
        self.sounds, self.seconds = sounds, _seconds(sounds)

    def extract(self) -> float:
        """Make features of all sounds; return how many seconds of audio they hold."""
        from pymicro_features import MicroFrontend

        for sound in self.sounds:
            front_end, data, at = MicroFrontend(), sound.tobytes(), 0
            frames = []
            while at + 2 * HOP <= len(data):
                output = front_end.process_samples(data[at : at + 2 * HOP])
                at += 2 * output.samples_read
                if output.features:
                    frames.append(output.features)
            assert len(np.array(frames, np.float32))
        return self.seconds


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench features", description=__doc__)
    parser.add_argument("--audio", type=Path, metavar="DIR", help="recordings; default: generated noise")
    parser.add_argument("--clips", type=int, default=800, help=f"clips of {CLIP_S:g} s a turn")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    args = parser.parse_args(words)
    sounds = _cut(read_sounds(args.audio, args.clips) if args.audio else make_noises(12, 1), args.clips)
    with ExitStack() as stack:
        sides = [
            stack.enter_context(Side(f"ours, {args.workers} processes", MakeOurs(sounds, args.workers))),
            stack.enter_context(Side("plain loop", MakePlain(sounds))),
        ]
        for side in sides:
            side.call("extract")  # warm: the processes have started, the libraries are loaded
        turns = interleave(sides, "extract", (), args.rounds)
        wall, cpu = [rates(t) for t in turns], [rates(t, cpu=True) for t in turns]
        rows = [
            (side.name, spread(w, 0), spread(c, 0), f"{side.memory.peak:,.0f}")
            for side, w, c in zip(sides, wall, cpu, strict=True)
        ]
    rows.append(("ratio of each round", ratio(*wall), ratio(*cpu), ""))
    show(
        "Feature extraction, seconds of audio a second: median (lowest to highest)",
        ("", "of wall time", "of CPU time", "peak MB"),
        rows,
        [
            f"{args.rounds} rounds in turns, {len(sounds)} clips of {CLIP_S:g} s each; "
            f"{args.audio or 'generated noise'}. Ours includes the way to the processes and back.",
            f"{versions('pymicro-features', 'numpy')}; {machine()}",
        ],
    )


def _cut(sounds: Sounds, count: int) -> Sounds:
    """Return clips of one length, cut from the sounds in turn."""
    size = round(CLIP_S * SAMPLE_RATE)
    pieces = [sound[at : at + size] for sound in sounds for at in range(0, len(sound) - size + 1, size // 2)]
    if not pieces:
        raise SystemExit(f"bench.features: no recording is {CLIP_S:g} s long")
    return [pieces[i % len(pieces)] for i in range(count)]


def _seconds(sounds: Sounds) -> float:
    return sum(map(len, sounds)) / SAMPLE_RATE


if __name__ == "__main__":
    main()
