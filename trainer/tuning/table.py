"""trials.csv: every trial of a tuning, a row each."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from trainer.core.folders import write_whole
from trainer.tuning.space import Choice
from trainer.tuning.study import Attempt


def write_table(path: Path, attempts: Sequence[Attempt], choices: Sequence[Choice]) -> None:
    """Write a row a trial: how it ended, what it reached on validation, and its values by the recipe's keys."""
    keys = [choice.key for choice in choices]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["trial", "outcome", "score", "recall", "near_misses", "seconds", *keys])
    for each in attempts:
        result = each.result
        figures = (result.score, result.recall, result.near_misses) if result else ("", "", "")
        table.writerow([each.number, each.outcome, *figures, each.seconds, *(each.values[key] for key in keys)])
    write_whole(path, text.getvalue())
