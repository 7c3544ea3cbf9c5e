"""What a tuning found, in words: report.md, best.yaml, one sentence."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.model.shape import shape_of
from trainer.recipe import Recipe
from trainer.recipe_files import dump_recipe
from trainer.tuning.comparing import Comparison, spread
from trainer.tuning.search import Bounds, End, find_best
from trainer.tuning.space import lay_over
from trainer.tuning.study import ENOUGH, Attempt
from trainer.tuning.trials import Result

_SHOWN = 10  # of the best trials
_LIMITS = """\
All figures are of the validation sets; no test clip was heard. The search chose by them, so they flatter what it
chose: what a recipe is worth on voices that it never met, the report of a run trained with it says."""


@dataclass(frozen=True)
class Findings:
    """What a tuning found so far.

    Attributes:
        recipe: the run's own, with the tuning's target; `now` its values of the choices.
        importances: share of each choice; empty where there are too few trials.
        end: why the search ended; None while it goes on.
        comparison: of the best with the run's own; None before it, and where there is nothing to compare.
    """

    recipe: Recipe
    now: dict[str, float]
    attempts: list[Attempt]
    importances: dict[str, float]
    bounds: Bounds
    end: End | None
    comparison: Comparison | None

    @property
    def best(self) -> Recipe:
        """The recipe with the highest score; the run's own before there is one."""
        found = find_best(self.attempts)
        return lay_over(self.recipe, found.values) if found and found.number else self.recipe


def summarise(findings: Findings) -> str:
    """Return what came out, in a sentence or two."""
    best = find_best(findings.attempts)
    if best is None or best.result is None:
        return "No trial is finished."
    met = best.result.recall >= findings.bounds.recall
    if not best.number:
        reason = "it meets the target" if met and len(findings.attempts) == 1 else "no trial was better"
        return (
            f"Keep the run's own recipe: {reason} (score {best.result.score:.3f}, recall {best.result.recall:.3f})."
        )
    if findings.comparison is None:
        return (
            f"Trial {best.number} leads with a score of {best.result.score:.3f}. It may be luck: no fresh seeds yet."
        )
    mean, low, high = findings.comparison.gain
    gain = f"{mean:+.3f} [{low:+.3f}, {high:+.3f}] in score over {findings.bounds.seeds} fresh seeds"
    match findings.comparison.verdict:
        case "better":
            return f"The best recipe is better: {gain}."
        case "worse":
            return f"Keep the run's own recipe: the best trial was luck, {gain}."
        case _:
            return f"Keep the run's own recipe: no gain that chance does not explain, {gain}."


def render_best(findings: Findings) -> str:
    """Return best.yaml: the whole recipe, for `wakesmith train --config`."""
    return f"# {summarise(findings)}\n{dump_recipe(findings.best)}"


def render_report(findings: Findings, run: Path, folder: Path) -> str:
    """Return report.md."""
    parts = [
        f"# Tuning “{findings.recipe.phrase.text}”",
        summarise(findings),
        f"The search {_ending(findings)}. Its target: a recall of {findings.bounds.recall:g} at "
        f"{findings.recipe.training.target_false_accepts:g} false accepts an hour.",
        _LIMITS,
        "## The best recipe",
        _values(findings),
        *_seeds(findings.comparison),
        "## What mattered",
        *_importances(findings),
        "## Trials",
        _trials(findings.attempts),
        "`trials.csv` has all of them with their values.",
        "## How to use it",
        _commands(run, folder),
    ]
    return "\n\n".join(parts) + "\n"


def _ending(findings: Findings) -> str:
    count = len(findings.attempts)
    match findings.end:
        case "target":
            return f"ended after {count} trials: the target is met"
        case "patience":
            return f"ended after {count} trials: {findings.bounds.patience} in a row were no better"
        case "trials":
            return f"ended after {count} trials: so many were asked for"
        case "hours":
            return f"ended after {count} trials: no time is left for another"
        case None:
            return f"is at {count} trials; --resume goes on"


def _values(findings: Findings) -> str:
    best = find_best(findings.attempts)
    tried = best.values if best else findings.now
    rows = [(f"`{key}`", _number(value), _number(tried[key])) for key, value in findings.now.items()]
    own, new = (shape_of(recipe.model) for recipe in (findings.recipe, findings.best))
    rows.append(("parameters", f"{own.parameters:,}", f"{new.parameters:,}"))
    rows.append(("multiplications a second", f"{own.macs_per_second:,.0f}", f"{new.macs_per_second:,.0f}"))
    return _table(("", "the run's", "the best"), rows)


def _seeds(comparison: Comparison | None) -> list[str]:
    if comparison is None:
        return []
    rows = [
        (name, *_told(results), f"{spread(results):.3f}")
        for name, results in (("the run's", comparison.own), ("the best", comparison.best))
    ]
    mean, low, high = comparison.gain
    head = ("Score", *(f"seed {number + 1}" for number in range(len(comparison.own))), "mean", "spread")
    return [
        "## With fresh seeds",
        "A lead smaller than the spread between seeds (one standard deviation) is nothing to build on.",
        _table(head, rows),
        f"Gain: {mean:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}: {comparison.verdict}.",
    ]


def _told(results: Sequence[Result]) -> list[str]:
    scores = [result.score for result in results]
    return [f"{score:.3f}" for score in (*scores, sum(scores) / len(scores))]


def _importances(findings: Findings) -> list[str]:
    done = sum(each.result is not None for each in findings.attempts)
    caution = f"Only {done} trials were trained to their end; below {ENOUGH} this is little more than a guess."
    if not findings.importances:
        return ["Too few trials were trained to their end to say."]
    ranked = sorted(findings.importances.items(), key=lambda item: -item[1])
    table = _table(("", "share of what sets the best apart"), [(f"`{k}`", f"{100 * v:.0f} %") for k, v in ranked])
    return [caution, table] if done < ENOUGH else [table]


def _trials(attempts: Sequence[Attempt]) -> str:
    done = sorted(
        (each for each in attempts if each.result), key=lambda each: -(each.result or Result(0, 0, 0, 0)).score
    )
    rows = [
        (str(each.number), f"{each.result.score:.3f}", f"{each.result.recall:.3f}", f"{each.seconds:.0f} s")
        for each in done[:_SHOWN]
        if each.result
    ]
    given_up, refused = (sum(each.outcome == kind for each in attempts) for kind in ("pruned", "refused"))
    table = _table(("Trial", "score", "recall", "took"), rows)
    return (
        f"{len(done)} trained to their end, {given_up} given up below the median, {refused} refused (too large "
        f"for the device, or the loss diverged). Trial 0 is the run's own recipe. The best {len(rows)}:\n\n{table}"
    )


def _commands(run: Path, folder: Path) -> str:
    best = shlex.quote(str(folder / "best.yaml"))
    return (
        "A run of its own, all anew:\n\n"
        f"    wakesmith train --config {best} --out DIR\n\n"
        "Or in the run, whose samples and features are used again and whose model is replaced:\n\n"
        f"    wakesmith train --resume --config {best} --out {shlex.quote(str(run))}"
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))
