"""What the app keeps, in SQLite (WAL): one class a table, every column written out."""

import asyncio
from pathlib import Path
from typing import Self, TextIO

import aiosqlite

from addon.backup import bring_back
from addon.errors import Unavailable
from addon.fleet import Deployment, DeploymentState, Publication
from addon.migrating import lock_folder, migrate
from addon.records import Job, JobState, Model, Profile, Sample, SampleLabel, SampleState
from addon.rows import (
    Row,
    deployment_of,
    job_of,
    model_of,
    profile_of,
    publication_of,
    row_of_deployment,
    row_of_job,
    row_of_model,
    row_of_profile,
    row_of_publication,
    row_of_sample,
    sample_of,
)
from addon.tables import Settings, Table, where

NAME = "wakesmith.db"
_PATIENCE_S = 5.0  # of the health check


class Jobs(Table[Job]):
    """Trainings, in the order in which they were asked for."""

    name, what, columns = "jobs", "job", tuple(Job.__dataclass_fields__)

    def _row(self, record: Job) -> Row:
        return row_of_job(record)

    def _record(self, row: aiosqlite.Row) -> Job:
        return job_of(row)

    async def all(self, *states: JobState) -> list[Job]:
        """Return all, or those in one of the states; queued ones by their place, else by when they were made."""
        return await self._select(*where(state=states or None), order="position, created, id")


class Models(Table[Model]):
    """Finished wake words."""

    name, what, columns = "models", "model", tuple(Model.__dataclass_fields__)

    def _row(self, record: Model) -> Row:
        return row_of_model(record)

    def _record(self, row: aiosqlite.Row) -> Model:
        return model_of(row)

    async def all(self, word: str | None = None, job: str | None = None, deleted: bool | None = False) -> list[Model]:
        """Return models by word and version; `deleted`: True only those in the trash, None both."""
        return await self._select(*where(deleted, word=word, job=job), order="word, version")


class Samples(Table[Sample]):
    """Recordings."""

    name, what, columns = "samples", "recording", tuple(Sample.__dataclass_fields__)

    def _row(self, record: Sample) -> Row:
        return row_of_sample(record)

    def _record(self, row: aiosqlite.Row) -> Sample:
        return sample_of(row)

    async def all(
        self,
        state: SampleState | None = None,
        label: SampleLabel | None = None,
        phrase: str | None = None,
        deleted: bool | None = False,
    ) -> list[Sample]:
        """Return recordings, newest first; `deleted`: True only those in the trash, None both."""
        return await self._select(*where(deleted, state=state, label=label, phrase=phrase), order="created DESC, id")


class Profiles(Table[Profile]):
    """Saved *Advanced* choices, by name."""

    name, what, key, columns = "profiles", "profile", "name", tuple(Profile.__dataclass_fields__)

    def _row(self, record: Profile) -> Row:
        return row_of_profile(record)

    def _record(self, row: aiosqlite.Row) -> Profile:
        return profile_of(row)

    async def all(self) -> list[Profile]:
        """Return all, in the order of the alphabet."""
        return await self._select(order="name")


class Publications(Table[Publication]):
    """Words whose files stand where ESPHome and Home Assistant look."""

    name, what, key, columns = "publications", "publication", "word", tuple(Publication.__dataclass_fields__)

    def _row(self, record: Publication) -> Row:
        return row_of_publication(record)

    def _record(self, row: aiosqlite.Row) -> Publication:
        return publication_of(row)

    async def all(self) -> list[Publication]:
        """Return all, in the order of the alphabet."""
        return await self._select(order="word")


class Deployments(Table[Deployment]):
    """Models on their way to satellites, in the order in which they were asked for."""

    name, what, columns = "deployments", "deployment", tuple(Deployment.__dataclass_fields__)

    def _row(self, record: Deployment) -> Row:
        return row_of_deployment(record)

    def _record(self, row: aiosqlite.Row) -> Deployment:
        return deployment_of(row)

    async def all(self, *states: DeploymentState) -> list[Deployment]:
        """Return all, or those in one of the states, oldest first."""
        return await self._select(*where(state=states or None), order="created, id")


class Store:
    """The open database.

    Attributes:
        jobs, models, samples, profiles, publications, deployments: `all(...)`, `get(id)`, `put(record)`,
            `delete(id)`.
        settings: `all()`, `get(name)`, `put(name, value)`, `delete(name)`.
    """

    def __init__(self, connection: aiosqlite.Connection, lock: TextIO) -> None:
        self._connection, self._lock = connection, lock
        self.jobs = Jobs(connection)
        self.models = Models(connection)
        self.samples = Samples(connection)
        self.profiles = Profiles(connection)
        self.publications = Publications(connection)
        self.deployments = Deployments(connection)
        self.settings = Settings(connection)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open or make the database, or take a backup's copy for it, and bring it up to this program.

        Raises:
            AppError: it is newer than this program, or is no database.
            Unavailable: it cannot be written, or another Wakesmith has it.
        """
        lock = lock_folder(path.parent)
        try:
            await asyncio.to_thread(bring_back, path)
            return cls(await migrate(path), lock)
        except BaseException:
            lock.close()
            raise

    async def close(self) -> None:
        """Write everything out and let go of the file."""
        await self._connection.close()
        self._lock.close()

    async def check(self) -> None:
        """See that the database can be read.

        Raises:
            Unavailable: it cannot, or not soon.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._connection.execute_fetchall("SELECT 1 FROM jobs LIMIT 1")
        except (aiosqlite.Error, TimeoutError, ValueError) as error:  # ValueError: it is closed
            raise Unavailable(
                "the database does not answer", hint="The app's log says why.", code="database"
            ) from error

    async def history(self, what: str, record: str) -> list[tuple[str, str]]:
        """Return when a "job", "model" or "sample" became what, oldest first; also of those that are gone."""
        rows = await self._connection.execute_fetchall(
            "SELECT at, became FROM history WHERE what = ? AND id = ? ORDER BY rowid", (what, record)
        )
        return [(str(at), str(became)) for at, became in rows]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()
