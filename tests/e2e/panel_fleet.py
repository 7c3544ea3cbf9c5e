"""A house for the panel's pages: satellites of every kind, deployments in every state, a gate that passes or not.

What the service would say of it stands here, made of its own records, and is put in the way of its answers.
"""

import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from addon.fleet import (
    Delivery,
    Deployment,
    DeploymentState,
    Publication,
    Satellite,
    Sensitivity,
    Target,
    TargetState,
)

SENT = "2026-01-05T10:00:00Z"
MODEL = "hey_panel_v2"
OPTIONS = ("low", "medium", "high")

KITCHEN = Satellite(
    "aabbccddee01", "Kitchen speaker", Delivery.FLASH, "Kitchen", "esp32-s3-devkitc-1", "2026.10.0",
    "esphome.voice-pe", "192.168.1.21", True, "kitchen.yaml", "assist_satellite.kitchen",
    active=("hey_panel_v1", "okay_nabu"), available=("hey_panel_v1", "okay_nabu", "hey_jarvis"), most_active=2,
    sensitivities=(Sensitivity("select.kitchen_sensitivity", "hey_panel_v1", OPTIONS, "medium"),),
    sources=("mdns", "registry", "dashboard"),
)  # fmt: skip
DESK = Satellite(
    "aabbccddee02", "Desk", Delivery.EXTERNAL, "Study", "", "1.1.15", "linux-voice-assistant", "192.168.1.40", True,
    entity="assist_satellite.desk", active=("okay_nabu",), available=("okay_nabu", "hey_panel_v1"),
    sensitivities=(Sensitivity("number.desk_wake_word_1_sensitivity", "okay_nabu", (), "0.55", 0.0, 1.0, 0.001),),
    sources=("mdns", "registry"),
)  # fmt: skip
BEDROOM = replace(
    KITCHEN, id="aabbccddee03", name="Bedroom S3-Box with a name that is rather long", room="Bedroom", online=False,
    code="offline", message="it is not connected now", as_of=SENT,
    board="esp32s3box3", configuration="bedroom.yaml", active=(), sensitivities=(), project="",
)  # fmt: skip
PLUG = Satellite(
    "aabbccddee04", "Washing machine", Delivery.NONE, "Cellar", "esp8285", "2025.3.1", online=True, sources=("mdns",),
    code="no_voice", message="it is no voice satellite",
)  # fmt: skip
GARAGE = Satellite(
    "name_garage", "garage", Delivery.NONE, online=None, sources=("mdns",),
    code="not_adopted", message="ESPHome's dashboard has no YAML file of it", hint="Press Adopt.",
)  # fmt: skip
SATELLITES = (KITCHEN, DESK, BEDROOM, PLUG, GARAGE)

DIFF = """\
--- kitchen.yaml
+++ kitchen.yaml
@@ -18,8 +18,12 @@
 packages:
   voice_pe: github://esphome/home-assistant-voice-pe/home-assistant-voice.yaml@dev
 # words that the kitchen listens for
 micro_wake_word:
   id: !extend mww
   models:
-    - model: wakesmith/hey_panel_v1.json
-      id: hey_panel_v1
+    # a comment that is longer than any telephone is wide, so that the box has something to scroll for
+    - model: wakesmith/hey_panel_v2.json
+      id: hey_panel_v2
+      probability_cutoff: 85%
     - model: okay_nabu
"""
LINES = "\n".join(f"[{n}/1420] Compiling .pioenvs/kitchen/src/esphome/core/part_{n}.cpp.o" for n in range(60))


def make_gate(*, good: bool = True, compatible: bool = True) -> dict[str, Any]:
    """Return what `models/{id}/gate` answers."""
    names = ("operators", "shapes", "states", "arena", "manifest", "parity")
    checks = [{"name": name, "ok": True, "message": "in order"} for name in names]
    if not compatible:
        checks[0] |= {"ok": False, "message": "The operator RESIZE_BILINEAR is not among those of ESPHome."}
    low = 0.87 if good else 0.61
    quality = [
        {"code": "recall", "ok": good, "message": "heard", "values": {"low": low, "bound": 0.7}},
        {"code": "false_accepts", "ok": None, "message": "woke", "values": {"high": 3.1, "bound": 2.0}},
    ]
    comparison = {
        "verdict": "wins" if good else "undecided", "wins": good, "found": 188, "rival_found": 171 if good else 187,
        "clips": 200, "p": 0.003 if good else 0.62, "accepts": 1, "rival_accepts": 3, "hours": 6.0, "p_accepts": 0.6,
        "trainings": 1, "recordings": 20, "message": "", "rival": "hey_panel_v1",
    }  # fmt: skip
    return {
        "passes": good and compatible, "compatible": compatible, "checks": checks, "quality": quality,
        "rival": "hey_panel_v1", "comparison": comparison,
    }  # fmt: skip


def make_home(*, linked: bool = True, folder: bool = True) -> dict[str, Any]:
    """Return what `home` answers."""
    mqtt = {"state": "connected", "message": "", "address": "core-mosquitto:1883"}
    if not linked:
        mqtt = {"state": "refused", "message": "Not authorized", "address": "192.168.1.2:1883"}
    version = "0.4.0" if linked else None
    return {
        "supervised": folder,
        "folder": folder,
        "panel": None,
        "integration": {
            "installed": linked,
            "version": version,
            "offered": "0.4.0",
            "set_up": linked,
            "linked": linked,
            "linked_version": version,
            "home_assistant": "2026.11.0" if linked else None,
            "needs_restart": False,
            "foreign": False,
        },
        "mqtt": mqtt,
        "dashboard": linked,
        "esphome": {"state": "absent", "version": "", "allowed": False},
        "link": {"port": 8097, "token": "k3J9v0aTqS5wZb7Yc1Xd2Lf8Gh4Mn6Pr"},
    }  # fmt: skip


