"""Augmentation: ours against the audiomentations chain as microWakeWord uses it, in 3.2 s clips a CPU-second.

Both hear the same clips, noises and rooms. The chain and its probabilities are those of microWakeWord's notebook;
ours is the default recipe, and makes a second of lead-in before each clip, which is not counted.
"""

import argparse
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.measuring.sides import Side, interleave, rates, ratio, spread
from bench.measuring.sounds import make_noises, make_rooms, make_words, read_sounds
from bench.measuring.tables import machine, show, versions
from trainer.core.arrays import NUMPY
from trainer.core.audio import SAMPLE_RATE, from_pcm16, to_pcm16, write_wav
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.seeds import generator
from trainer.errors import AudioError
from trainer.features.augment import augment
from trainer.features.bank import Bank
from trainer.features.noise import make_noise
from trainer.features.rooms import shape_response
from trainer.features.scenes import Source, place_phrase
from trainer.recipe import AugmentationRecipe

CLIP_S, WORD_S = 3.2, 1.0
FLOORS = ("white", "pink")  # a microphone's own noise, which our bank must hold
JITTER_S = 0.2  # of silence that its clips end with

Sounds = list[NDArray[np.int16]]


@dataclass(frozen=True)
class Material:
    """What both sides are given."""

    words: Sounds
    noises: Sounds
    rooms: Sounds


@dataclass(frozen=True)
class MakeOurs:
    """Makes our side."""

    material: Material
    seed: int

    def __call__(self) -> "Ours":
        return Ours(self.material, self.seed)


