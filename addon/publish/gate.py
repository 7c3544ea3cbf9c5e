"""The gate (N4): may a model leave the library? Compatibility cannot be passed over, quality can, knowingly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addon.errors import Conflict, Invalid, Values
from addon.publish.comparing import Comparison
from addon.publish.examining import Check
from addon.records import Model

LEAST_RECALL = 0.7  # lower bound: below it, every third call may go unheard
MOST_FALSE_ACCEPTS = 2.0  # an hour, upper bound: more is a nuisance in any room
LEAST_CLIPS = 20  # fewer cannot show a recall of 0.7: 20 of 20 have a lower bound of 0.84, 10 of 10 one of 0.72
_NONE_SEEN = 3.0  # the upper bound of no event in n hours is 3 / n (95 %)


@dataclass(frozen=True)
class Quality:
    """One bound.

    Attributes:
        code: "recall" or "false_accepts".
        ok: None where it was not measured, or on too little to tell: no obstacle, and told.
    """

    code: str
    ok: bool | None
    message: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """What stands between a model and the satellites.

    Attributes:
        checks: of compatibility, as `wakesmith verify` asks them.
        rival: the version that is published now, if it is another.
        comparison: with the rival; None where there is none, or nobody asked.
    """

    model: str
    passes: bool
    compatible: bool
    checks: tuple[Check, ...]
    quality: tuple[Quality, ...]
    rival: str | None = None
    comparison: Comparison | None = None

    @property
    def faults(self) -> tuple[str, ...]:
        """Checks that failed."""
        return tuple(check.name for check in self.checks if not check.ok)

    @property
    def weak(self) -> tuple[str, ...]:
        """Bounds of quality that are not held."""
        return tuple(bound.code for bound in self.quality if bound.ok is False)

    def require(self, override: bool, replace: bool) -> None:
        """Let the model pass, or say why not.

        Args:
            override: the user knows of its quality. replace: the user wants it though it did not win.

        Raises:
            Invalid: `incompatible`; nothing overrides that.
            Conflict: `quality` or `loses`.
        """
        if not self.compatible:
            told = "; ".join(f"{check.name}: {check.message}" for check in self.checks if not check.ok)
            raise Invalid(
                f"{self.model} would not run on a satellite: {told}",
                hint="Train it anew; this cannot be passed over.",
                code="incompatible",
                values={"model": self.model, "faults": told},
            )
        if self.weak and not override:
            told = " ".join(bound.message for bound in self.quality if bound.ok is False)
            raise Conflict(
                f"{self.model} is weak: {told}",
                hint="Train longer or with more recordings, or publish it nonetheless.",
                code="quality",
                values={"model": self.model, "weak": told},
            )
        if self.comparison and not self.comparison.wins and not replace:
            raise Conflict(
                f"{self.model} did not beat {self.rival}: {self.comparison.message}",
                hint="The published version stays, unless you say that the new one shall replace it.",
                code="loses",
                values=self.comparison.values(self.model),
            )


def judge(model: Model, report: Mapping[str, Any]) -> tuple[Quality, ...]:
    """Hold a model's figures against the bounds.

    Args:
        report: its report.json, for how much they were measured on; {} where there is none.
    """
    return (_recall(model, report), _false_accepts(model, report))


def read_report(path: Path) -> dict[str, Any]:
    """Return a model's report, {} where it cannot be read. Blocks."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _recall(model: Model, report: Mapping[str, Any]) -> Quality:
    clips = _number(_clean(report).get("total"))
    if model.recall_low is None or clips == 0:
        return Quality("recall", None, "How often it hears you was not measured.")
    low = model.recall_low
    values: dict[str, str | int | float] = {"low": round(low, 3), "bound": LEAST_RECALL}
    told = f"It hears you at least {int(100 * low)} times in 100 (95 % sure)"
    if low >= LEAST_RECALL:
        return Quality("recall", True, f"{told}.", values)
    if clips is not None and clips < LEAST_CLIPS and (model.recall or 0) >= LEAST_RECALL:
        return Quality("recall", None, f"It was tried on {clips:.0f} clips only, too few to tell how well it hears.")
    return Quality("recall", False, f"{told}; {100 * LEAST_RECALL:.0f} are asked for.", values)


def _false_accepts(model: Model, report: Mapping[str, Any]) -> Quality:
    if model.false_accepts_high is None:
        return Quality("false_accepts", None, "How often it wakes by mistake was not measured.")
    high, measured = model.false_accepts_high, report.get("false_accepts")
    measured = measured if isinstance(measured, Mapping) else {}
    hours, low = _number(measured.get("hours")), _number(measured.get("low")) or 0.0
    values: dict[str, str | int | float] = {"high": round(high, 3), "bound": MOST_FALSE_ACCEPTS}
    told = f"It wakes by mistake less than {high:.2g} times an hour (95 % sure)"
    if high <= MOST_FALSE_ACCEPTS:
        return Quality("false_accepts", True, f"{told}.", values)
    if hours is not None and hours < _NONE_SEEN / MOST_FALSE_ACCEPTS and low <= MOST_FALSE_ACCEPTS:
        untold = f"{told}; {60 * hours:.0f} minutes of other sound are too little to promise more."
        return Quality("false_accepts", None, untold, values)
    return Quality("false_accepts", False, f"{told}; at most {MOST_FALSE_ACCEPTS:g} are asked for.", values)


def _clean(report: Mapping[str, Any]) -> Mapping[str, Any]:
    conditions = report.get("conditions")
    for condition in conditions if isinstance(conditions, list) else []:
        if isinstance(condition, Mapping) and condition.get("name") == "clean":
            recall = condition.get("recall")
            return recall if isinstance(recall, Mapping) else {}
    return {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
