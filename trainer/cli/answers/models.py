"""A model that is to be listened with, by its own rule or by the user's."""

from typing import NamedTuple

from trainer.cli.answers.params import Params
from trainer.cli.listen import find_model
from trainer.evaluation.device import HIGHEST_CUTOFF, Twin
from trainer.evaluation.evaluate import open_model
from trainer.model.manifest import WINDOWS


class Rule(NamedTuple):
    """A model with the cutoff (0..255) and the window (steps) that it is judged by."""

    twin: Twin
    cutoff: int
    window: int


def open_rule(params: Params) -> Rule:
    """Return the model of a request; a cutoff or window that is null is the manifest's.

    Raises:
        ModelError: it cannot be read.
    """
    cutoff, window = params.whole("cutoff", 1, HIGHEST_CUTOFF), params.whole("window", *WINDOWS)
    twin, facts = open_model(find_model(params.path("model")), None)
    return Rule(twin, facts.cutoff if cutoff is None else cutoff, facts.window if window is None else window)
