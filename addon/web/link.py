"""The listener of Home Assistant's integration: the whole API, and the WebSocket by which both ask each other."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel, ValidationError

from addon.errors import BadRequest
from addon.homeassistant.link import Peer
from addon.web.failures import Next
from addon.web.fields import Line
from addon.web.parts import PARTS, Parts
from addon.web.route import Route
from addon.web.routes.live import relay
from addon.web.sockets import open_socket
from addon.web.tokens import check_token

REPLACED = 4001  # close code: another integration took the place of this one, which shall not come back by itself
_HELLO_S = 10.0
_VISIT_S = 0.5  # who says hello and leaves only looked who is here, as a form that asks for our address does
_REASON = 123  # bytes of a close frame's reason


class Hello(BaseModel):
    """The first message of the integration."""

    type: Literal["hello"]
    version: Line
    home_assistant: Line
    language: Line = ""


async def link(parts: Parts, request: web.Request) -> web.StreamResponse:
    """Open the link: hello both ways, then a snapshot and all that happens, questions and answers."""
    async with open_socket(request) as socket:
        try:
            peer = await _greet(socket, parts)
            first = await _wait(socket)
            code, reason = await _talk(socket, parts, peer, first)
        except BadRequest as error:
            code, reason = WSCloseCode.POLICY_VIOLATION, error.message
        await socket.close(code=code, message=reason.encode()[:_REASON])
    return socket


async def forget(parts: Parts) -> None:
    """Forget the integration: its entry was removed, so that what held back for its sake is shown again."""
    await parts.home.forget()


@web.middleware
async def token(request: web.Request, handler: Next) -> web.StreamResponse:
    """Let in who shows the link's token."""
    check_token(request, request.app[PARTS].home.identity.token)
    return await handler(request)


async def _greet(socket: web.WebSocketResponse, parts: Parts) -> Peer:
    """Exchange hellos and return who is there.

    Raises:
        BadRequest: it says something else, or nothing.
    """
    try:
        hello = Hello.model_validate(_read(await socket.receive(_HELLO_S)))
    except TimeoutError as error:
        raise BadRequest(f"no hello came within {_HELLO_S:.0f} s") from error
    except ValidationError as error:
        raise BadRequest("the first message must be a hello with version and home_assistant") from error
    identity = parts.home.identity
    answer = {"type": "hello", "version": parts.version, "id": identity.id, "name": "Wakesmith"}
    await socket.send_str(json.dumps(answer))
    return Peer(hello.version, hello.home_assistant, hello.language)


async def _wait(socket: web.WebSocketResponse) -> Mapping[str, Any]:
    """Wait whether the integration stays, and return what it says meanwhile; raises as `_read`."""
    try:
        return _read(await socket.receive(_VISIT_S))
    except TimeoutError:
        return {}


async def _talk(socket: web.WebSocketResponse, parts: Parts, peer: Peer, first: Mapping[str, Any]) -> tuple[int, str]:
    """Talk until one side leaves; return the close code and why.

    Args:
        first: what the integration has said already.

    Raises:
        BadRequest: the integration says what cannot be understood.
    """
    replaced = asyncio.Event()

    async def say(message: dict[str, Any]) -> None:
        await socket.send_str(json.dumps(message))

    async with parts.bus.listen() as messages:
        await parts.home.meet(peer.version)
        parts.home.link.begin(peer, say, replaced.set)
        parts.home.link.hear(first)
        leaving = asyncio.create_task(replaced.wait())
        hearing = asyncio.create_task(_hear(socket, parts))
        tasks = {leaving, hearing, asyncio.create_task(relay(socket, parts, messages))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                return REPLACED, "another integration took the place of this one"
            if hearing.done():
                hearing.result()
            return WSCloseCode.OK, ""
        finally:
            parts.home.link.end(say)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _hear(socket: web.WebSocketResponse, parts: Parts) -> None:
    async for message in socket:
        parts.home.link.hear(_read(message))


def _read(message: Any) -> Mapping[str, Any]:
    """Return a message as an object.

    Raises:
        BadRequest: it is none.
        ConnectionError: there comes no more.
    """
    if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
        raise ConnectionResetError
    if message.type is not WSMsgType.TEXT:
        raise BadRequest("messages are JSON in text frames")
    try:
        found = json.loads(message.data)
    except (ValueError, RecursionError) as error:
        raise BadRequest("this is not JSON") from error
    if not isinstance(found, dict):
        raise BadRequest("a message is a JSON object")
    return found


ROUTES = (
    Route("GET", "link", link, status=101, media="websocket"),
    Route("DELETE", "link", forget, status=204),
)
