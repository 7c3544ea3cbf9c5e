"""A whole copy of the database: files that are read while they are written to may be copied torn.

Supervisor copies the data folder while the app runs. The database itself stays out of that; this copy goes in, made
just before (`python -m addon.backup /data`), once a day and when the app ends.
"""

import os
import secrets
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

COPY = "backup.db"
_LIVE = "wakesmith.db"
_BUSY_S = 30.0


def save_copy(data: Path) -> None:
    """Copy the database as it is between two changes, over the copy before. Blocks.

    Raises:
        sqlite3.Error, OSError: it cannot be read, or the copy not be written; the one before stays.
    """
    live = (data / _LIVE).absolute()
    if not live.is_file():
        return
    partial = data / f"backup-{secrets.token_hex(4)}.partial"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(live))}?mode=rw", uri=True, timeout=_BUSY_S)) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),))
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(data / COPY)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def bring_back(database: Path) -> bool:
    """Where there is a copy and no database, as after a restore, make the one of the other. Blocks.

    Raises:
        OSError: the folder cannot be written.
    """
    copy = database.with_name(COPY)
    if database.exists() or not copy.is_file():
        return False
    for rest in ("-wal", "-shm"):  # of a database that is gone: SQLite would take them for this one's
        database.with_name(database.name + rest).unlink(missing_ok=True)
    partial = database.with_name(f"{database.name}.partial")
    partial.write_bytes(copy.read_bytes())
    partial.replace(database)
    return True


def main(argv: Sequence[str]) -> int:
    """Save a copy for the backup that is about to be made; return the exit code."""
    try:
        save_copy(Path(argv[0] if argv else "/data"))
    except (sqlite3.Error, OSError) as error:
        sys.stderr.write(f"wakesmith: the database cannot be copied: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
