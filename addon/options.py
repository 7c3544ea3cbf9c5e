"""The choices of a running app: Supervisor's options, environment and flags. Read once."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from addon.errors import Invalid

LEVELS = ("debug", "info", "warning", "error")
DEVICES = ("auto", "cpu", "gpu")
PREFIX = "WAKESMITH_"
DISCOVERIES = ("auto", "on", "off")
SUPERVISED = (  # what Supervisor's page offers
    "log_level", "device", "concurrent", "lan", "lan_token", "mqtt_host", "mqtt_port", "mqtt_user", "mqtt_password",
    "mqtt_tls", "mqtt_ca", "mqtt_insecure", "mqtt_discovery",
)  # fmt: skip
OTHERS = ("TRAIN", "PACKS", "KOKORO_VOICES", "PIPER_VOICES_URL", "JOB")  # variables of ours that the trainer reads
FOLDER = "/homeassistant"  # where Supervisor mounts Home Assistant's configuration folder
LEAST_TOKEN = 16  # characters


@dataclass(frozen=True)
class Options:
    """What the app runs with.

    Attributes:
        data: the folder of everything that is kept.
        host, port: where the panel listens.
        ingress: only Supervisor may ask, and names the user; else anyone who reaches `host`.
        lan, lan_host, lan_port: the second listener, that satellites fetch models from.
        lan_token: what satellites show to send recordings; without one none are taken.
        homeassistant: Home Assistant's configuration folder, "" where there is none to be had.
        link_host, link_port: the listener of Home Assistant's integration.
        mdns: whether satellites that announce themselves in this network are heard.
        mqtt_host: the MQTT broker; "" for the one that Supervisor offers.
        mqtt_port, mqtt_user, mqtt_password, mqtt_tls: how to connect to `mqtt_host`.
        mqtt_ca: a PEM file of who vouches for the broker; under Supervisor its name in Home Assistant's folder `ssl`.
        mqtt_insecure: whether the broker's certificate is taken as it is.
        mqtt_discovery: whether Home Assistant learns of the app over MQTT; auto: unless its integration is set up.
        log_level: debug, info, warning or error.
        concurrent: trainings at a time.
        device: auto, cpu or gpu.
        assistant_minutes: idle time after which the helper process is ended, to give its memory back.
    """

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8099
    ingress: bool = False
    lan: bool = False
    lan_host: str = "0.0.0.0"  # noqa: S104, satellites are on other machines; off by default
    lan_port: int = 8098
    lan_token: str = field(default="", repr=False)
    homeassistant: str = ""
    link_host: str = "127.0.0.1"
    link_port: int = 8097
    mdns: bool = True
    mqtt_host: str = ""
    mqtt_port: int = 1883
    mqtt_user: str = ""
    mqtt_password: str = field(default="", repr=False)
    mqtt_tls: bool = False
    mqtt_ca: str = ""
    mqtt_insecure: bool = False
    mqtt_discovery: str = "auto"
    log_level: str = "info"
    concurrent: int = 1
    device: str = "auto"
    assistant_minutes: float = 5.0

    def __post_init__(self) -> None:
        """Check what types cannot say.

        Raises:
            Invalid: a value is out of range.
        """
        for name, good, allowed in (
            ("port", 0 <= self.port <= 65535, "0 to 65535"),
            ("lan_port", 0 <= self.lan_port <= 65535, "0 to 65535"),
            ("link_port", 0 <= self.link_port <= 65535, "0 to 65535"),
            ("mqtt_port", 1 <= self.mqtt_port <= 65535, "1 to 65535"),
            ("mqtt_discovery", self.mqtt_discovery in DISCOVERIES, f"one of {', '.join(DISCOVERIES)}"),
            ("log_level", self.log_level in LEVELS, f"one of {', '.join(LEVELS)}"),
            ("device", self.device in DEVICES, f"one of {', '.join(DEVICES)}"),
            ("concurrent", 1 <= self.concurrent <= 8, "1 to 8"),
            ("assistant_minutes", 0 < self.assistant_minutes <= 1440, "above 0, at most 1440"),
            ("host", bool(self.host), "an address"),
            ("lan_host", bool(self.lan_host), "an address"),
            ("link_host", bool(self.link_host), "an address"),
        ):
            if not good:
                raise Invalid(f"{name}: {allowed} is allowed. Received: {getattr(self, name)!r}", code="options")
        if self.lan_token and len(self.lan_token) < LEAST_TOKEN:
            raise Invalid(
                f"lan_token: at least {LEAST_TOKEN} characters are needed, or none to take no recordings",
                hint="`openssl rand -hex 16` makes a good one.",
                code="options",
            )


def load_options(
    argv: Sequence[str], env: Mapping[str, str], options_file: Path = Path("/data/options.json")
) -> Options:
    """Return the options: defaults, then environment, then Supervisor's file where there is one, then flags.

    Where the file is, the app runs under Supervisor: it listens to it alone and keeps its data beside the file.

    Raises:
        Invalid: an option is unknown, of another type or out of range; the message names it.
    """
    values: dict[str, Any] = {}
    if options_file.is_file():
        inside = "0.0.0.0"  # noqa: S104, within its network
        values |= {"data": options_file.parent, "host": inside, "link_host": inside, "ingress": True}
        values |= {"homeassistant": FOLDER}
    values |= _from_environment(env)
    if options_file.is_file():
        values |= _from_file(options_file)
    values |= _from_flags(argv)
    return Options(**values)


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    names = {key.removeprefix(PREFIX): key for key in env if key.startswith(PREFIX)}
    values = {}
    for short, key in names.items():
        if short in OTHERS:
            continue
        if short.lower() not in _types() or short != short.upper():
            raise Invalid(
                f"{key} is not known; known: {', '.join(PREFIX + n.upper() for n in _types())}", code="options"
            )
        values[short.lower()] = _parse(key, _types()[short.lower()], env[key])
    return values


def _from_file(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(
            f"{file} cannot be read: {error}", hint="Save the app's options again.", code="options"
        ) from error
    if not isinstance(found, dict):
        raise Invalid(f"{file} must hold an object. Received: {type(found).__name__}", code="options")
    for name, value in found.items():
        if name not in SUPERVISED:
            raise Invalid(f"option {name!r} is not known; known: {', '.join(SUPERVISED)}", code="options")
        kind = _types()[name]
        if type(value) is not kind:
            raise Invalid(f"option {name}: {kind.__name__} is allowed. Received: {value!r}", code="options")
    return found


def _from_flags(argv: Sequence[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(
        prog="wakesmith-app", description="The panel that makes wake words.", allow_abbrev=False, exit_on_error=False
    )
    for name, kind in _types().items():
        choices = {"log_level": LEVELS, "device": DEVICES, "mqtt_discovery": DISCOVERIES}.get(name)
        flag = f"--{name.replace('_', '-')}"
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(flag, default=None, metavar="|".join(choices) if choices else kind.__name__.upper())
    try:
        known, unknown = parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise Invalid(str(error), code="options") from error
    if unknown:
        raise Invalid(f"{unknown[0]} is not known", hint="--help lists what is.", code="options")
    given = {name: value for name, value in vars(known).items() if value is not None}
    return {
        name: value if isinstance(value, bool) else _parse(f"--{name.replace('_', '-')}", _types()[name], value)
        for name, value in given.items()
    }


def _types() -> dict[str, type]:
    return {f.name: f.type for f in fields(Options) if isinstance(f.type, type)}


def _parse(name: str, kind: type, text: str) -> Any:
    try:
        if kind is bool:
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError) as error:
        allowed = "true or false" if kind is bool else {int: "a whole number", float: "a number"}.get(kind, "text")
        raise Invalid(f"{name}: {allowed} is allowed. Received: {text!r}", code="options") from error
