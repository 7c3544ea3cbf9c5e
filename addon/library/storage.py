"""What fills the disk, by kind, and what of it may go."""

import asyncio
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from addon.errors import NotFound
from addon.library.sizes import measure_folder
from addon.library.trash import Trash
from addon.records import Job, JobState
from addon.store import Store
from addon.times import now, seconds_between

KINDS = ("jobs", "models", "samples", "previews", "trash", "datasets", "gpu")
_WORK = ("features", "training", "samples")  # of a job that has ended: made again, should it be asked for
_RECORDINGS = "recordings"  # of a job: copies; one that may be resumed still needs them
_AGO_S = 7 * 86400.0  # a training without a model is that old before its work may go: until then it may be resumed
_ENDED = tuple(state for state in JobState if state.ended)


class Cleanable(StrEnum):
    """What the user may have removed."""

    PREVIEWS = "previews"  # spoken samples: made again when they are asked for
    TRASH = "trash"  # deleted things: no undo afterwards
    WORK = "work"  # the stages in between, of trainings that are done, or ended without a model long ago


@dataclass(frozen=True)
class Storage:
    """The data folder and its table of contents."""

    store: Store
    data: Path

    async def sizes(self) -> dict[str, int]:
        """Return bytes by kind: the folders, and `database`."""
        return await asyncio.to_thread(self._sizes)

    def free(self) -> int:
        """Return the bytes that are free where the data lies."""
        return shutil.disk_usage(self.data).free

    async def clean(self, what: Iterable[Cleanable]) -> int:
        """Remove what was named; return the bytes that it took."""
        before = sum((await self.sizes()).values())
        for kind in set(what):
            if kind is Cleanable.PREVIEWS:
                await asyncio.to_thread(_empty, self.data / "previews")
            elif kind is Cleanable.TRASH:
                await self.empty_trash(days=0)
            else:
                for job in await self.store.jobs.all(*_ENDED):
                    if job.state is JobState.DONE or seconds_between(job.ended or job.created, now()) > _AGO_S:
                        await asyncio.to_thread(self._clear, job)
        return max(before - sum((await self.sizes()).values()), 0)

    async def empty_trash(self, **days: float) -> None:
        """Remove what was deleted long ago, and the records of recordings."""
        for kind, ident in await asyncio.to_thread(Trash(self.data / "trash").empty, **days):
            if kind == "sample":  # a model's record stays: satellites never fetch an id again, so none is used twice
                with suppress(NotFound):
                    await self.store.samples.delete(ident)

    def _clear(self, job: Job) -> None:
        names = (*_WORK, _RECORDINGS) if job.state is JobState.DONE else _WORK
        for name in (*names, *(f"{name}.partial" for name in names)):
            shutil.rmtree(self.data / "jobs" / job.id / name, ignore_errors=True)

    def _sizes(self) -> dict[str, int]:
        found = {kind: measure_folder(self.data / kind) for kind in KINDS}
        found["database"] = sum(
            path.stat().st_size for name in ("wakesmith.db*", "backup*") for path in self.data.glob(name)
        )
        return found


def _empty(folder: Path) -> None:
    for path in folder.glob("*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
