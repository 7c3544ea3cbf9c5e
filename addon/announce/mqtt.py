"""One connection to a broker. Alone imports paho, whose network loop runs in a thread of its own.

All methods belong to one event loop, and so does every callback: what the thread hears is handed over. A connection
is used once; whoever needs another makes another, so that nothing of an old one can be sent twice.
"""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from addon.errors import AppError, Unavailable

REFUSED, UNREACHABLE = "mqtt_refused", "mqtt_unreachable"
KEEPALIVE_S = 30
_CONNECT_S, _GREET_S, _LEAVE_S = 5.0, 10.0, 2.0
_MOST_WAITING = 200  # messages that were heard and not looked at: beyond it they are counted and passed over
_CREDENTIALS = ("Bad user name or password", "Not authorized", "Client identifier not valid", "Banned")


@dataclass(frozen=True)
class Broker:
    """Where and how to connect.

    Attributes:
        ca: a PEM file of who vouches for the broker; "" for those that the system trusts.
        insecure: whether the broker's certificate is taken as it is.
    """

    host: str
    port: int = 1883
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca: str = ""
    insecure: bool = False

    @property
    def address(self) -> str:
        """Return it as people write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent, with QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True)
class Incoming:
    """A message that was heard; `retained`: it is not new, the broker had kept it. `size`: bytes that were sent."""

    topic: str
    payload: bytes
    retained: bool
    size: int


class Connection:
    """Call `open`, then `publish` until `lost` returns; `close` in any case."""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        will: Outgoing,
        topics: tuple[str, ...],
        heard: Callable[[Incoming], None],
        delivered: Callable[[int], None],
        largest: int = 64 << 10,
    ) -> None:
        """Make a connection; nothing happens yet.

        Args:
            will: what the broker says when this program is gone without a word.
            topics: what is listened to.
            heard: takes each message. `delivered`: takes the number of each message that the broker has.
            largest: bytes of a message that is heard whole; of larger ones nothing but their size is handed over.
        """
        self._broker, self._topics, self._largest = broker, topics, largest
        self._heard, self._delivered = heard, delivered
        self._loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[None] = self._loop.create_future()
        self._lost: asyncio.Future[str] = self._loop.create_future()
        self._waiting: deque[Incoming] = deque()
        self._closed = False
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, reconnect_on_failure=False)
        self._client.connect_timeout = _CONNECT_S
        self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = lambda _c, _u, mid, _r, _p: self._post(self._note, mid)

    async def open(self) -> None:
        """Connect, say who we are, and listen.

        Raises:
            Unavailable: nobody answers (`mqtt_unreachable`), or the broker does not want us (`mqtt_refused`).
        """
        threading.Thread(target=self._connect, name="mqtt-connect", daemon=True).start()
        try:
            async with asyncio.timeout(_GREET_S):
                await self._greeted
        except TimeoutError as error:
            raise _unreachable(self._broker, "it does not answer") from error

    def publish(self, message: Outgoing) -> int:
        """Hand a message over and return its number; `delivered` gets it when the broker has the message."""
        return self._client.publish(message.topic, message.payload, qos=1, retain=message.retain).mid

    async def lost(self) -> str:
        """Wait until the connection is gone and return why."""
        return await asyncio.shield(self._lost)

    async def close(self) -> None:
        """Take leave; the last will is not said. From here on nothing is heard of this connection."""
        self._closed = True
        self._client.disconnect()
        await asyncio.wait((self._lost,), timeout=_LEAVE_S if self._greeted.done() else 0)
        if self._greeted.done() and not self._greeted.cancelled():
            self._greeted.exception()  # has been seen

    def _connect(self) -> None:
        """Make the connection, in a thread: names are looked up and certificates checked meanwhile."""
        try:
            if self._broker.tls:
                self._client.tls_set_context(_context(self._broker))
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
            if (
                self._closed
            ):  # that took longer than we waited: another connection must not be pushed aside by this one
                self._client.disconnect()
            self._client.loop_start()
        except ssl.SSLCertVerificationError as error:
            self._post(self._refuse, _distrusted(self._broker, error.verify_message))
        except (OSError, ValueError) as error:  # ValueError: no name that can be looked up, no PEM file
            self._post(self._refuse, _unreachable(self._broker, _reason(error)))

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe([(topic, 1) for topic in self._topics])
            self._post(self._greet)
        elif str(reason) in _CREDENTIALS:
            self._post(self._refuse, _rejected(self._broker, str(reason)))
        else:
            self._post(self._refuse, _unreachable(self._broker, str(reason)))

    def _on_disconnect(self, _c: Client, _data: Any, _f: DisconnectFlags, reason: ReasonCode, _p: Any) -> None:
        self._post(self._end, str(reason))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if len(self._waiting) >= _MOST_WAITING:
            return
        size = len(message.payload)
        payload = message.payload if size <= self._largest else b""
        self._waiting.append(Incoming(message.topic, payload, message.retain, size))
        self._post(self._hand_over)

    def _hand_over(self) -> None:
        message = self._waiting.popleft()
        if not self._closed:
            self._heard(message)

    def _note(self, number: int) -> None:
        if not self._closed:  # the next connection counts anew
            self._delivered(number)

    def _greet(self) -> None:
        if not self._greeted.done():
            self._greeted.set_result(None)

    def _refuse(self, error: AppError) -> None:
        if not self._greeted.done():
            self._greeted.set_exception(error)
        self._end(error.message)

    def _end(self, reason: str) -> None:
        if not self._greeted.done():
            self._greeted.set_exception(_unreachable(self._broker, reason))
        if not self._lost.done():
            self._lost.set_result(reason)

    def _post(self, function: Callable[..., None], *values: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *values)
        except RuntimeError:  # the loop has been closed: nobody is left to be told
            return


def _context(broker: Broker) -> ssl.SSLContext:
    if broker.ca and not Path(broker.ca).is_file():
        raise ValueError(f"there is no file {broker.ca}")
    context = ssl.create_default_context(cafile=broker.ca or None)
    if broker.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__


def _unreachable(broker: Broker, why: str) -> Unavailable:
    return Unavailable(
        f"the MQTT broker {broker.address} cannot be reached: {why}",
        hint="See that it runs, and that address and port are right.",
        code=UNREACHABLE,
    )


def _rejected(broker: Broker, why: str) -> Unavailable:
    return Unavailable(
        f"the MQTT broker {broker.address} does not let us in: {why}",
        hint="Check user and password in the app's options.",
        code=REFUSED,
    )


def _distrusted(broker: Broker, why: str) -> Unavailable:
    return Unavailable(
        f"the certificate of the MQTT broker {broker.address} is not trusted: {why}",
        hint="Name the authority's file in mqtt_ca.",
        code=REFUSED,
    )
