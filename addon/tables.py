"""Tables of the store: what all of them can do, and the one of the settings."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

import aiosqlite

from addon.errors import NotFound

R = TypeVar("R")


class Table(ABC, Generic[R]):
    """Records of one kind in a table whose columns are named as the record's fields."""

    name: ClassVar[str]
    what: ClassVar[str]  # in messages
    key: ClassVar[str] = "id"
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @abstractmethod
    def _row(self, record: R) -> tuple[Any, ...]:
        """Return the values in the order of `columns`."""

    @abstractmethod
    def _record(self, row: aiosqlite.Row) -> R:
        """Read a row."""

    async def get(self, key: str) -> R:
        """Return one record.

        Raises:
            NotFound: there is none.
        """
        found = await self._select(f"WHERE {self.key} = ?", (key,))
        if not found:
            raise NotFound(f"there is no {self.what} {key[:80]!r}")
        return found[0]

    async def put(self, *records: R) -> None:
        """Add records, or replace those that have the same key: all of them or none."""
        if not records:
            return
        names = ", ".join(f'"{column}"' for column in self.columns)
        places = ", ".join(["(" + ", ".join("?" * len(self.columns)) + ")"] * len(records))
        changes = ", ".join(f'"{c}" = excluded."{c}"' for c in self.columns if c != self.key)
        # One statement is one transaction, whatever else waits for the connection.
        await self._connection.execute(
            f"INSERT INTO {self.name} ({names}) VALUES {places} "  # noqa: S608, names of ours
            f"ON CONFLICT ({self.key}) DO UPDATE SET {changes}",
            [value for record in records for value in self._row(record)],
        )

    async def delete(self, key: str) -> None:
        """Remove a record.

        Raises:
            NotFound: there is none.
        """
        cursor = await self._connection.execute(f"DELETE FROM {self.name} WHERE {self.key} = ?", (key,))  # noqa: S608
        if cursor.rowcount == 0:
            raise NotFound(f"there is no {self.what} {key[:80]!r}")

    async def _select(self, condition: str = "", values: Iterable[Any] = (), order: str = "") -> list[R]:
        names = ", ".join(f'"{column}"' for column in self.columns)
        sql = f"SELECT {names} FROM {self.name} {condition}" + (f" ORDER BY {order}" if order else "")  # noqa: S608
        return [self._record(row) for row in await self._connection.execute_fetchall(sql, tuple(values))]


class Settings:
    """What the user chose in the panel: names and plain values."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def all(self) -> dict[str, Any]:
        """Return every setting that was ever put."""
        rows = await self._connection.execute_fetchall("SELECT name, value FROM settings ORDER BY name")
        return {str(name): json.loads(value) for name, value in rows}

    async def get(self, name: str) -> Any:
        """Return one setting.

        Raises:
            NotFound: it was never put.
        """
        values = await self.all()
        if name not in values:
            raise NotFound(f"there is no setting {name[:80]!r}")
        return values[name]

    async def put(self, name: str, value: Any) -> None:
        """Keep a setting; `value` is anything that JSON can say."""
        await self._connection.execute("REPLACE INTO settings (name, value) VALUES (?, ?)", (name, json.dumps(value)))

    async def delete(self, name: str) -> None:
        """Forget a setting.

        Raises:
            NotFound: it was never put.
        """
        cursor = await self._connection.execute("DELETE FROM settings WHERE name = ?", (name,))
        if cursor.rowcount == 0:
            raise NotFound(f"there is no setting {name[:80]!r}")


def where(deleted: bool | None = None, **values: Any) -> tuple[str, list[Any]]:
    """Return a WHERE clause and its values; None asks for nothing, a tuple for one of its members."""
    parts: list[str] = []
    given: list[Any] = []
    if deleted is not None:
        parts.append(f"deleted IS {'NOT ' if deleted else ''}NULL")
    for name, value in values.items():
        if value is None:
            continue
        several = value if isinstance(value, tuple) else (value,)
        parts.append(f"{name} IN ({', '.join('?' * len(several))})")
        given += several
    return ("WHERE " + " AND ".join(parts) if parts else "", given)
