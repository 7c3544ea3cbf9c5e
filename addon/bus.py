"""What happened, told to any number of listeners. A slow one loses figures that newer ones replace, never a state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from addon.fleet import Deployment, Publication, Satellite
from addon.records import Job, Model, Sample
from trainer.events import Event, Metric, Progress
from trainer.events import Sample as Clip

LIMIT = 2000  # messages that wait for one listener: two seconds of the fastest trainer


@dataclass(frozen=True)
class JobChanged:
    """A job is new, or is not as it was."""

    job: Job


@dataclass(frozen=True)
class JobEvent:
    """The trainer of a job said something; `job` is the id."""

    job: str
    event: Event


@dataclass(frozen=True)
class ModelChanged:
    """A model is new, or is not as it was."""

    model: Model


@dataclass(frozen=True)
class SampleChanged:
    """A recording is new, or is not as it was."""

    sample: Sample


@dataclass(frozen=True)
class DataProgress:
    """How a download of public data goes: `values` as the data page shows them."""

    name: str
    values: dict[str, Any]


@dataclass(frozen=True)
class SatellitesChanged:
    """The list of satellites is not as it was."""

    satellites: tuple[Satellite, ...]


@dataclass(frozen=True)
class PublicationChanged:
    """A word was published, or another version of it."""

    publication: Publication


@dataclass(frozen=True)
class DeploymentChanged:
    """A deployment is new, or is not as it was."""

    deployment: Deployment


@dataclass(frozen=True)
class HomeChanged:
    """The connections to Home Assistant are not as they were: `values` as the panel shows them."""

    values: dict[str, Any]


@dataclass(frozen=True)
class Gone:
    """A `what` ("job", "model", "sample", "publication") with this id is no more."""

    what: str
    id: str


@dataclass(frozen=True)
class Missed:
    """The listener was slow and figures were left out: a new snapshot holds them."""

    count: int


Message = (
    JobChanged
    | JobEvent
    | ModelChanged
    | SampleChanged
    | DataProgress
    | SatellitesChanged
    | PublicationChanged
    | DeploymentChanged
    | HomeChanged
    | Gone
    | Missed
)


class Overrun(Exception):
    """A listener let more states pile up than are kept for it: it has to begin anew with a snapshot."""


class Messages:
    """What waits for one listener: iterate, or `take` all there is to send it in one piece."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left_out = 0
        self.overrun = False
        self._waiting: dict[object, Message] = {}
        self._numbers = count()
        self._ready = asyncio.Event()

    def put(self, message: Message) -> None:
        """Let the message wait; what it replaces is dropped."""
        if self.overrun:
            return
        key = _replaces(message) or next(self._numbers)
        self._waiting.pop(key, None)
        self._waiting[key] = message
        if len(self._waiting) > self.limit:
            self._thin()
        self._ready.set()

    async def take(self) -> list[Message]:
        """Wait for messages and return all that are there, oldest first.

        Raises:
            Overrun: more states piled up than are kept.
        """
        await self._ready.wait()
        if self.overrun:
            raise Overrun
        self._ready.clear()
        taken, self._waiting = list(self._waiting.values()), {}
        if self.left_out:
            taken.append(Missed(self.left_out))
            self.left_out = 0
        return taken

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            for message in await self.take():
                yield message

    def __len__(self) -> int:
        return len(self._waiting)

    def _thin(self) -> None:
        """Leave out all figures at once, so that a flood costs little a message."""
        kept = {key: message for key, message in self._waiting.items() if not _is_figure(message)}
        self.left_out += len(self._waiting) - len(kept)
        self._waiting = kept
        if len(kept) > self.limit // 2:  # hardly room for more: thinning would come with every message
            self.overrun = True
            self._waiting = {}


class Bus:
    """Hands every message to every listener. Belongs to one event loop; `publish` never waits."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._listeners: set[Messages] = set()

    def publish(self, message: Message) -> None:
        """Tell all listeners."""
        for listener in self._listeners:
            listener.put(message)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Messages]:
        """Hear all that is published from here on: `async with bus.listen() as messages: async for m in messages`."""
        messages = Messages(self._limit)
        self._listeners.add(messages)
        try:
            yield messages
        finally:
            self._listeners.discard(messages)


def _replaces(message: Message) -> object | None:
    """Return what a message is the newest of, if only the newest counts."""
    match message:
        case JobEvent(job, Progress()):
            return ("progress", job)
        case DataProgress(name):
            return ("data", name)
        case SatellitesChanged():
            return "satellites"
        case HomeChanged():
            return "home"
        case DeploymentChanged(deployment):
            return ("deployment", deployment.id)
        case _:
            return None


def _is_figure(message: Message) -> bool:
    match message:
        case JobEvent(_, Progress() | Metric() | Clip()) | DataProgress():
            return True
        case _:
            return False
