"""A whole file as a device would hear it."""

from dataclasses import replace
from typing import Any

from trainer.cli.answers.curves import FULL, curve_of
from trainer.cli.answers.models import open_rule
from trainer.cli.answers.params import Params
from trainer.evaluation.device import SLICE_SECONDS
from trainer.evaluation.stream import hear_file

LONGEST_S = 600.0  # a plot shows no more, and the answer is one line


def hear(params: Params) -> dict[str, Any]:
    """Answer `hear`: a second of silence is heard before the file and after it; the curve begins with the file."""
    path, rule = params.path("path"), open_rule(params)
    step_s = rule.twin.stride * SLICE_SECONDS
    heard = hear_file(path, rule.twin, rule.cutoff, rule.window, LONGEST_S)
    before = round(-heard.begin_s / step_s)
    heard = replace(heard, probabilities=heard.probabilities[before:], means=heard.means[before:])
    return curve_of(heard) | {
        "step_s": step_s,
        "cutoff": rule.cutoff,
        "window": rule.window,
        "peak": round(float(heard.means.max(initial=0.0)) / FULL, 5),
    }
