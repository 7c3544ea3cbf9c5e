"""Our training as the training stage does it, in pieces that can be timed: no validation, no checkpoint within."""

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from trainer.core.seeds import generator
from trainer.events import discard
from trainer.model.shape import MixedNetShape
from trainer.model.weights import initial_weights
from trainer.recipe import Recipe
from trainer.training.optimiser import rate_at
from trainer.training.stage import SLICES_A_SECOND, Trainer

Loss = Literal["dense", "clip"]
BITE = 10  # steps between two looks at the clock


def training_recipe(batch: int, slices: int, loss: Loss, seed: int, steps: int, target: float) -> Recipe:
    """Return the default recipe with a batch size, a clip length, a loss, and a target of false accepts."""
    base = Recipe()
    return replace(
        base,
        seed=seed,
        augmentation=replace(base.augmentation, seconds=slices / SLICES_A_SECOND),
        training=replace(base.training, batch=batch, loss=loss, steps=(steps,), target_false_accepts=target),
    )


class Advancing(Protocol):
    """What can be advanced step by step."""

    def advance(self, steps: int) -> int: ...


@dataclass(frozen=True)
class MakeOurs:
    """Makes the contender in its process."""

    features: Path
    recipe: Recipe

    def __call__(self) -> "Ours":
        return Ours(self.features, self.recipe)


class Ours:
    """One phase of dense training on the stage's own parts: sampler, masks, optimiser, prefetching thread."""

    def __init__(self, features: Path, recipe: Recipe) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.recipe = recipe
        self.trainer = Trainer(recipe, features, Path(self._folder.name), discard)
        self.steps, self.step = recipe.training.steps[0], 0

    @property
    def shape(self) -> MixedNetShape:
        """The network's dimensions."""
        return self.trainer.shape

    def advance(self, steps: int) -> int:
        """Take steps; return how many."""
        training = self.recipe.training
        for step, (features, windows, lesson) in self.trainer.batches.between(self.step, self.step + steps):
            rate = rate_at(step, self.steps, training.rates[0], min(training.warm_up, self.steps // 10))
            self.trainer.optimiser.step(features, windows, rate, lesson)
        self.step += steps
        return steps

    def advance_for(self, seconds: float) -> int:
        """Take steps for a time; return how many."""
        return advance_for(self, seconds)

    def plan(self, seconds: float) -> int:
        """Let the schedule last for so many seconds of training, and begin anew; return its steps."""
        self.advance(BITE)  # compiles
        began = time.perf_counter()
        taken = self.advance_for(min(5.0, seconds / 10))
        self.steps = max(BITE, round(seconds * taken / (time.perf_counter() - began)))
        self.restart()
        return self.steps

    def restart(self) -> None:
        """Go back to the initial weights."""
        weights = initial_weights(self.shape, generator(self.recipe.seed, "weights"))
        optimiser = self.trainer.optimiser
        state = {name: array * 0 for name, array in optimiser.state().items()}
        for group in ("weights", "average"):
            state |= {f"{group}:{name}": array for name, array in weights.items()}
        optimiser.restore(state)
        self.step = 0

    def measure(self) -> dict[str, float]:
        """Return the validator's figures of the averaged weights."""
        return self.trainer.validator.measure(self.trainer.optimiser.averaged()).values()

    def close(self) -> None:
        """Remove what was written."""
        self._folder.cleanup()


def advance_for(contender: Advancing, seconds: float) -> int:
    """Advance in bites until the time has passed; return the steps taken."""
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        steps += contender.advance(BITE)
    return steps
