"""What a request carries is read within its limit, however it is sent, and leaves no file."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, web

from addon.web.bodies import Arriving, Sound
from addon.web.failures import failures
from addon.web.server import Listener

pytestmark = pytest.mark.asyncio
LIMIT = 200_000


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1000):
        yield bytes(1000)


def form(size: int) -> FormData:
    made = FormData()
    made.add_field("file", bytes(size), filename="../../a.wav")
    return made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (lambda: bytes(LIMIT), 200),
        (lambda: bytes(LIMIT + 1), 413),
        (lambda: pieces(LIMIT), 200),
        (lambda: pieces(LIMIT + 1000), 413),  # of unknown length
        (lambda: form(LIMIT - 1000), 200),
        (lambda: form(LIMIT + 1), 413),
        (lambda: b"", 422),
    ],
)
async def test_a_sound_has_a_limit(tmp_path: Path, body: Any, status: int) -> None:
    folder = tmp_path / "arriving"

    async def take(request: web.Request) -> web.Response:
        async with Arriving(Sound, LIMIT, folder).read(request) as sound:
            assert sound.path.parent == folder
            assert sound.path.stat().st_size in (LIMIT, LIMIT - 1000)
        return web.Response()

    app = web.Application(middlewares=[failures])
    app.router.add_post("/", take)
    listener = Listener("127.0.0.1", 0)
    await listener.open(app)
    try:
        async with (
            ClientSession() as browser,
            browser.post(f"http://127.0.0.1:{listener.port}/", data=body()) as response,
        ):
            assert response.status == status, await response.text()
    finally:
        await listener.close()
    assert list(tmp_path.rglob("*.*")) == []
    assert not folder.exists() or not list(folder.iterdir())
