"""MQTT, put together: hears the bus, shows what is true, tells what happened, takes commands."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from addon.announce.commands import Action, Commands
from addon.announce.discovery import OFFLINE, ONLINE, describe, platforms
from addon.announce.happenings import Happening, compare, happened
from addon.announce.mqtt import Broker, Incoming, Outgoing
from addon.announce.outbox import Outbox
from addon.announce.picture import Jobs, Picture
from addon.announce.session import Patience, Session, Status
from addon.announce.topics import BIRTH, Topics
from addon.bus import Bus, DeploymentChanged, HomeChanged, JobChanged, JobEvent, Message, Overrun
from addon.store import Store

_ANNOUNCED = "mqtt_entities"  # the setting that keeps which entities Home Assistant was told of, and which are gone
FAREWELL_S, _MEND_S = 5.0, 5.0
_MOST_GONE = 200  # entities that are said to be gone
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What the announcer asks others.

    Attributes:
        find_broker: which broker it is now, None where there is none.
        jobs: all trainings.
        describe_file: size, hash and address of a model's file, by the model's id.
        held_back: whether Home Assistant learns of us from its integration already.
        changed: called when `status()` is not as it was.
    """

    find_broker: Callable[[], Awaitable[Broker | None]]
    jobs: Jobs
    describe_file: Callable[[str], Awaitable[Mapping[str, Any]]]
    held_back: Callable[[], bool] = lambda: False
    changed: Callable[[], None] = lambda: None


@dataclass
class Announced:
    """Entities that Home Assistant was told of, by key, with their platform: what is there, and what was."""

    there: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def replace(self, now: Mapping[str, str]) -> bool:
        """Note what is there now and say whether that is new."""
        if self.there == dict(now):
            return False
        gone = self.gone | self.there
        self.gone = dict([item for item in gone.items() if item[0] not in now][-_MOST_GONE:])
        self.there = dict(now)
        return True


class Announcer:
    """Everything about MQTT. Call `start` before trainings begin, `stop` when they have ended."""

    def __init__(
        self,
        ident: str,
        version: str,
        store: Store,
        bus: Bus,
        around: Surroundings,
        actions: Mapping[str, Action],
        patience: Patience | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        """Make the announcer; nothing runs yet.

        Args:
            ident: of this installation. `version`: of the app.
            actions: what may be asked for by a command.
        """
        self.topics = Topics(ident)
        self._version, self._store, self._bus, self._around = version, store, bus, around
        self.outbox = outbox or Outbox()
        self._picture, self._announced = Picture(), Announced()
        self._kept: dict[str, Any] = {}
        self._words: set[str] = set()
        self._begun = False
        self.commands = Commands(actions, self._answer)
        self._session = Session(
            around.find_broker,
            self.topics.device,
            will=Outgoing(self.topics.availability, OFFLINE, retain=True),
            greeting=Outgoing(self.topics.availability, ONLINE, retain=True),
            topics=(self.topics.command, BIRTH),
            outbox=self.outbox,
            heard=self._hear,
            changed=around.changed,
            patience=patience,
        )
        self._task: asyncio.Task[None] | None = None

    def status(self) -> Status:
        """Return how the connection stands."""
        return self._session.status

    async def start(self) -> None:
        """Begin; that there is no broker is no obstacle."""
        kept = (await self._store.settings.all()).get(_ANNOUNCED) or {}
        self._announced = Announced(dict(kept.get("there") or {}), dict(kept.get("gone") or {}))
        self._kept = asdict(self._announced)
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready), name="announcer")
        await ready.wait()
        self.commands.start()
        self._session.start()

    async def stop(self) -> None:
        """Say what is left, take leave."""
        if self._task:
            self._task.cancel()
            stops = (self._task, self.commands.stop(), self._session.stop())
            for error in await asyncio.gather(*stops, return_exceptions=True):
                if isinstance(error, Exception):
                    _log.error("MQTT did not stop in good order", exc_info=error)

    async def _listen(self, ready: asyncio.Event) -> None:
        """Follow the bus for ever; who falls too far behind, or stumbles, begins anew with what is true then."""
        while True:
            try:
                await self._attend(ready)
            except Overrun:
                _log.warning("too much happened at once: what is true is read anew")
            except Exception:  # such as a database that refuses: what is told may wait, the app may not
                _log.exception("MQTT cannot tell what happens; it is tried again")
                ready.set()
                await asyncio.sleep(_MEND_S)

    async def _attend(self, ready: asyncio.Event) -> None:
        async with self._bus.listen() as messages:
            picture = await Picture.read(self._store, self._around.jobs)
            happenings = [*compare(self._picture, picture)] if self._begun else []
            self._picture, self._begun = picture, True
            await self._follow(happenings)
            ready.set()
            while True:
                await self._take(await messages.take())

    async def _take(self, messages: list[Message]) -> None:
        """Note what happened, and bring what is shown in line with it once for all."""
        happenings: list[Happening] = []
        figures = deliveries = words = False
        for message in messages:
            happenings += happened(self._picture, message)
            changed = self._picture.take(message)
            match message:
                case JobChanged() | JobEvent():
                    figures |= changed
                case DeploymentChanged():
                    deliveries |= changed
                case _:
                    words |= changed or isinstance(message, HomeChanged)
        if figures or deliveries or words:
            await self._follow(happenings, device=words, words=words or deliveries)

    async def _follow(self, happenings: list[Happening], *, device: bool = True, words: bool = True) -> None:
        """Show what is true and tell what happened."""
        self.outbox.show(self.topics.training, _json(self._picture.training()))
        if device:
            await self._show_device()
        if words:
            self._show_words()
        for happening in happenings:
            file = await self._around.describe_file(happening.model) if happening.model else {}
            self.outbox.tell(self.topics.announce, happening.announcement(file))
        self._session.wake()

    async def _show_device(self) -> None:
        words = {word: self._picture.phrase(word) for word in self._picture.words()}
        for word in self._words - words.keys():  # its states go when Home Assistant listens to them no longer
            asyncio.get_running_loop().call_later(FAREWELL_S, self._forget, word)
        self._words = set(words)
        if self._around.held_back():
            await self._hold_back()
        else:
            message = describe(self.topics, self._version, words, self._announced.gone)
            if self._announced.replace(platforms(message)):
                message = describe(self.topics, self._version, words, self._announced.gone)
            await self._keep_announced()
            self.outbox.show(self.topics.discovery, message)

    def _forget(self, word: str) -> None:
        if word not in self._words:
            self.outbox.forget(self.topics.word(word))
            self._session.wake()

    def _show_words(self) -> None:
        for word in self._words:
            self.outbox.show(self.topics.word(word), _json(self._picture.word(word)))

    async def _hold_back(self) -> None:
        """Take the device away, once: Home Assistant would complain if it were told of nothing again and again."""
        if self._announced.there:
            self.outbox.show(self.topics.discovery, b"")
            self._announced = Announced()
        elif not self.outbox.shows(self.topics.discovery):
            await self._keep_announced()  # only now the broker is known to have heard of it

    async def _keep_announced(self) -> None:
        if (kept := asdict(self._announced)) != self._kept:
            await self._store.settings.put(_ANNOUNCED, kept)
            self._kept = kept

    def _hear(self, message: Incoming) -> None:
        if message.topic == self.topics.command:
            self.commands.take(message)
        elif message.topic == BIRTH and message.payload == b"online":
            self.outbox.repeat()  # Home Assistant forgot what it was told
            self._session.wake()

    def _answer(self, payload: bytes) -> None:
        self.outbox.answer(self.topics.answer, payload)
        self._session.wake()


def _json(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()
