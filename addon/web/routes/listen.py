"""`listen`: the microphone's sound in, what the device would hear out."""

import json
from typing import Annotated

from aiohttp import WSMsgType, web
from pydantic import Field

from addon.assistant import Listening
from addon.errors import BadRequest
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Id, Route
from addon.web.sockets import open_socket, send

_LARGEST = 64 << 10  # bytes of a message: two seconds
_SAMPLE = 2  # bytes


class ListenQuery(Asked):
    """Which model listens, and how sensitively: 0..255; by default its own cutoff."""

    model: Id
    cutoff: Annotated[int, Field(ge=1, le=255)] | None = None


async def listen(parts: Parts, request: web.Request, query: ListenQuery) -> web.StreamResponse:
    """Open a WebSocket: int16 PCM at 16 kHz in, probabilities out."""
    path = await parts.models.file(query.model, "tflite")
    async with (
        open_socket(request) as socket,
        parts.assistant.listen(path.absolute(), cutoff=query.cutoff) as session,
    ):
        ready = {"type": "ready", "cutoff": session.cutoff, "window": session.window, "step_s": session.step_s}
        await send(socket, json.dumps(ready))
        await _relay(socket, session)
    return socket


async def _relay(socket: web.WebSocketResponse, session: Listening) -> None:
    async for message in socket:
        if message.type is not WSMsgType.BINARY or len(message.data) > _LARGEST or len(message.data) % _SAMPLE:
            raise BadRequest(f"send int16 PCM at 16 kHz, at most {_LARGEST} bytes a message")
        if message.data:
            await send(socket, json.dumps({"type": "heard", **await session.feed(message.data)}))


ROUTES = (Route("GET", "listen", listen, status=101, media="websocket", cost=1),)
