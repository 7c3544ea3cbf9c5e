"""The ESPHome dashboard: checking, compiling and flashing a configuration."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import ClientError, ClientResponseError

from ..errors import Refused
from .asking import Asking
from .esphome import get_dashboard
from .validation import explain

_CHECK_S = 120.0  # packages may be fetched from the internet
_LAST = 40  # lines of a failure that are told
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\\033\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f]")
# "[ 12%]" of make, "[12/340]" of ninja, "Uploading: [===   ] 40%" of the upload.
_SHARE = re.compile(r"\[\s*(\d{1,5})/(\d{1,5})\]")
_PERCENT = re.compile(r"(\d{1,3})\s?%")
# "/config/esphome/kitchen.yaml:6:7: error: 'x' was not declared in this scope" of the compiler.
_COMPILER = re.compile(r":\d+: (fatal )?error: ")
_CONFIGURATION = re.compile(r"[^/\\\x00]{1,200}\.ya?ml")

type _Hear = Callable[[str], None]


async def check(asking: Asking) -> dict[str, Any]:
    """Have ESPHome read a configuration.

    Raises:
        Refused: `config`: it does not accept it, for the reason that its dashboard then gives.
    """
    api, configuration = get_dashboard(asking.hass).api, _configuration(asking)
    try:
        async with asyncio.timeout(_CHECK_S):
            await api.request("GET", "json-config", params={"configuration": configuration})
    except ClientResponseError as error:
        if error.status == 404:
            raise Refused(f"the ESPHome dashboard has no {configuration}", code="no_configuration") from error
        if error.status not in (400, 422):
            raise _unreachable(f"it answers with status {error.status}") from error
        raise await _not_accepted(api, configuration) from error
    except (ClientError, OSError, TimeoutError) as error:
        raise _unreachable(str(error) or "it does not answer") from error
    return {}


async def _not_accepted(api: Any, configuration: str) -> Refused:
    told = f"ESPHome does not accept {configuration}"
    if (why := await explain(api, configuration)) is None:
        hint = "Open it in the ESPHome dashboard and choose Validate: it says what is wrong."
        return Refused(told, hint, "config", {"configuration": configuration})
    place = f" ({why.place})" if why.place else ""
    return Refused(
        f"{told}: {why.error}{place}",
        "Mend it in the ESPHome dashboard.",
        "config",
        {"configuration": configuration, "lines": "\n".join(why.lines)[-6000:]},
    )


async def compile_firmware(asking: Asking) -> dict[str, Any]:
    """Compile a configuration.

    Raises:
        Refused: `compile`, with the last lines.
    """
    api, configuration = get_dashboard(asking.hass).api, _configuration(asking)
    return await _follow(asking, "compile", lambda hear: api.compile(configuration, hear))


async def upload_firmware(asking: Asking) -> dict[str, Any]:
    """Flash what was compiled.

    Raises:
        Refused: `upload`, with the last lines.
    """
    api, configuration = get_dashboard(asking.hass).api, _configuration(asking)
    port = asking.params.get("port") or "OTA"
    return await _follow(asking, "upload", lambda hear: api.upload(configuration, str(port), hear))


async def _follow(asking: Asking, what: str, begin: Callable[[_Hear], Awaitable[bool]]) -> dict[str, Any]:
    """Have the dashboard do something, and tell the app its lines."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    last: deque[str] = deque(maxlen=_LAST)

    async def tell() -> None:
        while (chunk := await lines.get()) is not None:
            for line in read_lines(chunk):
                last.append(line)
                await asking.progress.tell(line, read_percent(line))

    telling = asyncio.create_task(tell())
    try:
        good = await begin(lines.put_nowait)
    except (ClientError, OSError, TimeoutError) as error:
        raise _unreachable(str(error) or "it does not answer") from error
    else:
        lines.put_nowait(None)
        await telling
    finally:
        telling.cancel()
    if good:
        return {}
    why = find_reason(last)
    verb = "compile" if what == "compile" else "flash"
    raise Refused(
        f"ESPHome could not {verb} {_configuration(asking)}: {why}"[:600],
        "The last lines say more." if last else "Look into the ESPHome dashboard.",
        what,
        {"lines": "\n".join(last)[-6000:]},
    )


def read_lines(chunk: str) -> list[str]:
    """Return the lines of what a tool wrote, without colours; of a line written over itself the last form."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in chunk.split("\n"))
    return [clean for line in lines if (clean := _COLOURS.sub("", line).rstrip())]


def find_reason(lines: Iterable[str]) -> str:
    """Return the line that says why a tool failed: a compiler's first error, else the last that speaks of one."""
    told = list(lines)
    errors = [line for line in told if "error" in line.lower()]
    exact = [line for line in errors if _COMPILER.search(line)]
    return (exact[:1] or errors[-1:] or told[-1:] or ["it does not say why"])[0].strip()


def read_percent(line: str) -> int | None:
    """Return how far a tool says it is."""
    if share := _SHARE.search(line):
        done, total = int(share[1]), int(share[2])
        return min(100, 100 * done // total) if total else None
    percent = _PERCENT.search(line)
    return int(percent[1]) if percent and int(percent[1]) <= 100 and line.lstrip().startswith(("[", "Upl")) else None


def _configuration(asking: Asking) -> str:
    """Return the name of the YAML file: no path, for the dashboard's folder is not ours to leave."""
    configuration = asking.text("configuration")
    if not _CONFIGURATION.fullmatch(configuration):
        raise Refused(
            f"configuration: the name of a YAML file is allowed. Received: {configuration!r}", code="params"
        )
    return configuration


def _unreachable(why: str) -> Refused:
    return Refused(
        f"the ESPHome dashboard cannot be reached: {why}"[:300],
        "Check that the ESPHome Device Builder app runs.",
        "dashboard",
    )
