"""The whole app on loopback, with a store of its own and a trainer that answers at once."""

import io
import math
import struct
import sys
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from addon.homeassistant.supervisor import Supervisor
from addon.options import Options
from addon.records import Job, JobRequest, JobState
from addon.service import Running, run_app
from addon.web import link
from addon.web.rates import Buckets
from tests.addon.results import result_folder

QUICK = (sys.executable, str(Path(__file__).with_name("quick_trainer.py")))
TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class House:
    """A running app and a browser."""

    app: Running
    browser: ClientSession
    data: Path

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.app.panel.port}/{path}"

    def api(self, path: str) -> str:
        return self.url(f"api/v1/{path}")

    def lan(self, path: str) -> str:
        return f"http://127.0.0.1:{self.app.lan.port}/{path}"

    def link(self, path: str) -> str:
        return f"http://127.0.0.1:{self.app.link.port}/api/v1/{path}"

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.app.parts.home.identity.token}"}


@pytest.fixture(autouse=True)
def _no_long_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_VISIT_S", 0.05)


Opener = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def open_house(tmp_path: Path) -> Opener:
    @asynccontextmanager
    async def opened(
        buckets: Buckets | None = None,
        trainer: tuple[str, ...] | None = QUICK,
        supervisor: Supervisor | None = None,
        **choices: Any,
    ) -> AsyncIterator[House]:
        data = tmp_path / "data"
        options = Options(
            **{
                "data": data,
                "port": 0,
                "lan_host": "127.0.0.1",
                "lan_port": 0,
                "lan_token": TOKEN,
                "link_port": 0,
                "mdns": False,
            }
            | choices
        )
        plenty = buckets or Buckets(burst=1e6, rate=1e6)
        async with (
            run_app(
                options, trainer=trainer, buckets=plenty, static=tmp_path / "static", supervisor=supervisor
            ) as app,
            ClientSession() as browser,
        ):
            yield House(app, browser, data)

    return opened


def tone(seconds: float = 1.0, rate: int = 16000) -> bytes:
    """A WAV of a tone that grows louder and softer."""
    buffer = io.BytesIO()
    count = round(seconds * rate)
    values = [round(9000 * math.sin(i * 0.2) * math.sin(math.pi * i / count)) for i in range(count)]
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{count}h", *values))
    return buffer.getvalue()


def finished_job(ident: str = "job_1", phrase: str = "hey jarvis") -> Job:
    return Job(ident, JobRequest(phrase), JobState.DONE, "2026-01-01T00:00:00.000Z")


@pytest.fixture
def sound() -> bytes:
    return tone()


@pytest.fixture
def make_result() -> Callable[..., Path]:
    return result_folder


@pytest.fixture
def make_job() -> Callable[..., Job]:
    return finished_job
