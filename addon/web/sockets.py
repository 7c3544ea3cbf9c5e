"""WebSockets: what they share."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from addon.errors import AppError, TooMany

SOCKETS = web.AppKey("sockets", WeakSet[web.WebSocketResponse])
_MOST = 64  # open at once: a household's browsers
_BEAT_S = 30.0
_LARGEST = 1 << 20


@asynccontextmanager
async def open_socket(request: web.Request) -> AsyncIterator[web.WebSocketResponse]:
    """Open one, and see that it is closed when the app stops. A failure is told before it is closed.

    Raises:
        TooMany: there are too many.
        BadRequest: (by aiohttp) this is no WebSocket's request.
    """
    sockets = request.app[SOCKETS]
    if len(sockets) >= _MOST:
        raise TooMany(f"{_MOST} connections are open", hint="Close other windows of this panel.")
    socket = web.WebSocketResponse(heartbeat=_BEAT_S, max_msg_size=_LARGEST, compress=False)
    await socket.prepare(request)
    sockets.add(socket)
    try:
        yield socket
    except AppError as error:
        await send(socket, json.dumps({"type": "error", "error": error.told()}))
    except (TimeoutError, ConnectionError):
        return  # the browser has left
    finally:
        sockets.discard(socket)
        await socket.close()


async def send(socket: web.WebSocketResponse, text: str) -> None:
    """Send, unless the other side has left."""
    if not socket.closed:
        await socket.send_str(text)


async def close_sockets(app: web.Application) -> None:
    """Close all: the app stops."""
    closing: list[Any] = [
        socket.close(code=WSCloseCode.GOING_AWAY, message=b"the app stops") for socket in app[SOCKETS]
    ]
    await asyncio.gather(*closing, return_exceptions=True)
