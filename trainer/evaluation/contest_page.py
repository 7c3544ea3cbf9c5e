"""compare.html: several models on one page, with their curves on the same axes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from trainer.evaluation.contest import Contest, Side
from trainer.evaluation.pages import fill_page, pair, section, table
from trainer.evaluation.paired import Comparison
from trainer.evaluation.plots import NEAR, OTHER, PHRASE, draw
from trainer.evaluation.words import TOO_FAST, difference, hours, interval, name_condition, percent

VERDICTS = {
    "wins": "is better",
    "loses": "is worse",
    "mixed": "is better in one way and worse in the other",
    "equal": "is as good, as far as so much sound can tell",
    "undecided": "may be better or worse: that is too little sound to tell",
}
_COLOURS = (PHRASE, NEAR, OTHER, "#c2559b", "#8a8f98", "#5b9bd5")  # of the models in turn
_OWN = "Each at the cutoff and window of its own manifest. Alone: clips and moments that the other of the two missed."
_EQUAL = (
    "The lowest cutoff at which each lets no more than so many mistakes pass in the same sound: what they find can "
    "then be compared. Ahead: how much more the first finds, in points of a hundred, with its 95 % interval; where "
    "that includes 0, chance may explain it."
)


def render_contest(contest: Contest) -> str:
    """Return the page."""
    lead = " ".join(f"{contest.sides[0].model} {VERDICTS[p.verdict]} than {p.champion.model}." for p in contest.pairs)
    lead = lead.replace(f"{VERDICTS['equal']} than", f"{VERDICTS['equal']}, as").replace(
        f"{VERDICTS['undecided']} than", f"{VERDICTS['undecided']}, beside"
    )
    title = " and ".join(side.model for side in contest.sides)
    return fill_page(f"Comparison of {title}", "Comparison", contest.sides[0].phrase, lead, _body(contest))


def _body(contest: Contest) -> Iterator[str]:
    head = ("Models", "Found", "Alone", "p", "Woke by mistake", "Alone", "p")
    yield section("The first against each", table(head, [_pair(p) for p in contest.pairs]), _OWN)
    yield pair(_curves(contest))
    first = contest.sides[0]
    rows = [_equal(side, i, side is first) for i in range(len(first.equal)) for side in contest.sides]
    if rows:
        yield section(
            "At equal false accepts",
            table(("Mistakes", "Model", "Cutoff", "Heard", "95 % interval", "The first is ahead by"), rows),
            _EQUAL,
        )
    found = [
        (name_condition(c.name), side.model, percent(c.recall.value), interval(c.recall), str(c.recall.total),
         "" if side is contest.sides[0] else difference(c.first_ahead))
        for i in range(len(contest.sides[0].conditions))
        for side in contest.sides
        for c in side.conditions[i : i + 1]
    ]  # fmt: skip
    if found:
        names = ("Condition", "Model", "Heard", "95 % interval", "Clips", "The first is ahead by")
        yield section("By condition", table(names, found), "Each model at its own cutoff, on the same clips.")


def _pair(found: Comparison) -> tuple[str, ...]:
    us, them = found.challenger, found.champion
    return (
        f"{us.model} : {them.model}",
        f"{us.found} : {them.found} of {found.played}",
        f"{us.only} : {them.only}",
        f"{found.p:.3g}",
        f"{us.accepts} : {them.accepts} in {hours(found.hours)}",
        f"{us.only_accepts} : {them.only_accepts}",
        f"{found.p_accepts:.3g}",
    )


def _equal(side: Side, index: int, first: bool) -> tuple[str, ...]:
    at = side.equal[index]
    ahead = "" if first else difference(at.first_ahead)
    return f"at most {at.accepts}", side.model, str(at.cutoff), percent(at.recall.value), interval(at.recall), ahead


def _curves(contest: Contest) -> Iterator[str]:
    if any(side.curve for side in contest.sides):
        note = "Every cutoff is a point, the manifest's a dot. Lower and further left is better."
        yield section("Misses against mistakes (DET)", draw(lambda f: _det(f, contest), 6.4, 3.8), note)
    if any(side.roc for side in contest.sides):
        note = (
            "Clips of the phrase against pieces of other sound, two seconds each. Higher and further left is better."
        )
        yield section("Found against let pass (ROC)", draw(lambda f: _roc(f, contest), 6.4, 3.8), note)


def _det(figure: Any, contest: Contest) -> None:
    axes = figure.add_subplot()
    floor = 0.5 / max(side.false_accepts.hours for side in contest.sides)  # where 0 stands on a logarithmic axis
    for place, side in enumerate(contest.sides):
        colour = _COLOURS[place % len(_COLOURS)]
        points = sorted(
            (max(p.false_accepts.value or 0, floor), 100 * (1 - (p.recall.value or 0))) for p in side.curve
        )
        if not points:
            continue
        x, y = np.array(points).T  # a device that hardly rests hears less again: what can be had at that rate
        axes.step(x, np.minimum.accumulate(y), color=colour, linewidth=2, label=side.model, where="post")
        own = (max(side.false_accepts.value or 0, floor), 100 * (1 - (side.recall.value or 0)))
        axes.plot(*own, "o", color=colour, markersize=8, clip_on=False)
    axes.set_xscale("log")
    axes.set_xlim(floor * 0.9, max(TOO_FAST, 10 * floor))
    axes.set_ylim(0, 100)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("wakes by mistake an hour (at the left edge: never)")
    axes.set_ylabel("misses, %")
    axes.legend(loc="upper right", fontsize=9.5)


def _roc(figure: Any, contest: Contest) -> None:
    axes = figure.add_subplot()
    for place, side in enumerate(contest.sides):
        if side.roc:
            points = [(100 * max(x, 1e-5), 100 * y) for x, y in side.roc]
            name = f"{side.model}, area {side.ranking.auc:.4f}" if side.ranking else side.model
            colour = _COLOURS[place % len(_COLOURS)]
            axes.step(*zip(*points, strict=True), color=colour, linewidth=2, label=name, where="post")
    axes.set_xscale("log")
    axes.set_ylim(0, 101)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("pieces of other sound that pass, %")
    axes.set_ylabel("found, %")
    axes.legend(loc="lower right", fontsize=9.5)
