"""What is said of a training before it starts: by the machine as it is told, and by the machine that is here."""

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from addon.assistant import Assistant
from addon.errors import Invalid, Unavailable
from addon.jobs.machine import Machine, Surveyor, measure_speed
from addon.jobs.preflight import Check, Preflight, estimate_minutes
from addon.records import Job, JobRequest, JobState
from tests.addon.workroom import workroom

pytestmark = pytest.mark.asyncio
QUICK = JobRequest("hey jarvis", preset="quick")
VOICES = (
    {"id": "piper:en_US-joe-medium", "installed": True, "size_mb": 60.0},
    {"id": "piper:en_US-libritts_r-medium/3", "installed": True, "size_mb": 80.0},
    {"id": "kokoro:af_heart", "installed": True, "size_mb": 0.5},
    {"id": "piper:de_DE-eva-low", "installed": False, "size_mb": 63.0},
)
MACHINE = Machine(2, 8000, why="no driver", voices=VOICES, missing={"hiss": 120.0, "songs": 0.0})


def ended(minutes: int, request: JobRequest = QUICK, attempt: int = 1) -> Job:
    times = {"started": "2026-01-01T00:00:00.000Z", "ended": f"2026-01-01T00:{minutes:02}:00.000Z"}
    return Job(f"job_{minutes}", request, JobState.DONE, "2026-01-01T00:00:00.000Z", attempt=attempt, **times)


async def examine(tmp_path: Path, request: JobRequest = QUICK, **machine: Any) -> tuple[Preflight, dict[str, Check]]:
    async with workroom(tmp_path, machine=dataclasses.replace(MACHINE, **machine)) as room:
        found = await room.jobs.preflight(request)
        return found, {check.name: check for check in found.checks}


async def test_it_names_all_that_a_training_takes(tmp_path: Path) -> None:
    found, checks = await examine(tmp_path)
    assert set(checks) == {"disk", "memory", "gpu", "voices", "download", "queue"}
    assert all(check.message for check in found.checks)
    assert (checks["voices"].ok, checks["voices"].message) == (True, "3 voices will speak")
    assert "no driver" in checks["gpu"].message
    assert (found.download_mb, checks["download"].ok) == (0, True)
    assert found.minutes == 5
    assert found.disk_mb == 600


async def test_a_request_that_is_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        await examine(tmp_path, JobRequest(""))


@pytest.mark.parametrize(
    ("machine", "request_", "name", "ok", "word"),
    [
        ({"available_mb": 900.0}, {}, "memory", False, "0.9 GB"),
        ({"available_mb": None}, {}, "memory", None, "not known"),
        ({"gpu": "RTX 4090"}, {}, "gpu", True, "RTX 4090"),
        ({"gpu": "RTX 4090"}, {"settings": {"device": "cpu"}}, "gpu", None, "the processor is chosen"),
        ({}, {"settings": {"device": "gpu"}}, "gpu", False, "no driver"),
        ({}, {"veto": ("en_US-joe-medium", "kokoro:af_heart")}, "voices", True, "1 voices"),
        ({}, {"settings": {"samples.engines": ["kokoro"]}}, "voices", True, "1 voices"),
        ({}, {"settings": {"samples.voices": ["piper:en_US-libritts_r-medium"]}}, "voices", True, "1 voices"),
        ({}, {"settings": {"samples.voices": ["piper:de_DE-eva-low"]}}, "voices", False, "de_DE-eva-low (63 MB)"),
        ({}, {"veto": ("nobody",)}, "voices", False, "nobody"),
        ({"voices": ()}, {}, "voices", False, "no voice"),
        ({"voices": None}, {}, "voices", None, "not known"),
        ({}, {"settings": {"data.packs": ["here"]}}, "download", True, "nothing"),
        ({}, {"settings": {"data.packs": ["hiss", "songs"]}}, "download", None, "hiss (120 MB), songs; not all"),
        ({"missing": None}, {"settings": {"data.packs": ["hiss"]}}, "download", None, "not known"),
    ],
)
async def test_each_finding(
    tmp_path: Path, machine: dict[str, Any], request_: dict[str, Any], name: str, ok: bool | None, word: str
) -> None:
    _, checks = await examine(tmp_path, dataclasses.replace(QUICK, **request_), **machine)
    assert checks[name].ok is ok
    assert word in checks[name].message
    assert (checks[name].ok is not False) or checks[name].hint


async def test_downloads_are_added_up(tmp_path: Path) -> None:
    found, _ = await examine(tmp_path, dataclasses.replace(QUICK, settings={"data.packs": ["hiss"]}))
    assert (found.download_mb, found.disk_mb) == (120, 840)


async def test_time_is_what_it_was_on_this_machine() -> None:
    standard = JobRequest("other")
    assert estimate_minutes(QUICK, [], 2) == 5
    assert estimate_minutes(QUICK, [], 2, speed=0.5) == 10
    assert estimate_minutes(QUICK, [], 4) == 3.5
    assert estimate_minutes(QUICK, [ended(7), ended(9)], 2, speed=0.5) == 8, "the same has been done here"
    assert estimate_minutes(standard, [ended(10)], 2) == pytest.approx(2 * estimate_minutes(standard, [], 2))
    assert estimate_minutes(QUICK, [ended(50, attempt=2)], 2) == 5, "one that was interrupted says nothing"
    assert 0.1 <= measure_speed() <= 4


async def test_the_helper_is_asked_and_may_be_silent() -> None:
    async def missing() -> dict[str, float]:
        raise Unavailable("nobody knows")

    request = JobRequest("hey jarvis", settings={"data.packs": ["hiss"]})
    quick = str(Path(__file__).with_name("quick_trainer.py"))
    for command in ((sys.executable, quick, "serve"), (sys.executable, "-c", ""), ("/nonexistent",)):
        assistant = Assistant(command)
        try:
            machine = await Surveyor(assistant, missing)(request)
        finally:
            await assistant.stop()
        assert machine.cores >= 1
        assert machine.available_mb == (8000 if quick in command else None)
        assert machine.missing is None
        assert (machine.voices is not None) == (quick in command)


async def test_the_panel_is_told_before_it_starts(open_house: Any) -> None:
    async with open_house() as house:
        asked = {"phrase": "hey jarvis", "preset": "quick", "settings": {"data.packs": ["hiss", "slow"]}}
        async with house.browser.post(house.api("jobs/preflight"), json=asked) as response:
            assert response.status == 200
            found = await response.json()
        checks = {check["name"]: check for check in found["checks"]}
        assert checks["gpu"]["message"].startswith("no GPU is used: none")
        assert checks["voices"] == {
            "name": "voices", "ok": True, "code": "voices_here", "message": "1 voices will speak", "hint": "",
            "values": {"n": 1},
        }  # fmt: skip
        assert "hiss" in checks["download"]["message"]
        assert found["minutes"] > 0
        folder = house.data / "datasets" / "hiss"
        async with house.browser.get(house.api("jobs")) as response:
            assert await response.json() == []
        assert not folder.exists()


@pytest.mark.slow
@pytest.mark.voices
async def test_the_real_trainer_is_asked(open_house: Any) -> None:
    async with open_house(trainer=None) as house:
        asked = {"phrase": "hey jarvis", "preset": "quick", "settings": {"data.packs": ["mww_speech"]}}
        async with house.browser.post(house.api("jobs/preflight"), json=asked) as response:
            found = await response.json()
        checks = {check["name"]: check for check in found["checks"]}
        assert checks["voices"]["ok"], checks
        assert "mww_speech (3183 MB)" in checks["download"]["message"]
        assert found["download_mb"] == pytest.approx(3183, abs=1)
