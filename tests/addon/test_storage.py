"""What may go goes, and nothing else: work of trainings, and previews that nobody asked for long."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from addon.errors import AppError, Unavailable
from addon.library.previews import Previews, drop_oldest
from addon.library.storage import Cleanable, Storage
from addon.records import Job, JobRequest, JobState
from addon.store import NAME, Store
from addon.times import now

pytestmark = pytest.mark.asyncio
OLD = "2026-01-01T00:00:00.000Z"
WORK = {"features", "training", "samples", "samples.partial"}


@pytest.mark.parametrize(
    ("state", "ended", "gone"),
    [
        (JobState.DONE, now(), WORK | {"recordings"}),
        (JobState.CANCELLED, OLD, WORK),  # it can still be resumed: the user's recordings stay
        (JobState.FAILED, OLD, WORK),
        (JobState.INTERRUPTED, OLD, WORK),
        (JobState.FAILED, now(), set()),
        (JobState.RUNNING, None, set()),
        (JobState.QUEUED, None, set()),
    ],
)
async def test_work_goes_when_nobody_needs_it(
    tmp_path: Path, state: JobState, ended: str | None, gone: set[str]
) -> None:
    folder = tmp_path / "jobs" / "job_1"
    for name in (*WORK, "recordings", "result"):
        (folder / name).mkdir(parents=True)
        (folder / name / "rows.bin").write_bytes(b"x" * 1000)
    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(Job("job_1", JobRequest("hey"), state, OLD, ended=ended))
        assert await Storage(store, tmp_path).clean([Cleanable.WORK]) >= 1000 * len(gone)
    assert {path.name for path in folder.iterdir()} == (WORK | {"recordings", "result"}) - gone


class Speaker:
    """In the place of the helper: slow, and counts."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.broken = False

    async def ask(self, _method: str, **asked: Any) -> dict[str, Any]:
        self.paths.append(asked["path"])
        await asyncio.sleep(0.05)
        if self.broken:
            raise Unavailable("no voice")
        Path(asked["path"]).write_bytes(b"RIFF")
        return {}


async def test_a_preview_is_made_once_however_many_ask(tmp_path: Path) -> None:
    speaker = Speaker()
    previews = Previews(speaker, tmp_path)  # type: ignore[arg-type]
    asked = [asyncio.create_task(previews.get("hey", "en", None, "v")) for _ in range(5)]
    await asyncio.sleep(0.01)
    asked.pop(0).cancel()  # the first to ask leaves
    paths = await asyncio.gather(*asked)
    assert len(speaker.paths) == 1
    assert len(set(paths)) == 1
    assert paths[0].read_bytes() == b"RIFF"
    assert await previews.get("hey", "en", None, "v") == paths[0]
    assert len(speaker.paths) == 1
    speaker.broken = True
    failed = await asyncio.gather(*(previews.get("you", "en", None, "v") for _ in range(2)), return_exceptions=True)
    assert [type(error) for error in failed] == [Unavailable, Unavailable]
    with pytest.raises(AppError):
        await previews.get("you", "en", None, "v")
    assert len(set(speaker.paths)) == 3
    assert [path.name for path in (tmp_path / "previews").iterdir()] == [paths[0].name]


async def test_the_oldest_previews_make_room(tmp_path: Path) -> None:
    for age, name in enumerate(("new.wav", "old.wav", "older.wav", "being.made.partial.wav")):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    drop_oldest(tmp_path, 200)
    assert {path.name for path in tmp_path.iterdir()} == {"new.wav", "old.wav", "being.made.partial.wav"}