class Ours:
    """`augment` with the default recipe, from a mapped bank."""

    def __init__(self, material: Material, seed: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.bank = _bank(Path(self._folder.name), material)
        self.sources = [Source(row, len(word), f"speaker{row}", len(word)) for row, word in enumerate(material.words)]
        self.recipe, self.rng = AugmentationRecipe(seconds=CLIP_S), generator(seed, "bench")

    def work(self, count: int) -> int:
        """Make clips; return how many."""
        recipe, rng, scenes = self.recipe, self.rng, []
        for index in range(count):
            speed = float(rng.uniform(*recipe.speed_range)) if rng.random() < recipe.speed else 1.0
            source = self.sources[index % len(self.sources)]
            scene = place_phrase(source, recipe.seconds, speed, self.sources, recipe.run_on, rng)
            assert scene is not None
            scenes.append(scene)
        made = augment(NUMPY, scenes, self.bank, recipe, rng)
        assert all(len(sound) >= CLIP_S * SAMPLE_RATE for sound in made)
        return len(made)

    def close(self) -> None:
        """Remove the bank."""
        self._folder.cleanup()


@dataclass(frozen=True)
class MakeChain:
    """Makes the other side."""

    material: Material
    seed: int

    def __call__(self) -> "Chain":
        return Chain(self.material, self.seed)


class Chain:
    """The audiomentations chain; noises and rooms are files, as it wants them."""

    def __init__(self, material: Material, seed: int) -> None:
        import random

        random.seed(seed)
        np.random.seed(seed)  # audiomentations draws from both
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        for name, sounds in (("noises", material.noises), ("rooms", material.rooms)):
            (folder / name).mkdir()
            for index, sound in enumerate(sounds):
                write_wav(folder / name / f"{index}.wav", sound)
        self.chain = _chain(folder / "noises", folder / "rooms")
        self.words = [from_pcm16(word) for word in material.words]

    def work(self, count: int) -> int:
        """Make clips; return how many."""
        size, tail = round(CLIP_S * SAMPLE_RATE), round(JITTER_S * SAMPLE_RATE)
        for index in range(count):
            word = self.words[index % len(self.words)]
            clip = np.pad(word, (max(0, size - tail - len(word)), tail))[-size:]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert len(self.chain(clip, sample_rate=SAMPLE_RATE)) == size
        return count

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    args = _parse(words)
    material = _material(args)
    with ExitStack() as stack:
        sides = [
            stack.enter_context(Side("ours", MakeOurs(material, args.seed))),
            stack.enter_context(Side("audiomentations chain", MakeChain(material, args.seed))),
        ]
        for side in sides:
            side.call("work", args.clips)  # warm: caches are filled, numba has compiled
        turns = interleave(sides, "work", (args.clips,), args.rounds)
        cpu, wall = [rates(t, cpu=True) for t in turns], [rates(t) for t in turns]
        rows = [
            (side.name, spread(c, 0), spread(w, 0), f"{side.memory.peak:,.0f}")
            for side, c, w in zip(sides, cpu, wall, strict=True)
        ]
    rows.append(("ratio of each round", ratio(*cpu), ratio(*wall), ""))
    show(
        f"Augmented clips of {CLIP_S:g} s: median (lowest to highest)",
        ("", "clips/CPU-s", "clips/s, one process", "peak MB"),
        rows,
        [
            f"{args.rounds} rounds in turns of {args.clips} clips; {len(material.noises)} noises from "
            f"{args.noise or 'a generator'}, {len(material.rooms)} rooms from {args.rooms or 'a generator'}.",
            f"{versions('audiomentations', 'librosa', 'numpy', 'scipy')}; {machine()}",
        ],
    )


def _material(args: argparse.Namespace) -> Material:
    noises = read_sounds(args.noise, args.files) if args.noise else make_noises(args.files, args.seed)
    noises = [noise[: 30 * SAMPLE_RATE] for noise in noises if len(noise) >= SAMPLE_RATE]
    rooms = [room for room in read_sounds(args.rooms, args.files) if _usable(room)] if args.rooms else []
    if not noises or (args.rooms and not rooms):
        raise SystemExit("bench.augmentation: the folders hold no noise of a second, or no room response")
    return Material(make_words(32, WORD_S, args.seed), noises, rooms or make_rooms(args.files, args.seed))


def _usable(room: NDArray[np.int16]) -> bool:
    try:
        shape_response(from_pcm16(room))
    except AudioError:
        return False
    return True


def _bank(folder: Path, material: Material) -> Bank:
    """Return a bank of the material: words first in the audio store, then noises."""
    write_ragged(folder / "audio", [*material.words, *material.noises], np.int16)
    write_ragged(folder / "rooms", [shape_response(from_pcm16(room)) for room in material.rooms], np.float32)
    floors = [to_pcm16(make_noise(kind, 10 * SAMPLE_RATE, generator(1, kind))) for kind in FLOORS]
    write_ragged(folder / "noises", floors, np.int16)
    first = len(material.words)
    return Bank(
        rooms=RaggedStore(folder / "rooms"),
        noises=RaggedStore(folder / "noises"),
        kinds=FLOORS,
        recorded=tuple(range(first, first + len(material.noises))),
        speech=tuple(range(first)),
        audio=RaggedStore(folder / "audio"),
    )


def _chain(noises: Path, rooms: Path) -> Any:
    """Return the transforms, ranges and probabilities of microWakeWord's notebook."""
    import audiomentations as a

    return a.Compose(
        [
            a.SevenBandParametricEQ(p=0.1, min_gain_db=-6, max_gain_db=6),
            a.TanhDistortion(p=0.1, min_distortion=0.0001, max_distortion=0.1),
            a.PitchShift(p=0.1, min_semitones=-3, max_semitones=3),
            a.BandStopFilter(p=0.1),
            a.AddColorNoise(p=0.1, min_snr_db=10, max_snr_db=30),
            a.AddBackgroundNoise(p=0.75, sounds_path=[noises], min_snr_db=-5, max_snr_db=10),
            a.Gain(p=1.0, min_gain_db=-45, max_gain_db=0),
            a.ApplyImpulseResponse(p=0.5, ir_path=[rooms]),
            a.Normalize(p=1.0, apply_to="only_too_loud_sounds"),
        ]
    )


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench augmentation", description=__doc__)
    parser.add_argument("--noise", type=Path, metavar="DIR", help="recordings of noise; default: generated")
    parser.add_argument("--rooms", type=Path, metavar="DIR", help="room responses; default: generated")
    parser.add_argument("--files", type=int, default=60, help="noises, and rooms, at most")
    parser.add_argument("--clips", type=int, default=400, help="clips a turn")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
