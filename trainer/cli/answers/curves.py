"""What the device heard, as numbers for a plot: probabilities and means from 0 to 1."""

from typing import Any

from trainer.evaluation.stream import Heard

FULL = 255  # what the firmware calls a probability of 1


def curve_of(heard: Heard) -> dict[str, Any]:
    """Return the values of every step and the detections; `round(p * 255)` is the firmware's own."""
    return {
        "probabilities": [round(p / FULL, 5) for p in heard.probabilities.tolist()],
        "means": [round(m / FULL, 5) for m in heard.means.tolist()],
        "detections": list(heard.detections),
    }
