"""Why ESPHome does not accept a configuration, in its own words, as its dashboard streams them."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from aiohttp import WSMsgType

_SECONDS = 60.0
_MOST = 60  # lines that are told
_ESCAPE = r"(?:\x1b|\\033)"  # the dashboard spells it out
_HIDDEN = re.compile(rf"{_ESCAPE}\[8m.*?{_ESCAPE}\[28m")
_COLOUR = re.compile(rf"{_ESCAPE}\[([0-9;?]*)[A-Za-z]")
_RED, _BOLD_RED = "31", "1;31"
_SOURCE = re.compile(r"\[source (.+):(\d+)\]")
_HEADING = re.compile(r"[\w.]+:(?:\s+None)?(?:\s+\[source .+\])?")
_KEY = re.compile(r"\s*(?:- )?[\w.]+:(?=\s|$)")
_SECRET = re.compile(r"(?:password|passphrase|key|psk|ssid|secret|token|username)\s*:\s*$")
_MASK, _SHORTEST = "***", 4  # characters of a value that is looked for in the error's own words


@dataclass(frozen=True)
class Explanation:
    """Why a configuration is not accepted: the first error, where it stands ("kitchen.yaml:5", "" if that is not
    told), and the lines around, without the values that the configuration has: any of them may be a secret."""

    error: str
    place: str
    lines: tuple[str, ...]


async def explain(api: Any, configuration: str) -> Explanation | None:
    """Have the dashboard validate a configuration; None where it cannot say what is wrong, or finds nothing."""
    for ask in (_ask_builder, _ask_classic):
        said: list[str] | None = None
        with suppress(Exception):  # it speaks otherwise; that the configuration is refused is known already
            async with asyncio.timeout(_SECONDS):
                said = await ask(api, configuration)
        if said is not None:
            return read_explanation(said)
    return None


async def _ask_builder(api: Any, configuration: str) -> list[str] | None:
    """Ask ESPHome's device builder; None where it wants a password first, or does not know the command."""
    said: list[str] = []
    async with api.session.ws_connect(f"{api.url}/ws") as socket:
        about = {"configuration": configuration, "show_secrets": False}
        await socket.send_json({"command": "devices/validate", "message_id": "1", "args": about})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return None
            told = message.json()
            if told.get("message_id") != "1":  # it says who it is
                continue
            if told.get("event") == "output":
                said.append(str(told.get("data")))
            elif told.get("event") == "result":
                return said
            else:  # an error
                return None
    return None


async def _ask_classic(api: Any, configuration: str) -> list[str] | None:
    """Ask the dashboard that ESPHome had before; None where it says nothing."""
    said: list[str] = []
    await api.stream_logs("validate", {"configuration": configuration}, said.append)
    return "".join(said).split("\n") if said else None


def read_explanation(said: Iterable[str]) -> Explanation | None:
    """Read what `esphome config` wrote of a configuration that it does not accept; None where it tells no error."""
    told = [*_tell_apart(said)]
    secrets = {line.secret for line in told if len(line.secret) >= _SHORTEST}
    place, error = "", list[str]()
    for line in told:
        if line.error:
            error.append(line.text.strip())
        if error and not (line.error and line.open):
            break
        if source := _SOURCE.search(line.text):
            place = f"{PurePath(source[1]).name}:{source[2]}"
    if not error:
        return None
    why = _mask(" ".join(filter(None, error)), secrets).removeprefix("ERROR ").rstrip(".")
    lines = [_mask(line.text, secrets) for line in told if line.text.strip()]
    return Explanation(why[:300], place, tuple(lines[:_MOST]))


def _mask(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return text


@dataclass(frozen=True)
class _Line:
    """`error`: it says what is wrong; `open`: the next line goes on with that; `secret`: a value left out."""

    text: str
    error: bool = False
    open: bool = False
    secret: str = ""


def _tell_apart(said: Iterable[str]) -> Iterator[_Line]:
    """Yield the lines that say what is wrong as they are, of others the keys alone."""
    colour = ""
    for raw in said:
        line = _HIDDEN.sub(_MASK, raw.rstrip("\r\n"))
        before, codes = colour, _COLOUR.findall(line)
        colour = codes[-1] if codes else colour
        colours = {code for code in (before, *codes) if code not in ("", "0")}
        text = _COLOUR.sub("", line).rstrip()
        goes_on = colour in (_RED, _BOLD_RED)
        heading = _HEADING.fullmatch(text.strip()) is not None
        if _BOLD_RED in colours or (_RED in colours and (text.startswith("ERROR") or before == _RED)):
            yield _Line(text, not heading and text != "Failed config", goes_on)
        elif _SOURCE.search(text) and heading:
            yield _Line(text)
        elif key := _KEY.match(text):
            value = text[key.end() :].strip()
            secret = value.strip("'\"") if _SECRET.search(key[0]) else ""
            yield _Line(key[0] + (f" {_MASK}" if value else ""), secret=secret)
