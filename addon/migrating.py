"""Opening the database: WAL, one program at a time, and the steps that bring it up to this version."""

import fcntl
import re
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TextIO

import aiosqlite

from addon.errors import AppError, Unavailable

LOCK = "wakesmith.lock"
_BUSY_S = 5.0


def lock_folder(folder: Path) -> TextIO:
    """Return an open file whose lock says that the folder is ours; closing it, or dying, gives it back.

    Raises:
        Unavailable: the folder cannot be written, or another Wakesmith has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("w")
    except OSError as error:
        raise Unavailable(
            f"{folder} cannot be written: {error.strerror}", hint="Choose another data folder.", code="data_folder"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Unavailable(
            f"{folder} is in use by another Wakesmith", hint="Stop it, or choose another --data.", code="data_in_use"
        ) from error
    return file


async def migrate(path: Path, steps: dict[int, str] | None = None) -> aiosqlite.Connection:
    """Return an open connection to a database that is as new as this program.

    Args:
        path: the file; it is made if it is missing.
        steps: SQL by number, from 1 without a gap; by default those of `migrations/`.

    Raises:
        AppError: `database_newer`, `database_broken`.
        Unavailable: the file cannot be opened or written.
    """
    steps = read_steps() if steps is None else steps
    connection = await _connect(path)
    try:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a power cut may lose the last words
        await _climb(connection, path, steps)
    except sqlite3.DatabaseError as error:
        await connection.close()
        raise _named(error, path) from error
    except BaseException:
        await connection.close()
        raise
    return connection


def read_steps() -> dict[int, str]:
    """Return the SQL of `migrations/NNNN_name.sql` by number."""
    files = sorted((f for f in resources.files("addon.migrations").iterdir() if f.name.endswith(".sql")), key=str)
    return {int(re.split(r"\D", file.name)[0]): file.read_text(encoding="utf-8") for file in files}


async def _connect(path: Path) -> aiosqlite.Connection:
    try:
        connection = await aiosqlite.connect(path, isolation_level=None, timeout=_BUSY_S)
    except sqlite3.DatabaseError as error:
        raise _named(error, path) from error
    connection.row_factory = sqlite3.Row
    return connection


async def _climb(connection: aiosqlite.Connection, path: Path, steps: dict[int, str]) -> None:
    """Take the steps above the database's number, all of them in one transaction or none."""
    await connection.execute("BEGIN IMMEDIATE")
    try:
        cursor = await connection.execute("PRAGMA user_version")
        (version,) = await cursor.fetchone() or (0,)
        if version > len(steps):
            raise AppError(
                f"{path} was written by a newer Wakesmith: its version is {version}, this program knows {len(steps)}",
                hint="Update Wakesmith, or restore a backup that was made with this version.",
                code="database_newer",
            )
        for number in range(version + 1, len(steps) + 1):
            for statement in _statements(steps[number]):
                await connection.execute(statement)
            await connection.execute(f"PRAGMA user_version = {number}")
    except BaseException:
        await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


def _statements(sql: str) -> Iterator[str]:
    """Split SQL at the ends of its statements; those within a trigger are part of it."""
    begun = ""
    for part in sql.splitlines(keepends=True):
        begun += part
        if sqlite3.complete_statement(begun):
            yield begun
            begun = ""


def _named(error: sqlite3.DatabaseError, path: Path) -> AppError:
    if isinstance(error, sqlite3.OperationalError):
        return Unavailable(
            f"{path} cannot be opened: {error}",
            hint="Check that the disk has room, that the folder can be written and that Wakesmith runs only once.",
            code="database_unavailable",
        )
    return AppError(
        f"{path} is not a database that can be read: {error}",
        hint="Restore a backup, or move the file away: the app then goes on with its last copy (backup.db).",
        code="database_broken",
    )
