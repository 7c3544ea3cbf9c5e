"""What can be downloaded, public data sets or voices: listed, fetched and removed by children."""

import asyncio
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from addon.bus import Bus, DataProgress
from addon.errors import AppError, Conflict, NotFound
from addon.library.fetching import Fetch, Program
from trainer.events import Failed, Progress, Values


class DataState(StrEnum):
    """Where a download stands."""

    ABSENT = "absent"
    DOWNLOADING = "downloading"
    HERE = "here"
    FAILED = "failed"


@dataclass(frozen=True)
class DataSet:
    """A public data set, or a voice.

    Attributes:
        licence: SPDX id or the source's own words; empty where nobody has looked yet.
        language, speakers: of a voice: "de_DE", how many speak in it.
        size_mb: of the download, where known.
        done, total: bytes, while it is being fetched.
        code, message, hint, values: why the last download failed, as in `Failed`.
    """

    name: str
    title: str
    kind: str
    licence: str
    note: str
    size_mb: float | None
    state: DataState
    done: int = 0
    total: int = 0
    code: str = ""
    message: str = ""
    hint: str = ""
    values: Values = field(default_factory=dict)
    language: str = ""
    speakers: int = 0


class Downloads:
    """Those of one kind that are known, and what is being fetched of them."""

    def __init__(self, bus: Bus, program: Program) -> None:
        """Begin with nothing known.

        Args:
            program: how the children are started.
        """
        self._bus, self._program = bus, program
        self._known: dict[str, DataSet] = {}
        self._fetches: dict[str, Fetch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listing = asyncio.Lock()

    async def all(self) -> list[DataSet]:
        """Return all that are known.

        Raises:
            Unavailable: the trainer cannot say.
        """
        if not self._known:
            await self.look()
        return list(self._known.values())

    async def missing(self) -> dict[str, float]:
        """Return the megabytes of those that are not here, by name; 0 where nobody knows them.

        Raises:
            Unavailable: the trainer cannot say.
        """
        await self.look()
        return {row.name: row.size_mb or 0.0 for row in self._known.values() if row.state is not DataState.HERE}

    async def look(self, language: str = "") -> list[DataSet]:
        """Ask the trainer anew: a training fetches what it needs itself, and folders come and go.

        Args:
            language: of voices: look at these alone, and at their licences.

        Returns:
            What was looked at.

        Raises:
            Unavailable: the trainer cannot say.
        """
        async with self._listing:
            rows = await self._list(language)
            for row in rows:
                known = self._known.get(row.name, row)
                settled = known.state in (DataState.ABSENT, DataState.HERE) or row.state is DataState.HERE
                if settled and known.state is not DataState.DOWNLOADING and known != row:
                    self._set(row)
                self._known.setdefault(row.name, row)
        return [self._known[row.name] for row in rows]

    async def get(self, name: str) -> DataSet:
        """Return one.

        Raises:
            NotFound: there is none.
        """
        await self.all()
        if name not in self._known:
            raise NotFound(f"there is no {self._program.what} {name!r}")
        return self._known[name]

    async def download(self, name: str) -> DataSet:
        """Begin to fetch; it goes on by itself.

        Raises:
            Conflict: it is being fetched already, or is here.
        """
        found = await self.get(name)
        if found.state in (DataState.DOWNLOADING, DataState.HERE):
            raise Conflict(f"the {self._program.what} {name!r} is {found.state}")
        self._set(_failing(replace(found, state=DataState.DOWNLOADING, done=0, total=0)))
        task = asyncio.create_task(self._fetch(name), name=f"fetch {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return self._known[name]

    async def cancel(self, name: str) -> DataSet:
        """Stop a download; what has come is kept for the next time.

        Raises:
            Conflict: it is not being fetched.
        """
        if (await self.get(name)).state is not DataState.DOWNLOADING:
            raise Conflict(f"the {self._program.what} {name!r} is not being fetched")
        self._set(replace(self._known[name], state=DataState.ABSENT))
        if fetch := self._fetches.get(name):
            await fetch.end()
        return self._known[name]

    async def delete(self, name: str) -> None:
        """Remove one's files.

        Raises:
            Conflict: it is being fetched.
            Unavailable: the trainer cannot do it.
        """
        found = await self.get(name)
        if found.state is DataState.DOWNLOADING or name in self._fetches:
            raise Conflict(f"the {self._program.what} {name!r} is being fetched", hint="Cancel that first.")
        await self._program.remove(name)
        self._set(_failing(replace(found, state=DataState.ABSENT)))

    async def stop(self) -> None:
        """End all downloads."""
        await asyncio.gather(*(fetch.end() for fetch in self._fetches.values()))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _list(self, language: str) -> list[DataSet]:
        return [
            DataSet(
                name=row["name"],
                title=row["title"],
                kind=row["kind"],
                licence=row["licence"],
                note=row["note"],
                size_mb=round(row["size"] / 1e6, 1) if row["size"] else None,
                state=DataState.HERE if row["here"] else DataState.ABSENT,
                language=row.get("language", ""),
                speakers=row.get("speakers", 0),
            )
            for row in await self._program.rows(language)
        ]

    async def _fetch(self, name: str) -> None:
        try:
            fetch = self._fetches[name] = await self._program.fetch(name)
            if self._known[name].state is not DataState.DOWNLOADING:
                await fetch.end()  # cancelled before it began
            failed = await fetch.follow(lambda progress: self._advance(name, progress))
        except AppError as error:
            failed = Failed(error.code, error.message, error.hint, error.values)
        except OSError as error:
            failed = Failed("system", str(error))
        finally:
            if begun := self._fetches.pop(name, None):
                await begun.end()
        if self._known[name].state is DataState.DOWNLOADING:
            state = DataState.FAILED if failed else DataState.HERE
            self._set(_failing(replace(self._known[name], state=state, done=0, total=0), failed))

    def _advance(self, name: str, progress: Progress) -> None:
        if self._known[name].state is DataState.DOWNLOADING:
            self._set(replace(self._known[name], done=progress.done, total=progress.total))

    def _set(self, row: DataSet) -> None:
        self._known[row.name] = row
        self._bus.publish(DataProgress(row.name, asdict(row)))


def _failing(found: DataSet, failed: Failed | None = None) -> DataSet:
    """Return it with why its download failed, or with nothing of that."""
    told = failed or Failed("", "")
    return replace(found, code=told.code, message=told.message, hint=told.hint, values=told.values)
