"""What keeps the data folder in order: its folders at the start, later its trash and the database's copy."""

import asyncio
import logging
import shutil
import sqlite3
from pathlib import Path

from addon import acceleration
from addon.backup import save_copy
from addon.jobs.processes import end_leftovers
from addon.library.fetching import FETCHED
from addon.library.storage import Storage

_SWEEP_S = 86400.0
_log = logging.getLogger(__name__)


def prepare(data: Path) -> None:
    """Make the folders, and remove what an earlier run was in the middle of."""
    shutil.rmtree(data / "arriving", ignore_errors=True)
    if count := end_leftovers(data / FETCHED):
        _log.warning("ended %d downloads that a killed app had left", count)
    acceleration.remove_outdated(data)
    for name in ("jobs", "models", "samples/originals", "previews", "trash", FETCHED, "arriving"):
        (data / name).mkdir(parents=True, exist_ok=True)
    for path in (
        *data.glob("samples/*.partial"),
        *data.glob("previews/*.partial.wav"),
        *data.glob("backup-*.partial"),
    ):
        path.unlink()
    for path in data.glob("models/*.partial"):
        shutil.rmtree(path)


async def sweep(storage: Storage, data: Path) -> None:
    """Do once a day what keeps the folder small and a copy of the database at hand; it never ends."""
    while True:
        await keep_copy(data)
        await storage.empty_trash()
        await asyncio.sleep(_SWEEP_S)


async def keep_copy(data: Path) -> None:
    """Have a copy of the database for backups that are made while the app does not run."""
    try:
        await asyncio.to_thread(save_copy, data)
    except (sqlite3.Error, OSError) as error:
        _log.warning("the database cannot be copied for backups: %s", error)
