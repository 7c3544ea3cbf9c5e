"""Recipes: the same phrases and seeds with each, real people found at equal false accepts, with paired intervals.

script/bench recipes --data DATA --seeds 1 2 3 --recipe "" --recipe "training.teacher=none"

DATA has train/ (speech, noise, music, rir), wake/ (a folder a phrase) and eval/ (other sound); wake/ and eval/ are
measured on alone. The first recipe is what the others are compared with. What was tried once is kept.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.measuring.tables import machine, show
from bench.measuring.trials import Scores, Sounds, try_recipe
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe

ACCEPTS = tuple(range(1, 11))  # the mean over these: one loud recording decides a single count
CONDITIONS = ("clean", "noise_10db", "noise_0db", "level_-30db")
TRAINING = {"negatives": "speech", "noise": "noise", "music": "music", "rooms": "rir"}
DRAWS = 2000
Trials = Mapping[tuple[str, int], Scores]


def share_found(scores: Scores, condition: str) -> NDArray[np.float64]:
    """Return for each recording at how many of the rates it is found, 0..1, float64 [recordings]."""
    found = [scores.found(condition, accepts) for accepts in ACCEPTS]
    return np.array([np.mean([at[name] for at in found]) for name in sorted(scores.phrase[condition])])


def difference(ours: Trials, base: Trials, condition: str) -> tuple[float, float, float]:
    """Return the mean gain in share found over phrases and seeds, and its 95 % interval.

    Seeds and recordings are drawn anew (a bootstrap): seeds within a phrase, and recordings within it, the same for
    both recipes. Phrases are not drawn: three are too few.
    """
    rng = np.random.default_rng(1)
    gains = {
        phrase: np.stack(
            [
                share_found(ours[key], condition) - share_found(base[key], condition)
                for key in sorted(ours)
                if key[0] == phrase
            ]
        )
        for phrase in {phrase for phrase, _ in ours}
    }
    mean = float(np.mean([gain.mean() for gain in gains.values()]))
    draws = np.empty(DRAWS)
    for draw in range(DRAWS):
        drawn = []
        for gain in gains.values():
            seeds, clips = (rng.integers(0, size, size) for size in gain.shape)
            drawn.append(gain[np.ix_(seeds, clips)].mean())
        draws[draw] = np.mean(drawn)
    low, high = np.quantile(draws, (0.025, 0.975))
    return mean, float(low), float(high)


def main(words: Sequence[str] | None = None) -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(
        prog="script/bench recipes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--phrases", nargs="+", default=["alexa", "smart mirror", "athena"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--preset", default="standard", choices=("quick", "standard", "thorough"))
    parser.add_argument("--recipe", action="append", required=True, metavar="'KEY=VALUE ...'", help="repeatable")
    parser.add_argument("--out", type=Path, default=Path("out/recipes"))
    args = parser.parse_args(words)
    trials: dict[str, dict[tuple[str, int], Scores]] = {settings: {} for settings in args.recipe}
    for phrase in args.phrases:
        for seed in args.seeds:
            for settings in args.recipe:
                recipe = choose(args.data, args.preset, phrase, seed, settings)
                place = args.out / folder_of(phrase) / str(seed)
                sounds = find_sounds(args.data, phrase, args.phrases)
                trials[settings][phrase, seed] = try_recipe(recipe, place, sounds, CONDITIONS)
    print_trials(trials)


def choose(data: Path, preset: str, phrase: str, seed: int, settings: str) -> Recipe:
    """Return the recipe of a trial: the preset, the recordings for training, and what is tried."""
    folders = [f"data.{key}=[{(data / 'train' / name).resolve()}]" for key, name in TRAINING.items()]
    return load_recipe(preset, settings=(f"phrase.text={phrase}", f"seed={seed}", *folders, *settings.split()))


def find_sounds(data: Path, phrase: str, phrases: Sequence[str]) -> Sounds:
    """Return what a phrase is measured on: the other phrases are words that must not wake."""
    others = tuple(data / "wake" / folder_of(other) for other in phrases if other != phrase)
    return Sounds(data / "wake" / folder_of(phrase), others, tuple(sorted((data / "eval").glob("[!r]*/"))))


def folder_of(phrase: str) -> str:
    """Return the name of a phrase's folder."""
    return phrase.replace(" ", "_")


def print_trials(trials: Mapping[str, Trials]) -> None:
    """Print a row a phrase and seed, then what each recipe gains."""
    base, *others = trials
    for condition in CONDITIONS:
        rows = [
            (
                f"{phrase}, seed {seed}",
                *(f"{100 * share_found(t[phrase, seed], condition).mean():.1f} %" for t in trials.values()),
            )
            for phrase, seed in trials[base]
        ]
        gains = ["", *(_tell(difference(trials[other], trials[base], condition)) for other in others)]
        rows.append(("gain", *gains))
        show(
            f"Found, {condition}: mean over {ACCEPTS[0]} to {ACCEPTS[-1]} accepts",
            ("", *(t or "as it is" for t in trials)),
            rows,
        )
    print(f"  Intervals: 95 %, seeds and recordings drawn anew; {machine()}")


def _tell(gain: tuple[float, float, float]) -> str:
    mean, low, high = (100 * value for value in gain)
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


if __name__ == "__main__":
    main()
