"""A tuning from its plan to its report, in a folder of its own beside the run, which stays as it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.core.fingerprint import fingerprint
from trainer.core.folders import write_whole
from trainer.errors import DataError
from trainer.events import EventError, Finished, Report, Stage, StageState, Started, decode
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe
from trainer.training.stage import training_key
from trainer.tuning.comparing import Comparison, compare_recipes
from trainer.tuning.search import Bounds, End, Search, find_best
from trainer.tuning.space import Choice, lay_over, list_choices, value_of
from trainer.tuning.study import Study
from trainer.tuning.table import write_table
from trainer.tuning.trials import Bench, find_features
from trainer.tuning.words import Findings, render_best, render_report, summarise

STAGES = ("search", "comparison")
MARK = "tuning"  # the file that makes a folder a tuning's, and says of what


@dataclass(frozen=True)
class Plan:
    """What a tuning will do.

    Attributes:
        run: the run's folder; its features are trained on, nothing in it is written.
        folder: the tuning's own.
        recipe: the run's, with the tuning's target of false accepts.
        choices: what is searched.
        training_s: how long the run's own training took, seconds; 0 where it has none.
    """

    run: Path
    folder: Path
    recipe: Recipe
    choices: tuple[Choice, ...]
    bounds: Bounds
    training_s: float

    @property
    def now(self) -> dict[str, float]:
        """What the recipe has for each choice."""
        return {choice.key: value_of(self.recipe, choice.key) for choice in self.choices}

    @property
    def bench(self) -> Bench:
        """Where its trials are trained."""
        return Bench(self.run / "features", self.folder / "trials")

    @property
    def trainings(self) -> int:
        """Trainings at most, those of the comparison included."""
        return self.bounds.trials + 2 * self.bounds.seeds

    def fingerprint(self) -> str:
        """Return what trials must share to be compared: features, recipe, target, choices."""
        made = (self.run / "features" / "fingerprint").read_text()
        return fingerprint("tune", made, training_key(self.recipe), self.choices)


def plan_tuning(
    run: Path, folder: Path, bounds: Bounds, false_accepts: float, shape: bool, only: tuple[str, ...]
) -> Plan:
    """Return what a tuning of a run would do; nothing is written.

    Raises:
        DataError: the run has no features. RecipeError: its recipe, or a choice, is not known.
    """
    find_features(run)
    recipe = load_recipe(file=run / "recipe.yaml")
    recipe = replace(recipe, training=replace(recipe.training, target_false_accepts=false_accepts))
    return Plan(run, folder, recipe, list_choices(recipe, shape, only), bounds, _training_seconds(run))


def tune(plan: Plan, resume: bool, report: Report) -> None:
    """Search, compare and write table, best recipe and report; after each trial what is known so far.

    Raises:
        DataError: the folder holds another tuning, or one that was not to be gone on with.
        ResourceError: Optuna is not installed.
        TrainingError: the run's own recipe cannot be trained.
    """
    _claim(plan, resume)
    warm_up = plan.recipe.training.steps[0] // 2  # of the first phase, in which the rate is still high
    study = Study(plan.folder / "study.journal", plan.choices, plan.now, plan.recipe.seed, warm_up)
    report(Started(plan.recipe.phrase.text, str(plan.folder), STAGES))

    def write(end: End | None = None, comparison: Comparison | None = None) -> Findings:
        findings = Findings(
            plan.recipe, plan.now, study.attempts(), study.importances(), plan.bounds, end, comparison
        )
        write_table(plan.folder / "trials.csv", findings.attempts, plan.choices)
        write_whole(plan.folder / "best.yaml", render_best(findings))
        write_whole(plan.folder / "report.md", render_report(findings, plan.run, plan.folder))
        return findings

    with _stage("search", report):
        end = Search(plan.recipe, plan.bench, study, report, write).run(plan.bounds, plan.training_s)
    findings = write(end)
    best = find_best(findings.attempts)
    if best and best.number:  # the recipe as it is needs no comparison with itself
        with _stage("comparison", report):
            tried = lay_over(plan.recipe, best.values)
            comparison = compare_recipes(plan.recipe, tried, plan.bench, plan.bounds.seeds, report)
        findings = write(end, comparison)
    else:
        report(Stage("comparison", StageState.SKIPPED))
    report(Finished(str(plan.folder), summarise(findings)))


def _claim(plan: Plan, resume: bool) -> None:
    mark, key = plan.folder / MARK, plan.fingerprint()
    if not mark.exists():
        if resume:
            raise DataError(f"there is no tuning to resume in {plan.folder}", hint="Leave --resume out to begin one.")
        write_whole(mark, key)
    elif not resume:
        raise DataError(
            f"{plan.folder} holds a tuning", hint="Go on with it by --resume, or name another folder with --out."
        )
    elif mark.read_text() != key:
        raise DataError(
            f"the tuning in {plan.folder} is of other features, choices or another target",
            hint="Give it the choices that it began with, or name another folder with --out.",
        )


@contextmanager
def _stage(name: str, report: Report) -> Iterator[None]:
    began = time.monotonic()
    report(Stage(name, StageState.RUNNING))
    yield
    report(Stage(name, StageState.DONE, round(time.monotonic() - began, 2)))


def _training_seconds(run: Path) -> float:
    """Return the longest time that a training of the run took: one that was gone on with took less than all."""
    journal, longest = run / "events.jsonl", 0.0
    for line in journal.read_text(encoding="utf-8").splitlines() if journal.exists() else ():
        try:
            event = decode(line)
        except EventError:  # the torn last line of a run that was killed
            continue
        if isinstance(event, Stage) and event.name == "training":
            longest = max(longest, event.seconds)
    return longest
