"""How a model holds up away from a quiet room and from the usual voice, as tables, the worst first (E10)."""

from trainer.evaluation.pages import bar, section, table
from trainer.evaluation.results import Condition, Evaluation, Slice
from trainer.evaluation.words import difference, interval, name_condition, percent

ATTRIBUTES = {"engine": "Spoken by", "language": "Voice's language", "pitch": "Pitch", "length": "Length of the word"}
_CONDITIONS = (
    "The hardest first. The change is that of the same recordings from a quiet room to this; where its interval, "
    "95 %, includes 0, chance may explain it. A few of many recordings may stand for all: their number is shown."
)
_SLICES = (
    "The hardest first, by what is known of the recordings: heard in a quiet room, and on average in all the other "
    "conditions."
)


def worst_first(evaluation: Evaluation) -> list[Condition]:
    """Return the conditions, those first in which the phrase is found least."""
    return sorted(evaluation.conditions, key=lambda c: (c.recall.value or 0.0, c.name))


def render_shift(evaluation: Evaluation) -> str:
    """Return both tables as a part of the report; empty where neither has anything to say."""
    parts = []
    if len(evaluation.conditions) > 1:
        rows = [
            (
                name_condition(c.name),
                bar(c.recall.value or 0),
                percent(c.recall.value),
                interval(c.recall),
                difference(c.change) if c.change else "",
                str(c.recall.total),
            )
            for c in worst_first(evaluation)
        ]
        head = ("Condition", "", "Heard", "95 % interval", "Change from quiet", "Clips")
        parts.append(section("How it holds up", table(head, rows), _CONDITIONS))
    if evaluation.slices:
        names = ("", "", "Heard", "Disturbed", "95 % interval", "Change from quiet", "Clips")
        parts.append(section("Who is heard", table(names, [_row(s) for s in evaluation.slices]), _SLICES))
    return "".join(parts)


def _row(one: Slice) -> tuple[str, ...]:
    shown = one.disturbed if one.disturbed.total else one.recall
    return (
        f"{ATTRIBUTES.get(one.attribute, one.attribute)}: {one.name}",
        bar(shown.value or 0),
        percent(one.recall.value),
        percent(one.disturbed.value) if one.disturbed.total else "not measured",
        interval(shown),
        difference(one.change),
        f"{one.recall.total}",
    )
