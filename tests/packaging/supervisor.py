"""Supervisor's rules for an app's files, written anew from its behaviour: schema, rating, backup filter."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

Check = Callable[[Any], bool]

ELEMENT = re.compile(
    r"(bool|email|url|port|device(\(subsystem=[a-z]+\))?|(str|password)(\(\d*,\d*\))?|int(\(-?\d*,-?\d*\))?"
    r"|float(\(-?[\d.]*,-?[\d.]*\))?|match\(.*\)|list\(.+\))\??"
)
IMAGE = re.compile(r"([a-zA-Z\-.:\d{}]+/)*?[\-\w{}]+/[\-\w{}]+(:[.\-\w{}]+)?")
WATCHDOG = re.compile(r"(https?|\[PROTO:\w+\]|tcp)://\[HOST\]:(\[PORT:\d+\]|\d+).*")
PRIVILEGES = {"BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN",
              "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}  # fmt: skip


def _is(kind: type) -> Check:
    return lambda value: isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _in(*allowed: Any) -> Check:
    return lambda value: value in allowed


def _like(pattern: str | re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _all(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _ports(value: Any) -> bool:
    return all(
        re.fullmatch(r"\d+(/(tcp|udp))?", key) and (port is None or 0 < port < 65536) for key, port in value.items()
    )


def _map(value: Any) -> bool:
    return all(isinstance(entry, (str, dict)) for entry in value)


REQUIRED: dict[str, Check] = {
    "name": _is(str),
    "version": _like(r"\d+\.\d+\.\d+(-?(b|beta|rc|dev)\.?\d+)?"),
    "slug": _like(r"[-_.A-Za-z0-9]+"),
    "description": _is(str),
    "arch": _all(_in("aarch64", "amd64")),
}
# The keys that Supervisor keeps; it drops all others without a word.
OPTIONAL: dict[str, Check] = {
    "startup": _in("initialize", "system", "services", "application", "once"),
    "boot": _in("auto", "manual", "manual_only"),
    "stage": _in("stable", "experimental", "deprecated"),
    "url": _like(r"https?://\S+"),
    "init": _is(bool),
    "timeout": lambda value: _is(int)(value) and 10 <= value <= 300,
    "ports": _ports,
    "ports_description": lambda value: all(isinstance(text, str) for text in value.values()),
    "watchdog": _like(WATCHDOG),
    "ingress": _is(bool),
    "ingress_port": lambda value: _is(int)(value) and 0 <= value < 65536,
    "ingress_entry": _is(str),
    "ingress_stream": _is(bool),
    "panel_icon": _like(r"mdi:[a-z0-9-]+"),
    "panel_title": _is(str),
    "panel_admin": _is(bool),
    "homeassistant": _is(str),
    "homeassistant_api": _is(bool),
    "hassio_api": _is(bool),
    "hassio_role": _in("default", "homeassistant", "backup", "manager", "admin"),
    "host_network": _is(bool),
    "video": _is(bool),
    "devices": _all(_is(str)),
    "tmpfs": _is(bool),
    "map": _map,
    "environment": _is(dict),
    "privileged": _all(_is(str)),
    "apparmor": _is(bool),
    "full_access": _is(bool),
    "docker_api": _is(bool),
    "services": _all(_like(r"(mqtt|mysql):(provide|want|need)")),
    "discovery": _all(_is(str)),
    "backup": _in("hot", "cold"),
    "backup_exclude": _all(_is(str)),
    "backup_pre": _is(str),
    "backup_post": _is(str),
    "options": _is(dict),
    "schema": lambda value: all(_like(ELEMENT)(element) for element in value.values()),
    "image": _like(IMAGE),
}


def find_faults(config: Mapping[str, Any]) -> list[str]:
    """Return the keys of a `config.yaml` that Supervisor would miss, refuse or drop."""
    faults = [f"{key} is missing" for key in REQUIRED if key not in config]
    for key, value in config.items():
        check = REQUIRED.get(key) or OPTIONAL.get(key)
        if check is None:
            faults.append(f"{key} would be dropped")
        elif not check(value):
            faults.append(f"{key} would be refused: {value!r}")
    return faults


def accepts(schema: Mapping[str, str], options: Mapping[str, Any]) -> bool:
    """Say whether the form on the app's page could be saved with these options."""
    needed = {name for name, element in schema.items() if not element.endswith("?")}
    return needed <= set(options) <= set(schema) and all(_fits(schema[n], v) for n, v in options.items())


def _fits(element: str, value: Any) -> bool:
    name, _, rest = element.removesuffix("?").partition("(")
    if name == "bool":
        return isinstance(value, bool)
    if name == "int":
        low, _, high = rest.removesuffix(")").partition(",")
        return _is(int)(value) and float(low or "-inf") <= value <= float(high or "inf")
    if name == "list":
        return value in rest.removesuffix(")").split("|")
    return isinstance(value, str)


def rate(config: Mapping[str, Any], *, has_profile: bool) -> int:
    """Return the security rating, 1 to 8, that the app's page shows."""
    rating = 5
    if config.get("apparmor", True) is False:
        rating -= 1
    elif has_profile:
        rating += 1
    open_ports = any(port is not None for port in config.get("ports", {}).values())
    if config.get("ingress") or not (config.get("host_network") or open_ports):
        rating += 2
    elif config.get("auth_api"):
        rating += 1
    if PRIVILEGES & set(config.get("privileged", ())) or config.get("kernel_modules"):
        rating -= 1
    rating -= {"manager": 1, "admin": 2}.get(config.get("hassio_role", "default"), 0)
    rating -= bool(config.get("host_network")) + 2 * bool(config.get("host_pid"))
    if config.get("docker_api") or config.get("full_access"):
        rating = 1
    return max(1, min(8, rating))


def is_left_out(excludes: Sequence[str], path: str) -> bool:
    """Say whether a path below `/data` stays out of a backup: it, or a folder above it, matches."""
    whole = PurePosixPath("/data/addons/data/1a2b3c4d_wakesmith") / path
    below = [whole, *whole.parents][: len(PurePosixPath(path).parts)]
    return any(part.match(pattern) for part in below for pattern in excludes)
