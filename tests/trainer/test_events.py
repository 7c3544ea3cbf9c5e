"""Events: what is written is read back, and what is not an event is refused."""

import json
import math

import pytest

from trainer import events
from trainer.events import EventError, Failed, Finished, Metric, Progress, Sample, Stage, StageState, Started, Warning

EVERY = [
    Started("hey jarvis", "out/hey_jarvis", ("phrase", "samples")),
    Stage("samples", StageState.RUNNING),
    Stage("samples", StageState.DONE, 12.5),
    Progress(3, 10, "clips", 1.5, 4.7),
    Progress(0, 0),
    Metric(500, {"loss": 0.25, "recall": 1.0}),
    Sample("listen/01.wav", "joe"),
    Warning("few", "ä 中 \n two lines", "do this"),
    Finished("out/result", "hears you"),
    Failed("disk_full", "full", "free some"),
]


@pytest.mark.parametrize("event", EVERY, ids=lambda e: e.kind)
def test_round_trip_in_one_line(event: events.Event) -> None:
    line = events.encode(event)
    assert "\n" not in line
    assert json.loads(line)["v"] == events.VERSION
    assert events.decode(line) == event


def test_every_kind_is_tried() -> None:
    assert {type(event) for event in EVERY} == set(events._KINDS.values())


def test_only_the_last_two_are_terminal() -> None:
    assert [events.is_terminal(event) for event in EVERY] == [False] * 8 + [True] * 2


def test_keys_of_a_later_version_are_ignored() -> None:
    line = json.dumps({"v": 1, "kind": "finished", "model": "m", "mood": "glad"})
    assert events.decode(line) == Finished("m")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Loading TensorFlow ...",
        "[]",
        "3",
        "null",
        "{}",
        '{"v": 1}',
        '{"v": 2, "kind": "finished", "model": "m"}',
        '{"v": 1, "kind": "party"}',
        '{"v": 1, "kind": "finished"}',
        '{"v": 1, "kind": "started", "phrase": "x", "folder": "y", "stages": 3}',
        '{"v": 1, "kind": "stage", "name": "samples", "state": "lost"}',
        '{"v": 1, "kind": ["finished"], "model": "m"}',
        '{"v": 1, "kind": "finished", "model": "m"',
    ],
)
def test_what_is_not_an_event_is_refused(line: str) -> None:
    with pytest.raises(EventError):
        events.decode(line)


def test_numbers_that_json_lacks_are_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        events.encode(Metric(1, {"loss": math.nan}))
