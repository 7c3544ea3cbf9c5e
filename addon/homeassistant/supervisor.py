"""What Supervisor is asked: who this app is to it, which MQTT broker there is, and to tell Home Assistant of us.

An app without rights of its own may ask `/addons/self/*`, `/info`, `/services/*` and `/discovery`; each answer is
`{"result": "ok", "data": {...}}` or `{"result": "error", "message": "..."}` with a status of 400 and above.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout

from addon.errors import Unavailable

URL = "http://supervisor"
SERVICE = "wakesmith"  # as config.yaml names it under `discovery`, and the integration its domain
_PATIENCE = ClientTimeout(total=15)
_FIRST_S, _LONGEST_S = 2.0, 300.0  # between two tries
_LARGEST = 1 << 20  # bytes of an answer
Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """This app in Home Assistant.

    Attributes:
        slug: Supervisor's name of the app, such as `local_wakesmith`.
        host: this container's name in Supervisor's network, such as `local-wakesmith`.
    """

    slug: str
    host: str

    @property
    def panel(self) -> str:
        """Return the panel's path in Home Assistant; what is added after a slash reaches our page."""
        return f"/app/{self.slug}"


@dataclass(frozen=True)
class Supervisor:
    """Supervisor, as it lets this app ask."""

    token: str = field(repr=False)
    url: str = URL

    async def place(self) -> Place:
        """Return who this app is; raises as `ask`."""
        about = await self.ask("GET", "/addons/self/info")
        return Place(str(about.get("slug") or ""), str(about.get("hostname") or socket.gethostname()))

    async def mqtt(self) -> Mapping[str, Any] | None:
        """Return the broker: `host`, `port`, `username`, `password`, `ssl`, `protocol`; None where there is none."""
        try:
            return await self.ask("GET", "/services/mqtt")
        except Unavailable as error:
            _log.debug("no MQTT broker is offered: %s", error.message)
            return None

    async def announce(self, config: Mapping[str, Any]) -> str:
        """Have Home Assistant offer the integration, set up as `config` says; again with the same changes nothing.

        Returns:
            Supervisor's id of the message.

        Raises:
            Unavailable: as `ask`.
        """
        told = await self.ask("POST", "/discovery", {"service": SERVICE, "config": dict(config)})
        return str(told.get("uuid") or "")

    async def retract(self, ident: str) -> None:
        """Take such a message back, by its id; raises as `ask`."""
        await self.ask("DELETE", f"/discovery/{ident}")

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the data of an answer.

        Raises:
            Unavailable: Supervisor does not answer, or says no (`supervisor`).
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with (
                ClientSession(timeout=_PATIENCE, headers=headers) as session,
                session.request(method, self.url + path, json=body) as response,
            ):
                told = json.loads(await response.content.read(_LARGEST))
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise _unavailable(f"{path}: {type(error).__name__}") from error
        if not isinstance(told, dict) or told.get("result") != "ok":
            said = told.get("message") if isinstance(told, dict) else None
            raise _unavailable(f"{path}: {said or response.status}")
        data = told.get("data")
        return data if isinstance(data, dict) else {}


def find_supervisor() -> Supervisor | None:
    """Return Supervisor, where it started this program."""
    token = os.environ.get("SUPERVISOR_TOKEN", "")
    return Supervisor(token) if token else None


async def insist(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return what is asked for; tried until Supervisor answers."""
    wait_s = _FIRST_S
    while True:
        try:
            return await ask()
        except Unavailable as error:
            level = logging.WARNING if wait_s == _FIRST_S else logging.DEBUG
            _log.log(level, "asked again later: %s", error.message)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_S)


def _unavailable(said: str) -> Unavailable:
    return Unavailable(
        f"Supervisor cannot be asked: {said}"[:400], hint="Restart the app in Home Assistant.", code="supervisor"
    )
