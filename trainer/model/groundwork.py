"""Groundwork: weights that can tell a speech embedding already, kept in a file for any phrase to begin with.

`script/bench groundwork` makes them from what finished runs spoke and heard; a `.json` beside them says what it was.
"""

import json
from pathlib import Path
from typing import Any

from trainer.core.fingerprint import hash_file
from trainer.errors import ModelError
from trainer.model.shape import MixedNetShape
from trainer.model.weights import Weights, load_weights, save_weights

_UNKNOWN = {"name": "groundwork of unknown making", "licence": "unknown", "clips": None, "hours": None}


def load_groundwork(path: Path, shape: MixedNetShape) -> Weights:
    """Return the weights.

    Raises:
        ModelError: there is no such file, or it holds no network of these dimensions.
    """
    try:
        return load_weights(path, shape)
    except ModelError as error:
        raise ModelError(
            f"training.groundwork: {error}",
            hint="Name a file that `script/bench groundwork` made for this model.size, or leave the choice out.",
        ) from error


def save_groundwork(path: Path, weights: Weights, sources: list[dict[str, Any]]) -> None:
    """Write the weights, and beside them what they heard: each source's `name`, `licence`, `clips` and `hours`."""
    save_weights(path, weights)
    told = {"sha256": hash_file(path), "sources": sources}
    path.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def describe_groundwork(path: Path) -> list[dict[str, Any]]:
    """Return the sources that the weights heard; where nobody says so of this very file, that they are unknown."""
    try:
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if told["sha256"] == hash_file(path):
            return list(told["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return [_UNKNOWN]
