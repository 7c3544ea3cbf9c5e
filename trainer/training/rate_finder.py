"""A learning rate found by a short ramp: the loss falls fastest a little above a good one (T9).

After Smith (2017, arXiv:1506.01186): the rate rises by the same factor each step, and the loss is watched.
"""

from dataclasses import dataclass

import numpy as np

from trainer.errors import TrainingError
from trainer.training.stage import Trainer

LOWEST, HIGHEST, STEPS = 1e-6, 1e-2, 100
BETA = 0.9  # of the loss's running mean
BACK = 5  # steps from the steepest descent to the rate that is proposed
ACCEPTED = (1e-5, 1e-2)
DIVERGED = 4.0  # times the least loss: nothing is learned beyond it


@dataclass(frozen=True)
class RateCurve:
    """The loss over rising rates.

    Attributes:
        rates, losses: of each step; the losses' running mean.
        steepest: the rate at which the loss falls fastest.
        rate: what is proposed, five steps below; None where it lies outside 1e-5..1e-2 or the loss never fell.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    steepest: float
    rate: float | None


def find_rate(trainer: Trainer) -> RateCurve:
    """Ramp the rate from 1e-6 to 1e-2 in 100 steps; the trainer's network is then what it was before."""
    kept = trainer.optimiser.state()
    rates, losses = np.geomspace(LOWEST, HIGHEST, STEPS), list[float]()
    mean = 0.0
    try:
        for step, (features, windows, lesson) in trainer.batches.between(0, STEPS):
            loss, _ = trainer.optimiser.step(features, windows, float(rates[step]), lesson)
            mean = BETA * mean + (1 - BETA) * loss
            losses.append(mean / (1 - BETA ** (step + 1)))
            if losses[-1] > DIVERGED * min(losses):
                break
    except TrainingError as error:
        if error.code != "diverged" or len(losses) < 2:
            raise
    finally:
        trainer.optimiser.restore(kept)
    return read_curve(tuple(map(float, rates[: len(losses)])), tuple(losses))


def read_curve(rates: tuple[float, ...], losses: tuple[float, ...]) -> RateCurve:
    """Return what a curve of at least two steps proposes."""
    slopes = np.gradient(np.array(losses))  # the rates are even in their logarithm
    steepest = int(np.argmin(slopes))
    rate = rates[max(steepest - BACK, 0)]
    fits = slopes[steepest] < 0 and ACCEPTED[0] <= rate <= ACCEPTED[1]
    return RateCurve(rates, losses, rates[steepest], rate if fits else None)
