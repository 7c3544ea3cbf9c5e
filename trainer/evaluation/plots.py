"""Plots of a report: inline SVG that takes the page's own colours, light or dark."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from trainer.evaluation.results import SCORE_BINS, Evaluation, Latency, Scores
from trainer.evaluation.words import name_condition

TEXT, GRID = "#010203", "#040506"  # stand-ins: the page's style gives the real colours
PHRASE, NEAR, OTHER = "#14a38b", "#e08a1e", "#7a7fd6"  # legible on white and on black
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "wakesmith",
    "font.size": 10.5,
    "text.color": TEXT,
    "axes.edgecolor": GRID,
    "axes.labelcolor": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
}


def draw_plots(evaluation: Evaluation) -> dict[str, str]:
    """Return SVG by name: curve, scores, conditions, latency, training; those without data are left out."""
    drawn: dict[str, str] = {}
    if evaluation.curve:
        drawn["curve"] = draw(lambda figure: _curve(figure, evaluation), 6.4, 3.6)
    if sum(evaluation.scores.positives) or sum(evaluation.scores.negatives):
        drawn["scores"] = draw(lambda figure: _scores(figure, evaluation.scores, evaluation.model.cutoff), 6.4, 3.6)
    if evaluation.conditions:
        height = 0.9 + 0.38 * len(evaluation.conditions)
        drawn["conditions"] = draw(lambda figure: _conditions(figure, evaluation), 6.4, height)
    if evaluation.latency:
        drawn["latency"] = draw(lambda figure: _latency(figure, evaluation.latency), 6.4, 3.0)
    if len(evaluation.history) > 1:
        drawn["training"] = draw(lambda figure: _training(figure, evaluation.history), 6.4, 4.4)
    return drawn


def draw(paint: Callable[[Any], None], width: float, height: float) -> str:
    """Return what `paint` paints on a figure, as SVG; sizes in inches."""
    import matplotlib as mpl
    from matplotlib.figure import Figure  # no pyplot: no display, no global state

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    return svg.replace(TEXT, "currentColor").replace(GRID, "var(--line)")


def _curve(figure: Any, evaluation: Evaluation) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes = figure.add_subplot()
    points = [p for p in evaluation.curve if p.false_accepts.bound is not None and p.recall.value is not None]
    bounds = np.array([p.false_accepts.bound for p in points])
    missed = np.array([100 * (1 - (p.recall.value or 0)) for p in points])
    low, high = (np.array([100 * (1 - v) for v in values]) for values in _ends(points))
    axes.fill_between(bounds, low, high, color=PHRASE, alpha=0.18, linewidth=0, label="95 % interval of the misses")
    axes.plot(bounds, missed, color=PHRASE, linewidth=2, label="every cutoff")
    chosen = max(
        (p for p in points if p.cutoff <= evaluation.model.cutoff), key=lambda p: p.cutoff, default=points[0]
    )
    at = (float(chosen.false_accepts.bound or 0), 100 * (1 - (chosen.recall.value or 0)))
    axes.plot(*at, "o", color=NEAR, markersize=9, label=f"chosen cutoff {evaluation.model.cutoff}", zorder=5)
    axes.set_xscale("log")
    axes.set_ylim(0, max(12.0, min(100.0, at[1] * 3)))
    axes.set_xlim(bounds.min() * 0.85, max(bounds.min() * 30, at[0] * 3))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("wakes by mistake an hour, at most (95 % sure)")
    axes.set_ylabel("misses, %")
    axes.legend(loc="upper right", fontsize=9.5)


def _ends(points: Sequence[Any]) -> tuple[list[float], list[float]]:
    return [p.recall.low for p in points], [p.recall.high for p in points]


def _scores(figure: Any, scores: Scores, cutoff: int) -> None:
    axes = figure.add_subplot()
    edges = np.linspace(0, 256, SCORE_BINS + 1)
    kinds = ((scores.negatives, OTHER, "other sound"), (scores.near_misses, NEAR, "near misses"))
    for counts, colour, label in (*kinds, (scores.positives, PHRASE, "the phrase")):
        total = sum(counts)
        if total:
            shares = 100 * np.array(counts) / total
            axes.stairs(shares, edges, color=colour, fill=True, alpha=0.28)
            axes.stairs(shares, edges, color=colour, linewidth=1.8, label=label)
    axes.axvline(cutoff, color=TEXT, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        f"cutoff {cutoff} ", (cutoff, 0.93), xycoords=("data", "axes fraction"), ha="right", fontsize=9.5, color=TEXT
    )
    axes.set_yscale("log")
    axes.set_ylim(0.02, 600)  # room for the cutoff's label above a bar of 100 %
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlim(0, 256)
    axes.set_xlabel("highest mean of the sliding window, 0 to 255")
    axes.set_ylabel("% of each, log scale")
    axes.legend(loc="upper center", ncols=3, fontsize=9.5, bbox_to_anchor=(0.5, 1.14))


def _conditions(figure: Any, evaluation: Evaluation) -> None:
    axes = figure.add_subplot()
    conditions = evaluation.conditions[::-1]
    for row, condition in enumerate(conditions):
        recall = condition.recall
        value = 100 * (recall.value or 0)
        axes.barh(row, value, color=PHRASE, alpha=0.75, height=0.58)
        axes.plot([100 * recall.low, 100 * recall.high], [row, row], color=TEXT, linewidth=1.4, alpha=0.8)
        axes.annotate(f"{value:.1f} %", (102, row), va="center", fontsize=9.5, annotation_clip=False)
    axes.set_yticks(range(len(conditions)), [name_condition(c.name) for c in conditions])
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 100)
    axes.set_xlabel("heard, % (line: 95 % interval)")
    axes.spines["left"].set_visible(False)


def _latency(figure: Any, latency: Latency | None) -> None:
    if latency is None:
        return
    axes = figure.add_subplot()
    values = np.clip(latency.values_ms, -500, 1000)
    low, high = np.floor(values.min() / 50) * 50, np.ceil((values.max() + 1) / 50) * 50
    axes.hist(values, bins=np.arange(low, high + 50, 50), color=PHRASE, alpha=0.75, rwidth=0.92)
    for value, label, side in ((latency.median_ms, "half ", "right"), (latency.p95_ms, " 95 %", "left")):
        axes.axvline(value, color=TEXT, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.annotate(label, (value, 0.92), xycoords=("data", "axes fraction"), fontsize=9.5, ha=side)
    axes.set_xlabel("milliseconds after the word's end" + (", estimated by loudness" if latency.estimated else ""))
    axes.set_ylabel("detections")
    axes.grid(axis="x", visible=False)


def _training(figure: Any, history: Sequence[Mapping[str, float]]) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [1, 1.25]})
    _line(upper, history, "loss", OTHER, "loss", 1.0)
    upper.set_yscale("log")
    upper.set_ylabel("loss, log scale")
    _line(lower, history, "recall", PHRASE, "recall at the target", 100.0)
    _line(lower, history, "strict_recall", NEAR, "recall at 2 % of near misses", 100.0)
    lower.set_ylim(top=101)
    lower.set_ylabel("validation, %")
    lower.set_xlabel("step")
    lower.legend(loc="lower right", fontsize=9.5)


def _line(
    axes: Any, history: Sequence[Mapping[str, float]], key: str, colour: str, label: str, factor: float
) -> None:
    rows = [(row["step"], factor * row[key]) for row in history if key in row and "step" in row]
    if rows:
        axes.plot(*zip(*rows, strict=True), color=colour, linewidth=2, label=label)
