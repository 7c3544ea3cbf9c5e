"""A Supervisor on loopback: what the real one answers an app without rights of its own, by its source.

tests/addon/test_supervisor_contract.py holds it against the models of Home Assistant's own client of Supervisor.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "supervisors-token-of-this-app"
# What every app may ask, whatever its rights: ADDONS_API_BYPASS of supervisor/api/middleware/security.py.
OPEN = re.compile(r"/addons/self/(?!security|update)[^/]+|/addons/self/options/config|/info|/services.*|/discovery.*")
MQTT = {
    "addon": "core_mosquitto",
    "host": "core-mosquitto",
    "port": 1883,
    "ssl": False,
    "username": "addons",
    "password": "secret",
    "protocol": "3.1.1",
}
SELF = {
    "name": "Wakesmith",
    "slug": "local_wakesmith",
    "hostname": "local-wakesmith",
    "version": "0.1.0",
    "state": "started",
    "ingress": True,
    "ingress_entry": "/api/hassio_ingress/token",
    "ingress_url": "/api/hassio_ingress/token/",
    "ingress_port": 8099,
    "ingress_panel": True,
    "ip_address": "172.30.33.5",
}


@dataclass
class Double:
    """Supervisor.

    Attributes:
        broker: whether an MQTT broker has registered itself.
        failing: how many requests are answered with an error first.
        messages: of discovery, by service.
        pushed: how often Home Assistant was told.
    """

    url: str = ""
    broker: bool = True
    failing: int = 0
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    pushed: int = 0
    asked: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(
        default_factory=lambda: yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
    )

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        if self.failing:
            self.failing -= 1
            return _error("System is not ready with state: setup")
        if request.headers.get("Authorization", "").split(" ")[-1] != TOKEN:
            raise web.HTTPUnauthorized
        if not OPEN.fullmatch(request.path):
            raise web.HTTPForbidden
        match request.method, request.path:
            case "GET", "/addons/self/info":
                return _ok(SELF)
            case "GET", "/services/mqtt":
                return self._service()
            case "POST", "/discovery":
                return self._discovery(await request.json())
            case "DELETE", path if path.startswith("/discovery/"):
                return self._forget(path.removeprefix("/discovery/"))
        raise web.HTTPNotFound

    def _service(self) -> web.Response:
        if not any(s.startswith("mqtt:") for s in self.config.get("services", ())):
            return _error("No access to mqtt service!")
        return _ok(MQTT) if self.broker else _error("Service not enabled")

    def _discovery(self, body: Any) -> web.Response:
        if set(body) != {"service", "config"} or type(body["service"]) is not str or type(body["config"]) is not dict:
            return _error("invalid body")
        if body["service"] not in self.config.get("discovery", ()):
            return _error("Apps must list services they provide via discovery in their config!")
        known = self.messages.get(body["service"])
        if known is None or known["config"] != body["config"]:
            self.pushed += 1
            uuid = known["uuid"] if known else uuid4().hex
            known = self.messages[body["service"]] = {"addon": SELF["slug"], "uuid": uuid, **body}
        return _ok({"uuid": known["uuid"]})

    def _forget(self, uuid: str) -> web.Response:
        for service, message in self.messages.items():
            if message["uuid"] == uuid:
                del self.messages[service]
                return _ok({})
        return _error("Discovery message not found")


def _ok(data: dict[str, Any]) -> web.Response:
    return web.json_response({"result": "ok", "data": data})


def _error(message: str) -> web.Response:
    return web.json_response({"result": "error", "message": message}, status=400)


@asynccontextmanager
async def open_supervisor(**state: Any) -> AsyncIterator[Double]:
    """Run one on loopback."""
    double, app = Double(**state), web.Application()
    app.router.add_route("*", "/{path:.*}", double.answer)
    async with TestServer(app) as server:
        double.url = str(server.make_url("")).rstrip("/")
        yield double
