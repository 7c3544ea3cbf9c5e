"""report.html: one page without a link to anywhere, plain words first, plots next, numbers last (E5, E13, N9, U5)."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from trainer.core.folders import write_whole
from trainer.evaluation.calibrate import DEFAULT, Sensitivity
from trainer.evaluation.guide import GUIDE, PATTERNS
from trainer.evaluation.measures import Hourly, Share
from trainer.evaluation.pages import Raw, bar, details, fill_page, pair, section, table
from trainer.evaluation.plots import draw_plots
from trainer.evaluation.results import Evaluation, Group, Latency, NegativeSource
from trainer.evaluation.shift import render_shift
from trainer.evaluation.words import (
    CHOSEN_ON,
    ELSEWHERE,
    TOO_FAST,
    at_most,
    describe_heard,
    hours,
    in_hundred,
    interval,
    name_condition,
    percent,
    rate,
    summarise,
)

_CAPTIONS = {
    "curve": (
        "Hearing against waking by mistake",
        "Every cutoff is a point: further left it wakes by mistake less often, further down it misses you less. "
        "The scale at the bottom is the most that the sound measured allows, not what was counted.",
    ),
    "scores": (
        "Scores",
        "What the device computes for the phrase and for everything else. The further apart, the better; right "
        "of the cutoff, it wakes.",
    ),
    "conditions": ("In other conditions", "The same recordings, played through noise, distance and echo."),
    "latency": (
        "How soon it answers",
        "Time from the end of the word to the detection; below zero it woke before the word was over.",
    ),
    "training": ("Training", "The loss, and what the model found on voices that it did not train on."),
}
_MOST_ROWS = 40
_HASH = 16  # digits of a hash that are shown


def write_report(path: Path, evaluation: Evaluation) -> None:
    """Write report.html."""
    write_whole(path, render_report(evaluation))


def render_report(evaluation: Evaluation) -> str:
    """Return the page."""
    phrase = evaluation.model.phrase
    title = f"{phrase}: wake word report"
    return fill_page(title, "Wake word report", f"“{phrase}”", summarise(evaluation), _body(evaluation))


def _body(evaluation: Evaluation) -> Iterable[str]:
    plots = draw_plots(evaluation)
    yield _facts(evaluation)
    if evaluation.cautions:
        items = "".join(f"<li>{escape(c.message)}</li>" for c in evaluation.cautions)
        yield f'<section class="warnings"><h2>Before you rely on it</h2><ul>{items}</ul></section>'
    if evaluation.calibration:
        yield _sensitivities(evaluation.calibration.sensitivities, evaluation.calibration.window)
    yield pair(_figure(name, plots) for name in ("curve", "scores") if name in plots)
    yield pair(_figure(name, plots) for name in ("conditions", "latency") if name in plots)
    if len(evaluation.conditions) > 1 or evaluation.slices:
        yield render_shift(evaluation)
    if len(evaluation.groups) > 1:
        yield _groups(evaluation.groups)
    if evaluation.sources:
        yield _sources(evaluation.sources, evaluation)
    yield _numbers(evaluation)
    if "training" in plots:
        yield pair([_figure("training", plots)])
    words = [(entry.name, entry.meaning, entry.good, entry.remedy) for entry in GUIDE]
    yield details("What the words mean", table(("Figure", "Meaning", "Good", "Where it is bad"), words))
    patterns = [(pattern.name, pattern.cause, pattern.remedy) for pattern in PATTERNS]
    yield details("Where it fails", table(("What you see", "Why", "What helps"), patterns))
    if evaluation.rejections:
        rows = [(r.origin, r.reason, r.message) for r in evaluation.rejections]
        yield details(f"Recordings that could not be used ({len(rows)})", table(("File", "Why", "In full"), rows))
    yield _provenance(evaluation)


def _facts(evaluation: Evaluation) -> str:
    recall = evaluation.clean.recall if evaluation.clean else None
    accepts, latency = evaluation.false_accepts, evaluation.latency
    heard = f"{in_hundred(recall.value)} in 100" if recall and recall.value is not None else "unknown"
    note = f"{recall.total} recordings, {interval(recall)} with 95 % confidence" if recall else "nothing was measured"
    soon = f"{latency.median_ms / 1000:.2f} s" if latency else "unknown"
    return (
        '<div class="facts">'
        + _fact("Hears you", heard, note)
        + _fact("Wakes by mistake", _bound(accepts), "95 % sure; it " * bool(accepts.hours) + describe_heard(accepts))
        + _fact("Answers after", soon, _spread(latency))
        + "</div>"
    )


def _spread(latency: Latency | None) -> str:
    """Say of what the median is, and how slow the slowest are."""
    if latency is None:
        return "no detection was measured"
    end = "the word's estimated end" if latency.estimated else "the word's end"
    return f"half of the times, from {end}; 95 in 100 within {latency.p95_ms / 1000:.2f} s"


def _bound(accepts: Hourly) -> str:
    if accepts.bound is None or accepts.bound > TOO_FAST:
        return "unknown"
    if accepts.bound <= 1:
        return f"&lt; 1 in {hours(1 / accepts.bound, down=True)}"
    return f"&lt; {at_most(accepts.bound)} an hour"


def _fact(title: str, value: str, note: str) -> str:
    return f'<section><h2>{title}</h2><div class="big">{value}</div><div class="soft">{escape(note)}</div></section>'


def _sensitivities(sensitivities: Sequence[Sensitivity], window: int) -> str:
    rows = [
        (
            s.name + (" (default)" if s.name == DEFAULT else ""),
            f"{s.cutoff} ({s.probability_cutoff:.3f})",
            _share(s.recall),
            _share(s.near_misses),
            _rate(s.false_accepts),
            "proven" if s.proven else "not proven: too little sound" if s.held else "not met",
        )
        for s in sensitivities
    ]
    head = ("Sensitivity", "Cutoff", "Heard", "Near misses accepted", "Wakes by mistake an hour", "Its target")
    note = (
        f"A device can change the cutoff while it runs, without being flashed; the window is {window} steps. "
        f"{CHOSEN_ON} {ELSEWHERE}"
    )
    marks = [s.name == DEFAULT for s in sensitivities]
    return f'<section><h2>Sensitivities</h2><p class="note">{note}</p>{table(head, rows, marks)}</section>'


def _figure(name: str, plots: dict[str, str]) -> str:
    title, caption = _CAPTIONS[name]
    return f'<section><h2>{title}</h2><p class="note">{caption}</p>{plots[name]}</section>'


def _groups(groups: Sequence[Group]) -> str:
    rows = [
        (g.name, bar(g.recall.value or 0), percent(g.recall.value), interval(g.recall), str(g.recall.total))
        for g in groups[:_MOST_ROWS]
    ]
    more = f" The {_MOST_ROWS} hardest of {len(groups)} are shown." if len(groups) > _MOST_ROWS else ""
    note = f"The hardest to hear first, in a quiet room.{more}"
    return section("By voice", table(("Voice or folder", "", "Heard", "95 % interval", "Clips"), rows), note)


def _sources(sources: Sequence[NegativeSource], evaluation: Evaluation) -> str:
    rows = [
        (s.name, str(s.files), hours(s.rate.hours), str(s.rate.count), rate(s.rate.value), at_most(s.rate.bound))
        for s in sources
    ]
    total = evaluation.false_accepts
    rows.append(
        (
            "all",
            str(sum(s.files for s in sources)),
            hours(total.hours),
            str(total.count),
            rate(total.value),
            at_most(total.bound),
        )
    )
    head = ("Sound", "Recordings", "Length", "Woke", "An hour", "At most (95 % sure)")
    moments = ""
    if evaluation.accepts:
        found = [
            (a.recording, f"{a.at_s:.1f} s", f"{a.phases} of {evaluation.model.stride}") for a in evaluation.accepts
        ]
        listed = table(("Recording", "At", "Stride phases"), found[:_MOST_ROWS])
        moments = f"<details><summary>When it woke ({len(found)})</summary>{listed}</details>"
    note = "All of it heard without a pause, as a device does; counted in the worst stride phase."
    marks = [False] * len(sources) + [True]
    return f'<section><h2>By sound</h2><p class="note">{note}</p>{table(head, rows, marks)}{moments}</section>'


def _numbers(evaluation: Evaluation) -> str:
    confusion, ranking, clean = evaluation.confusion, evaluation.ranking, evaluation.clean
    rows: list[tuple[str, str]] = []
    if clean:
        rows += [("Recall", _share(clean.recall)), ("Recall in the worst stride phase", _share(clean.worst))]
    for condition in evaluation.conditions:
        if condition.name != "clean":
            rows.append((f"Recall: {_small(name_condition(condition.name))}", _share(condition.recall)))
    if evaluation.recall_without_accepts:
        rows.append(("Recall at the lowest cutoff without false accepts", _share(evaluation.recall_without_accepts)))
    if evaluation.near_misses:
        rows.append(("Near misses accepted", _share(evaluation.near_misses)))
    rows.append(("False accepts an hour", _rate(evaluation.false_accepts)))
    rows += [("Precision, clip by clip", percent(confusion.precision)), ("F1", percent(confusion.f1))]
    rows.append(("Accuracy", percent(confusion.accuracy)))
    rows += [("False positive rate", percent(confusion.false_positives))]
    rows += [("False negative rate", percent(confusion.false_negatives))]
    if ranking:
        rows += [
            ("ROC-AUC", f"{ranking.auc:.5f}"),
            ("Partial AUC to 10 % and 5 % of negatives", f"{ranking.pauc_10:.5f}, {ranking.pauc_5:.5f}"),
            ("Equal error rate", f"{percent(ranking.eer)} at score {ranking.eer_score:.0f}"),
        ]
    return f"<section><h2>Numbers</h2>{table(('Figure', 'Value'), rows)}</section>"


def _provenance(evaluation: Evaluation) -> str:
    model = evaluation.model
    rows = [
        ("Model", f"{model.name}, {model.size:,} bytes"),
        ("SHA-256", model.sha256),
        ("Rule", f"cutoff {model.cutoff} of 255, window {model.window}, stride {model.stride}; from {model.rule}"),
        ("Arena", model.arena_words),
        ("Measured on", evaluation.basis),
        ("By", "the quantised model in ESPHome's own detection loop, every stride phase"),
        ("When", evaluation.created),
        *((str(k), _plain(v)) for k, v in (evaluation.provenance or {}).items() if k != "sources"),
    ]
    inside = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows)
    sources = (evaluation.provenance or {}).get("sources", ())
    listed = [
        (
            s["name"],
            s["licence"],
            ", ".join(s["kinds"]),
            str(s["clips"] or ""),
            Raw(f"<code>{s.get('sha256', '')[:_HASH]}</code>"),
        )
        for s in sources
    ]
    origin = table(("Source", "Licence", "Kinds", "Clips", "SHA-256, begins"), listed) if listed else ""
    return f"<section><h2>Where it comes from</h2><dl>{inside}</dl>{origin}</section>"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _share(share: Share) -> str:
    return f"{percent(share.value)} ({interval(share)}; n = {share.total})" if share.total else "not measured"


def _rate(accepts: Hourly) -> str:
    if accepts.value is None:
        return "not measured"
    if accepts.bound is None or accepts.bound > TOO_FAST:
        return f"{accepts.count} in {hours(accepts.hours)}: too little sound for a rate"
    heard = f"{accepts.count} in {hours(accepts.hours)}"
    return f"{rate(accepts.value)} ({rate(accepts.low)} to {rate(accepts.high)}; {heard})"