def _send(ident: str, state: DeploymentState, *targets: Target, **more: Any) -> Deployment:
    return Deployment(ident, MODEL, "send", state, SENT, targets, SENT, **more)


def _target(satellite: Satellite, state: TargetState, **more: Any) -> Target:
    return Target(satellite.id, satellite.name, satellite.delivery, state, **more)


BROKEN = "Compiling kitchen.yaml ended with an error."
DEPLOYMENTS = (
    _send(
        "running", DeploymentState.RUNNING, _target(DESK, TargetState.DONE),
        _target(KITCHEN, TargetState.COMPILING, percent=42, line=LINES.splitlines()[-1], edit="e1"),
        _target(BEDROOM, TargetState.WAITING),
    ),
    _send(
        "failed", DeploymentState.FAILED, _target(DESK, TargetState.DONE),
        _target(KITCHEN, TargetState.FAILED, code="compile", message=BROKEN, values={"lines": LINES}),
        _target(BEDROOM, TargetState.SKIPPED), ended=SENT,
    ),
    _send(
        "sent", DeploymentState.DONE, _target(DESK, TargetState.DONE),
        _target(KITCHEN, TargetState.DONE, edit="e3", flashed=True), ended=SENT,
    ),
    replace(_send("undo", DeploymentState.DONE, _target(DESK, TargetState.DONE), ended=SENT), kind="undo", of="old"),
)  # fmt: skip


@dataclass
class House:
    """What the service says of satellites and Home Assistant."""

    satellites: tuple[Satellite, ...] = SATELLITES
    deployments: tuple[Deployment, ...] = DEPLOYMENTS
    publications: tuple[Publication, ...] = (Publication("hey_panel", MODEL, "hey panel", SENT, ("hey_panel_v1",)),)
    home: dict[str, Any] = field(default_factory=make_home)
    gate: dict[str, Any] = field(default_factory=make_gate)
    sockets: list[Any] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path and body of what changes something

    def tell(self, **message: Any) -> None:
        """Say it to every browser."""
        for socket in self.sockets:
            socket.send(json.dumps(message))

    def relay(self, said: str) -> str | None:
        """Return what the service sent, a snapshot with the house in it; None for what is not passed on."""
        message = json.loads(said)
        if message["type"] in ("satellites", "publication", "deployment", "home"):
            return None  # of the real house, which is empty
        if message["type"] == "snapshot":
            message |= {
                "satellites": [asdict(one) for one in self.satellites],
                "publications": [asdict(one) for one in self.publications],
                "deployments": [asdict(one) for one in self.deployments],
                "home": self.home,
            }
        return json.dumps(message)

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Return what the route answers, or None for an empty answer."""
        if method != "GET":
            self.asked.append((method, path, body))
        if path.endswith("/gate"):
            return self.gate
        if path == "deployments/preview":
            return [self._preview(one) for one in body["satellites"]]
        if path == "satellites/refresh":
            return [asdict(one) for one in self.satellites]
        if path == "deployments" or path.endswith(("/undo", "/rollback")):
            return asdict(replace(self.deployments[0], id=f"new{len(self.asked)}"))
        if path.endswith("/publish"):
            return asdict(self.publications[0])
        found = [one for one in self.deployments if path == f"deployments/{one.id}"]
        return asdict(found[0]) if found else None

    def _preview(self, ident: str) -> dict[str, Any]:
        one = next(one for one in self.satellites if one.id == ident)
        stock = _message("word_first", "The word stands first in the device's list.")
        broken = _message("esphome_yaml", "bedroom.yaml is not valid YAML, at line 12.", file="bedroom.yaml", line=12)
        edited = one.delivery is Delivery.FLASH and one is not BEDROOM
        return {
            "satellite": ident,
            "delivery": one.delivery,
            "diff": DIFF if edited else "",
            "notes": [stock] if edited else [],
            "error": broken if one is BEDROOM else None,
        }


def _message(code: str, message: str, **values: str | int) -> dict[str, Any]:
    return {"code": code, "message": message, "hint": "", "values": values}


def furnish_house(page: Any, house: House) -> None:
    """Have the page find the house where the service is asked about it; all else the service answers."""

    def join(socket: Any) -> None:
        server = socket.connect_to_server()
        house.sockets.append(socket)

        def pass_on(said: str) -> None:
            if told := house.relay(said):
                socket.send(told)

        server.on_message(pass_on)

    def answer(route: Any) -> None:
        request = route.request
        path = request.url.split("/api/v1/")[1]
        found = house.answer(request.method, path, json.loads(request.post_data) if request.post_data else None)
        route.fulfill(status=204) if found is None else route.fulfill(json=found)

    page.route_web_socket(re.compile(r"/api/v1/events$"), join)
    page.route(re.compile(r"/api/v1/(satellites|deployments|publications|home|models/\w+/(gate|publish))\b"), answer)
