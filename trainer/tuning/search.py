"""The search: trial after trial until the target is met, nothing gets better, or the time is over."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from trainer.core.workers import ProgressClock
from trainer.errors import RecipeError, TrainingError
from trainer.events import Event, Metric, Progress, Report, Warning
from trainer.recipe import Recipe
from trainer.tuning.space import lay_over
from trainer.tuning.study import Attempt, GivenUp, Outcome, Proposal, Study
from trainer.tuning.trials import Bench, Result, read_history

End = Literal["target", "patience", "trials", "hours"]


@dataclass(frozen=True)
class Bounds:
    """When a search ends.

    Attributes:
        recall: 0..1, on validation at the target of false accepts; a trial that reaches it ends the search.
        patience: trials in a row without a better score.
        trials: at most.
        hours: at most, of all its trials and of the comparison after it; None without a limit.
        seeds: fresh ones with which the best and the run's own recipe are compared after it.
    """

    recall: float = 0.92
    patience: int = 10
    trials: int = 100
    hours: float | None = None
    seeds: int = 3

    def find_end(self, attempts: list[Attempt], training_s: float) -> End | None:
        """Say why no trial follows, if so; `training_s` is how long a training may take."""
        best = find_best(attempts)
        if any(each.result and each.result.recall >= self.recall for each in attempts):
            return "target"
        if best and attempts[-1].number - best.number >= self.patience:
            return "patience"
        if len(attempts) >= self.trials:
            return "trials"
        longest = max([training_s, *(each.result.seconds for each in attempts if each.result)])
        after = sum(each.seconds for each in attempts) + (1 + 2 * self.seeds) * longest
        if self.hours is not None and after > self.hours * 3600:
            return "hours"
        return None


def find_best(attempts: list[Attempt]) -> Attempt | None:
    """Return the trial with the highest score; of equals the first, which is nearest to the recipe as it is."""
    done = [each for each in attempts if each.result]
    return max(done, key=lambda each: each.result.score if each.result else 0.0, default=None)


class Search:
    """One search: trials of a recipe on a bench, remembered by a study.

    Args:
        after: is called after each trial.
    """

    def __init__(
        self, recipe: Recipe, bench: Bench, study: Study, report: Report, after: Callable[[], object]
    ) -> None:
        self.recipe, self.bench, self.study, self.report, self.after = recipe, bench, study, report, after

    def run(self, bounds: Bounds, training_s: float) -> End:
        """Try until an end is reached, and return it."""
        attempts = self.study.attempts()
        steps = self.recipe.training.all_steps
        clock = ProgressClock(bounds.trials * steps, "steps", self.report)
        clock.advance(len(attempts) * steps)
        while (end := bounds.find_end(attempts, training_s)) is None:
            self._try(self.study.propose(), clock)
            attempts = self.study.attempts()
            clock.advance(len(attempts) * steps - clock.done)
            self._tell(attempts)
            self.after()
        return end

    def _try(self, proposal: Proposal, clock: ProgressClock) -> None:
        began = time.monotonic()
        result: Result | None = None
        outcome: Outcome = "done"
        try:
            recipe = lay_over(self.recipe, proposal.values)
            result = self._train(recipe, proposal, clock)
        except GivenUp:
            outcome = "pruned"
        except (RecipeError, TrainingError) as error:
            if not proposal.number or (isinstance(error, TrainingError) and error.code != "diverged"):
                raise  # the run's own recipe, or its features, are at fault: no trial would go better
            outcome = "refused"
        self.study.end(proposal, outcome, time.monotonic() - began, result)

    def _train(self, recipe: Recipe, proposal: Proposal, clock: ProgressClock) -> Result:
        place, _ = self.bench.place_of(recipe)
        partial = place.with_name(place.name + ".partial")
        told = {int(row["step"]) for row in read_history(partial)}
        for row in read_history(partial):  # of a trial that was killed
            proposal.report(row["score"], int(row["step"]))
        count = counter(clock, recipe.training.all_steps)

        def listen(event: Event) -> None:
            if isinstance(event, Progress):
                count(event)
            elif isinstance(event, Metric) and event.step not in told:
                proposal.report(event.values["score"], event.step)
            elif isinstance(event, Warning):
                self.report(event)

        try:
            return self.bench.train(recipe, listen)
        except (GivenUp, TrainingError):
            shutil.rmtree(partial, ignore_errors=True)  # never gone on with
            raise

    def _tell(self, attempts: list[Attempt]) -> None:
        last, best = attempts[-1], find_best(attempts)
        values = {"trial_seconds": last.seconds}
        if last.result:
            values |= {"score": last.result.score, "recall": last.result.recall}
        if best and best.result:
            values["best_score"] = best.result.score
        self.report(Metric(len(attempts), values))


def counter(clock: ProgressClock, steps: int) -> Callable[[Progress], None]:
    """Return what moves a clock on by `steps` while a training goes from its beginning to its end."""
    before = clock.done

    def count(event: Progress) -> None:
        clock.advance(before + steps * event.done // max(event.total, 1) - clock.done)

    return count
