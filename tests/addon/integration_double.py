"""Home Assistant's integration, as far as the app can tell: a socket that says hello."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientWebSocketResponse

HELLO = {"type": "hello", "version": "1.0.0", "home_assistant": "2026.11.0"}


@asynccontextmanager
async def connected(house: Any, **more: str) -> AsyncIterator[ClientWebSocketResponse]:
    """An integration that has said hello and has read the snapshot."""
    async with house.browser.ws_connect(house.link("link"), headers=house.token) as socket:
        await socket.send_json(HELLO | more)
        hello = await socket.receive_json()
        assert hello == {
            "type": "hello",
            "version": house.app.parts.version,
            "id": house.app.parts.home.identity.id,
            "name": "Wakesmith",
        }
        snapshot = await until(socket, "snapshot")
        assert snapshot["home"]["integration"]["linked"] is True
        yield socket


async def until(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message = await socket.receive_json()
            if message["type"] == kind:
                return dict(message)


async def asked(socket: ClientWebSocketResponse, *wanted: str, answer: str = "answer") -> tuple[str, dict[str, Any]]:
    """The next question of these, answered; all others are answered with nothing, too."""
    while True:
        question = await until(socket, "ask")
        mine = question["what"] in wanted
        await socket.send_json({"type": answer if mine else "answer", "id": question["id"], "result": {}})
        if mine:
            return question["what"], question["params"]
