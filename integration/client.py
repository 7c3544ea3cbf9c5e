"""The app's own port: its HTTP API, and the link by which it tells what happens and asks what only core can do."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from .errors import CannotConnect, InvalidAuth, NotWakesmith, Rejected

_ANSWER = ClientTimeout(total=30)
_GREETING_S = 15.0  # until hello is answered
_BEAT_S = 30.0
_REPLACED = 4001  # the code with which the app closes a link whose place another has taken
_LARGEST = 16 << 20  # bytes of a message: a snapshot names all that was ever trained


@dataclass(frozen=True)
class Hello:
    """Who is at the other end: `id` is of that installation, for ever."""

    id: str
    name: str
    version: str


class Connection:
    """An open link; whoever opened it closes it."""

    def __init__(self, socket: ClientWebSocketResponse, hello: Hello) -> None:
        self._socket, self.hello = socket, hello

    @property
    def replaced(self) -> bool:
        """Whether the app closed it because another Home Assistant, or another entry, connected."""
        return self._socket.close_code == _REPLACED

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what the app says until the link is closed; what is no object is passed over."""
        while (message := await self._socket.receive()).type is WSMsgType.TEXT:
            told = _object(message.data)
            if told is not None:
                yield told

    async def send(self, message: Mapping[str, Any]) -> None:
        """Say something to the app.

        Raises:
            CannotConnect: the link was lost.
        """
        try:
            await self._socket.send_str(json.dumps(message))
        except (ClientError, OSError) as error:
            raise CannotConnect("the connection to Wakesmith was lost") from error

    async def close(self) -> None:
        """Close it."""
        await self._socket.close()


class Client:
    """The app at an address, with its token."""

    def __init__(self, session: ClientSession, host: str, port: int, token: str, *, ssl: bool = False) -> None:
        self.url = URL.build(scheme="https" if ssl else "http", host=host, port=port, path="/api/v1/")
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}

    async def open(self, version: str, home_assistant: str, language: str = "") -> Connection:
        """Open the link and exchange greetings; an older link of anyone's is then let go of by the app.

        Args:
            version: of this integration.
            language: in which the app's notifications shall speak.

        Raises:
            CannotConnect, InvalidAuth, NotWakesmith: as they say.
        """
        try:
            async with asyncio.timeout(_GREETING_S):
                socket = await self._session.ws_connect(
                    self.url / "link", headers=self._headers, heartbeat=_BEAT_S, max_msg_size=_LARGEST
                )
                try:
                    hello = await _greet(socket, version, home_assistant, language)
                except BaseException:
                    await socket.close()
                    raise
        except WSServerHandshakeError as error:
            if error.status in (401, 403):
                raise InvalidAuth("the token is not the app's", "Copy it from Wakesmith's settings.") from error
            raise NotWakesmith(f"{self.url.host} answers with status {error.status}") from error
        except (ClientError, OSError, TimeoutError) as error:
            raise CannotConnect(f"{self.url.host}:{self.url.port} does not answer") from error
        return Connection(socket, hello)

    async def get(self, path: str) -> Any:
        """Return what the app tells at a path below `/api/v1/`; raises as `call`."""
        return await self.call("GET", path)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Have the app do something; raises as `call`."""
        return await self.call("POST", path, body)

    async def delete(self, path: str) -> None:
        """Have the app forget something; raises as `call`."""
        await self.call("DELETE", path)

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the app's answer.

        Raises:
            CannotConnect, InvalidAuth: as they say.
            Rejected: the app will not, with its own code, message and hint.
        """
        try:
            async with self._session.request(
                method, self.url / path, json=body, headers=self._headers, timeout=_ANSWER
            ) as answer:
                if answer.status >= 400:
                    raise await _failure(answer)
                return None if answer.status == 204 else await answer.json()
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise CannotConnect(f"{self.url.host}:{self.url.port} does not answer") from error


async def _greet(socket: ClientWebSocketResponse, version: str, home_assistant: str, language: str) -> Hello:
    greeting = {"type": "hello", "version": version, "home_assistant": home_assistant, "language": language}
    await socket.send_str(json.dumps(greeting))
    message = await socket.receive()
    told = _object(message.data) if message.type is WSMsgType.TEXT else None
    match told:
        case {"type": "hello", "id": str(ident), "version": str(app), **others} if ident:
            return Hello(ident, str(others.get("name") or "Wakesmith"), app)
    raise NotWakesmith("what answers there is not Wakesmith")


async def _failure(answer: ClientResponse) -> InvalidAuth | Rejected:
    if answer.status == 401:
        return InvalidAuth("the token is not the app's", "Copy it from Wakesmith's settings.")
    error = (_object(await answer.text()) or {}).get("error")
    told: dict[str, Any] = error if isinstance(error, dict) else {}
    values = told.get("values")
    failure = Rejected(
        str(told.get("message") or f"Wakesmith answers with status {answer.status}"),
        str(told.get("hint") or ""),
        str(told.get("code") or "unknown"),
        values if isinstance(values, dict) else None,
    )
    failure.status = answer.status
    return failure


def _object(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
