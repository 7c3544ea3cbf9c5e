"""Figures that are too good to be true are told (D6)."""

from pathlib import Path

import numpy as np
import pytest

from trainer.evaluation.measures import hourly
from trainer.evaluation.scoring import CLEAN, ClipScore, Recording
from trainer.evaluation.summary import FEW_CLIPS, Heard, find_cautions


def heard(found: int, clips: int) -> Heard:
    scores = [
        ClipScore(Recording(f"{i}", "", Path()), CLEAN, (i < found,), np.zeros(256), 0.0, ()) for i in range(clips)
    ]
    return Heard(clips=scores)


@pytest.mark.parametrize(
    ("found", "clips", "accepts", "hours", "told"),
    [
        (150, 150, 0, 12.5, True),
        (149, 150, 0, 12.5, False),
        (150, 150, 1, 12.5, False),
        (150, 150, 0, 9.9, False),
        (FEW_CLIPS - 1, FEW_CLIPS - 1, 0, 12.5, False),
    ],
)
def test_all_found_and_nothing_else_is_an_alarm(
    found: int, clips: int, accepts: int, hours: float, told: bool
) -> None:
    cautions = find_cautions(heard(found, clips), hourly(accepts, hours), (), voices=False)
    alarms = [caution for caution in cautions if caution.code == "too_good"]
    assert bool(alarms) == told
    if told:
        assert alarms[0].values == {"n": 150, "hours": 12}
        assert "data audit" in alarms[0].message
