"""Being connected: which broker, again and again with growing patience, and what is to be sent is sent."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from addon.announce.mqtt import REFUSED, Broker, Connection, Incoming, Outgoing
from addon.announce.outbox import Outbox
from addon.errors import AppError

_FAREWELL_S = 1.0
_log = logging.getLogger(__name__)


class State(StrEnum):
    """How the connection to the broker stands."""

    OFF = "off"  # there is no broker
    CONNECTING = "connecting"
    CONNECTED = "connected"
    REFUSED = "refused"  # it does not want us: the user has to do something


@dataclass(frozen=True)
class Status:
    """As the panel shows it; `address`: of the broker."""

    state: State
    message: str = ""
    address: str = ""


@dataclass(frozen=True)
class Patience:
    """Seconds between two attempts: twice as long each time, less a random share, so that not all programs of a house
    come at the same moment when its broker is back."""

    first_s: float = 1.0
    most_s: float = 120.0
    refused_s: float = 300.0  # a wrong password does not become right by itself, and brokers ban who tries often
    off_s: float = 60.0
    steady_s: float = 10.0  # a connection that held so long makes us patient anew

    def after(self, failures: int) -> float:
        """Return how long to wait after so many failures, 1 at least."""
        longest = min(self.first_s * 2.0 ** min(failures - 1, 16), self.most_s)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311


class Session:
    """Stays connected from `start` to `stop`."""

    def __init__(
        self,
        find_broker: Callable[[], Awaitable[Broker | None]],
        client_id: str,
        will: Outgoing,
        greeting: Outgoing,
        topics: tuple[str, ...],
        outbox: Outbox,
        heard: Callable[[Incoming], None],
        changed: Callable[[], None],
        patience: Patience | None = None,
    ) -> None:
        """Make a session; nothing runs yet.

        Args:
            find_broker: says which broker it is now; asked before each attempt.
            will, greeting: the last and the first thing that is said.
            changed: called when `status` is not as it was.
        """
        self.status = Status(State.OFF)
        self._find, self._client_id, self._will, self._greeting = find_broker, client_id, will, greeting
        self._topics, self._outbox, self._heard, self._changed = topics, outbox, heard, changed
        self._patience = patience or Patience()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect; whether that goes well is no obstacle to anything."""
        self._task = asyncio.create_task(self._run(), name="mqtt")

    async def stop(self) -> None:
        """Send what waits, if that is soon done, and take leave."""
        end = time.monotonic() + _FAREWELL_S
        self._outbox.hurry()
        self.wake()
        while self.status.state is State.CONNECTED and self._outbox.waiting and time.monotonic() < end:
            await asyncio.sleep(0.02)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """See at once whether there is something to be sent."""
        self._news.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            began, wait = time.monotonic(), self._patience.off_s
            try:
                broker = await self._find()
                if broker is None:
                    self._say(Status(State.OFF))
                else:
                    await self._attend(broker)
                    steady = time.monotonic() - began > self._patience.steady_s
                    failures = 1 if steady else failures + 1
                    wait = self._patience.after(failures)
            except AppError as error:
                failures += 1
                refused = error.code == REFUSED
                wait = self._patience.refused_s if refused else self._patience.after(failures)
                self._say(Status(State.REFUSED if refused else State.CONNECTING, error.message, self.status.address))
            except Exception:  # nothing that a broker does may end this
                failures += 1
                wait = self._patience.after(failures)
                _log.exception("the connection to the MQTT broker failed in an unforeseen way")
            await asyncio.sleep(wait)

    async def _attend(self, broker: Broker) -> None:
        """Connect and send what there is until the connection is lost.

        Raises:
            Unavailable: it does not come about.
        """
        if self.status.address != broker.address:
            self._say(Status(State.CONNECTING, "", broker.address))
        connection = Connection(
            broker, self._client_id, self._will, self._topics, self._heard, self._outbox.delivered
        )
        try:
            await connection.open()
            self._outbox.begin(time.monotonic())
            connection.publish(self._greeting)
            self._say(Status(State.CONNECTED, "", broker.address))
            sender = asyncio.create_task(self._send(connection))
            try:
                reason = await connection.lost()
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)
            self._say(Status(State.CONNECTING, f"the connection was lost: {reason}", broker.address))
        except asyncio.CancelledError:
            if self.status.state is State.CONNECTED:
                connection.publish(self._will)
            raise
        finally:
            await connection.close()

    async def _send(self, connection: Connection) -> None:
        while True:
            self._news.clear()
            for message in self._outbox.take(time.monotonic()):
                self._outbox.handed_over(connection.publish(message), message)
            due = self._outbox.next_due
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else max(0.0, due - time.monotonic())):
                    await self._news.wait()

    def _say(self, status: Status) -> None:
        if status == self.status:
            return
        if status.state is not self.status.state:
            level = logging.WARNING if status.message else logging.INFO
            _log.log(level, "MQTT: %s %s", status.state, status.message, extra={"address": status.address})
        self.status = status
        self._changed()
