"""card.md: the model card that travels with a model (X7, N14)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.core.folders import write_whole
from trainer.evaluation.results import Evaluation
from trainer.evaluation.words import (
    CHOSEN_ON,
    ELSEWHERE,
    TOO_FAST,
    at_most,
    describe_heard,
    describe_latency,
    hours,
    interval,
    name_condition,
    percent,
    summarise,
)

_USE = """\
## How to use it

Put the `.tflite` and the `.json` beside the configuration of an ESPHome device, and name the `.json`:

```yaml
micro_wake_word:
  models:
    - model: {manifest}
```

The sensitivity can change while the device runs: call `set_probability_cutoff` with one of the cutoffs below.
"""

_LIMITS = """\
## What it is not

- It hears a word. It does not know who speaks, and it is no lock: it must never open a door or spend money by itself.
- The figures hold for the sound they were measured on. Other microphones, rooms, languages and voices, above all
  those of children and of people with an accent that was not trained, may be heard less often.
- No rate is claimed beyond the hours that were listened to.
"""


def write_card(path: Path, evaluation: Evaluation) -> None:
    """Write card.md."""
    write_whole(path, render_card(evaluation))


def render_card(evaluation: Evaluation) -> str:
    """Return the card as Markdown."""
    model = evaluation.model
    parts = [
        f"# Wake word “{model.phrase}”",
        summarise(evaluation),
        _table(
            ("", ""),
            [
                (
                    "Model",
                    f"`{model.name}`, {model.size:,} bytes, streaming, int8 in, uint8 out, stride {model.stride}",
                ),
                ("SHA-256", f"`{model.sha256}`"),
                ("Detects", f"mean of {model.window} probabilities above {model.cutoff} of 255"),
                ("Arena", model.arena_words),
                ("Measured on", evaluation.basis),
                ("Made", evaluation.created),
            ],
        ),
        _USE.format(manifest=Path(model.name).with_suffix(".json")),
        _measured(evaluation),
        *_sensitivities(evaluation),
        *(
            ["## Before you rely on it\n\n" + "\n".join(f"- {c.message}" for c in evaluation.cautions)]
            * bool(evaluation.cautions)
        ),
        _LIMITS,
        *_origin(evaluation),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _measured(evaluation: Evaluation) -> str:
    rows = [
        (name_condition(c.name), percent(c.recall.value), interval(c.recall), str(c.recall.total))
        for c in evaluation.conditions
    ]
    accepts = evaluation.false_accepts
    lines = [
        "## What was measured",
        "The quantised model, in ESPHome's own detection loop, in every stride phase.",
        _table(("The phrase, heard in", "Heard", "95 % interval", "Clips"), rows) if rows else "",
        f"False accepts: {describe_heard(accepts)}"
        + (f", at most {at_most(accepts.bound)} an hour (95 % sure)." if (accepts.bound or 1e9) <= TOO_FAST else "."),
        f"Near misses accepted: {percent(evaluation.near_misses.value)} ({interval(evaluation.near_misses)}, "
        f"n = {evaluation.near_misses.total})."
        if evaluation.near_misses
        else "",
        f"It {describe_latency(evaluation.latency)}." if evaluation.latency else "",
    ]
    return "\n\n".join(line for line in lines if line)


def _sensitivities(evaluation: Evaluation) -> list[str]:
    if not evaluation.calibration:
        return []
    rows = [
        (
            s.name,
            f"{s.cutoff} ({s.probability_cutoff:.4f})",
            percent(s.recall.value),
            percent(s.near_misses.value),
            at_most(s.false_accepts.bound),
        )
        for s in evaluation.calibration.sensitivities
    ]
    head = ("Sensitivity", "Cutoff", "Heard", "Near misses", "By mistake an hour, at most")
    return [f"## Sensitivities\n\n{CHOSEN_ON} {ELSEWHERE}\n\n" + _table(head, rows)]


def _origin(evaluation: Evaluation) -> list[str]:
    facts = evaluation.provenance
    if not facts:
        return []
    rows = [
        (
            s["name"],
            s["licence"],
            ", ".join(s["kinds"]),
            *_amount(s),
            f"`{s['sha256'][:16]}`" if s.get("sha256") else "",
        )
        for s in facts["sources"]
    ]
    plain = [(key, ", ".join(v) if isinstance(v, list) else str(v)) for key, v in facts.items() if key != "sources"]
    return [
        "## Where it comes from\n\n" + _table(("", ""), plain),
        _table(("Source", "Licence", "Kinds", "Clips", "Length", "SHA-256, begins"), rows),
        "The whole hashes stand in `report.json`.",
        "`recipe.yaml` beside this card makes the model again.",
    ]


def _amount(source: dict[str, Any]) -> tuple[str, str]:
    """Return clips and length; a pack of features has neither."""
    return ("", "") if source["clips"] is None else (str(source["clips"]), hours(source["hours"]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
