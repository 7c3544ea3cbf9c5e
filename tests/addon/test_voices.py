"""Voices of the catalogue, by the real trainer from a server of ours: shown, stopped, gone on with, removed."""

import asyncio
import json
from collections.abc import Iterator
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from addon.library.downloads import DataState

pytestmark = pytest.mark.asyncio
NAME = "xx_XX-one-low"
PIECE = 1 << 16
MODEL = bytes(range(256)) * 8192  # 2 MB
FILES = {f"{NAME}.onnx": MODEL, f"{NAME}.onnx.json": b"{}", "MODEL_CARD": b"* License: CC-BY-4.0\n"}
LIST = {
    NAME: {
        "language": {"code": "xx_XX"}, "quality": "low", "num_speakers": 1,
        "files": {f"xx/{n}": {"size_bytes": len(c), "md5_digest": md5(c).hexdigest()} for n, c in FILES.items()},
    },
}  # fmt: skip


class Stalling(BaseHTTPRequestHandler):
    """Sends half of the model, then waits; who asks for the rest gets it."""

    ranges: list[str]
    over: Event

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        content = json.dumps(LIST).encode() if name == "voices.json" else FILES[name]
        wanted = self.headers.get("Range", "")
        begin = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", f'"{md5(content).hexdigest()}"')
        if wanted:
            self.ranges.append(wanted)
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if content is MODEL and not wanted:
            for at in range(0, len(content) // 2, PIECE):
                self.wfile.write(content[at : at + PIECE])
                self.over.wait(0.1)
            self.over.wait(60)
        else:
            self.wfile.write(content[begin:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Stalling]]:
    handler = type("Handler", (Stalling,), {"ranges": [], "over": Event()})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=listening.serve_forever, daemon=True).start()
    monkeypatch.setenv("WAKESMITH_PIPER_VOICES_URL", f"http://127.0.0.1:{listening.server_port}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    yield handler
    handler.over.set()
    listening.shutdown()
    listening.server_close()


async def ask(house: Any, method: str, path: str, status: int = 200) -> Any:
    async with house.browser.request(method, house.api(path)) as response:
        assert response.status == status, await response.text()
        return None if status == 204 else await response.json()


async def test_a_voice_is_shown_stopped_gone_on_with_and_removed(
    open_house: Any, server: type[Stalling], tmp_path: Path
) -> None:
    folder = tmp_path / "share/wakesmith/voices"
    async with open_house(trainer=None) as house:
        voices = house.app.parts.voices
        row = (await ask(house, "GET", "voices/catalogue"))[0]
        assert (row["name"], row["language"], row["licence"], row["state"]) == (NAME, "xx_XX", "", "absent")
        row = (await ask(house, "GET", "voices/catalogue?language=xx_XX"))[0]
        assert (row["licence"], row["size_mb"]) == ("CC-BY-4.0", 2.1)
        await ask(house, "POST", "voices/xx_XX-two-low/download", 404)
        await ask(house, "POST", f"voices/{NAME}/cancel", 409)

        assert (await ask(house, "POST", f"voices/{NAME}/download", 202))["state"] == "downloading"
        async with asyncio.timeout(30):
            while (await voices.get(NAME)).done < PIECE:
                await asyncio.sleep(0.05)
        assert (await ask(house, "POST", f"voices/{NAME}/cancel"))["state"] == "absent"
        async with asyncio.timeout(10):
            while NAME in voices._fetches:
                await asyncio.sleep(0.05)
        assert (folder / f"{NAME}.onnx.part").stat().st_size > 0

        await ask(house, "POST", f"voices/{NAME}/download", 202)
        async with asyncio.timeout(30):
            while (found := await voices.get(NAME)).state is DataState.DOWNLOADING:
                await asyncio.sleep(0.05)
        assert (found.state, found.message) == (DataState.HERE, "")
        assert (folder / f"{NAME}.onnx").read_bytes() == MODEL
        assert len(server.ranges) == 1
        await ask(house, "DELETE", f"voices/{NAME}", 204)
        assert not (folder / f"{NAME}.onnx").exists()
        assert (await ask(house, "GET", "voices/catalogue"))[0]["state"] == "absent"


async def test_without_internet_it_is_said(
    open_house: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("WAKESMITH_PIPER_VOICES_URL", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    async with open_house(trainer=None) as house:
        error = (await ask(house, "GET", "voices/catalogue", 503))["error"]
        assert error["code"] == "unreachable"
        assert error["hint"] == "Check the network."
        await ask(house, "GET", "voices/catalogue?language=x", 422)
