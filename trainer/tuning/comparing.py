"""Is the best trial better, or was it lucky? Both recipes trained anew with fresh seeds, and compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trainer.core.seeds import seed_of
from trainer.core.workers import ProgressClock
from trainer.events import Event, Progress, Report, Warning
from trainer.recipe import Recipe
from trainer.tuning.search import counter
from trainer.tuning.trials import Bench, Result

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Comparison:
    """Two recipes, trained with the same fresh seeds.

    Attributes:
        own, best: a result for each seed.
    """

    own: tuple[Result, ...]
    best: tuple[Result, ...]

    @property
    def gain(self) -> tuple[float, float, float]:
        """Mean gain in score, and the ends of its 95 % interval (Student's t, the spread of both taken together)."""
        from scipy.stats import ttest_ind

        own, best = ([result.score for result in results] for results in (self.own, self.best))
        mean = float(np.mean(best) - np.mean(own))
        if np.ptp(own) == np.ptp(best) == 0:
            return mean, mean, mean
        interval = ttest_ind(best, own).confidence_interval(CONFIDENCE)
        return mean, float(interval.low), float(interval.high)

    @property
    def verdict(self) -> Literal["better", "worse", "undecided"]:
        """What chance does not explain."""
        _, low, high = self.gain
        return "better" if low > 0 else "worse" if high < 0 else "undecided"


def compare_recipes(own: Recipe, best: Recipe, bench: Bench, seeds: int, report: Report) -> Comparison:
    """Train both with each fresh seed; what was trained before a kill is not trained again."""
    clock = ProgressClock(seeds * (own.training.all_steps + best.training.all_steps), "steps", report)
    found: tuple[list[Result], list[Result]] = ([], [])
    for number in range(seeds):
        for recipe, results in zip((own, best), found, strict=True):
            end = clock.done + recipe.training.all_steps
            fresh = replace(recipe, seed=seed_of(own.seed, "fresh", number) % 2**31)
            results.append(bench.train(fresh, _counted(clock, recipe.training.all_steps, report)))
            clock.advance(end - clock.done)
    return Comparison(tuple(found[0]), tuple(found[1]))


def _counted(clock: ProgressClock, steps: int, report: Report) -> Report:
    """Return a report that moves the clock by a training's steps."""
    count = counter(clock, steps)

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            count(event)
        elif isinstance(event, Warning):
            report(event)

    return listen


def spread(results: Sequence[Result]) -> float:
    """Return the standard deviation of the scores between seeds."""
    return float(np.std([result.score for result in results], ddof=1))
