"""A house of real programs: Home Assistant with the integration that the app has put there, connected to the app."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.addon.processes import Outside, outside
from tests.real.core import Core
from tests.real.home import Home
from tests.real.programs import free_port

SMALL = (sys.executable, str(Path(__file__).with_name("small_app.py")))


class House:
    """Where the app and Home Assistant live; `app` may be opened again on the same data, at the same address."""

    def __init__(self, folder: Path, core: Core, *options: str, supervisor: str = "") -> None:
        """Prepare it.

        Args:
            options: of the app. supervisor: whom it takes for Supervisor.
        """
        self.core, self.data, self._options = core, folder / "data", options
        self._command = (*SMALL, "--supervisor", supervisor) if supervisor else SMALL
        self.address: dict[str, Any] = {"host": core.address, "port": free_port()}

    @asynccontextmanager
    async def app(self, *options: str) -> AsyncIterator[Outside]:
        """Start the app; it is killed at the end, if it still runs."""
        host, port = self.address["host"], str(self.address["port"])
        places = ("--homeassistant", str(self.core.folder), "--link-host", host, "--link-port", port)
        async with outside(self.data, self._command, *places, *self._options, *options) as app:
            yield app

    async def install(self, app: Outside) -> None:
        """Have the app put its integration there; Home Assistant loads it when it starts."""
        assert (await app.ask("POST", "home/integration"))["integration"]["installed"]

    async def connect(self, app: Outside, home: Home) -> dict[str, Any]:
        """Add the integration by hand, as a user does, and wait until it is linked."""
        token = (await app.ask("GET", "home"))["link"]["token"]
        entry = await home.set_up("wakesmith", self.address | {"token": token})
        await until(app, "home", lambda told: told["integration"]["linked"])
        return entry


async def until(app: Outside, path: str, good: Callable[[Any], object], limit: float = 60) -> Any:
    """Ask the app until the answer is as it shall be, and return it."""
    told: Any = None
    try:
        async with asyncio.timeout(limit):
            while not good(told := await app.ask("GET", path)):
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise AssertionError(f"{path} stays so: {told}") from error
    return told


async def sent(app: Outside, model: str, kind: str = "send", limit: float = 60) -> dict[str, Any]:
    """Wait until a model's deployment has ended, and return it."""

    def ended(told: list[dict[str, Any]]) -> bool:
        return any(one["ended"] for one in told if (one["model"], one["kind"]) == (model, kind))

    found = await until(app, "deployments", ended, limit)
    return next(one for one in reversed(found) if (one["model"], one["kind"]) == (model, kind))


async def notice(home: Home, title: str, limit: float = 30) -> dict[str, Any]:
    """Return the notification of that title, once it is there."""
    found: dict[str, dict[str, Any]] = {}
    try:
        async with asyncio.timeout(limit):
            while title not in found:
                await asyncio.sleep(0.1)
                found = {one["title"]: one for one in await home.ask("persistent_notification/get")}
    except TimeoutError as error:
        raise AssertionError(f"no notification {title!r}, but {list(found)}") from error
    return found[title]
