"""ESPHome of our own, for houses without its dashboard: its commands, as children in sessions of their own."""

import asyncio
import os
import re
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from addon.errors import AppError, Unavailable
from addon.homeassistant.link import Progress
from addon.library.fetching import Fetch
from addon.lines import read_lines

_LINES, _LONGEST = 40, 400  # of the tool's words that a failure keeps
_SILENCE_S = 900.0  # without a word: the first compilation downloads compilers
_HIDDEN = re.compile(r"(\x1b|\\033)\[8m.*?(\x1b|\\033)\[28m")  # secrets, as ESPHome marks them
_COLOUR = re.compile(r"(\x1b|\\033)\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_SHARE = re.compile(r"^\[\s*(\d{1,5})/(\d{1,5})\]")  # of ninja
_COMPILER = re.compile(r":\d+: (fatal )?error: ")
_REFUSED = "Failed config"  # the line before what is wrong
_SOURCE = re.compile(r"\[source (?:.*/)?([^/]+)\]$")
_VALUE = re.compile(r"^((?:- )?[\w.]+:) (?!\[source ).+$")  # of the configuration: any may be a secret
_PERCENT = re.compile(r"^(?:\[\s*|Uploading: .*?)(\d{1,3})\s?%")  # of the upload, and of make
_WORDS = {
    "config": ("does not accept", "Open it in ESPHome and choose Validate."),
    "compile": ("cannot compile", "The last lines say more."),
    "upload": ("cannot flash", "The last lines say more."),
}


class Failed(AppError):
    """ESPHome could not do it; `values.lines` holds what it said last."""

    status = 502
    code = "esphome"


@dataclass(frozen=True)
class OwnFlasher:
    """Checks, compiles and flashes by ESPHome's own command.

    Attributes:
        command: before `config`, `compile` and `upload`. `env`: of the children.
        folder: of the YAML files. `work`: where it builds, never among them.
        address: where the device of a YAML file is, "" to let ESPHome look.
    """

    command: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    work: Path
    address: Callable[[str], str] = lambda _configuration: ""

    async def check(self, configuration: str, progress: Progress) -> None:
        """Have ESPHome read a YAML file; what it answers holds the whole configuration, and is not passed on."""
        await self._run("config", configuration, lambda _line, _percent: None)

    async def compile(self, configuration: str, progress: Progress) -> None:
        """Build the firmware."""
        await self._run("compile", configuration, progress)

    async def upload(self, configuration: str, progress: Progress) -> None:
        """Send the firmware to the device."""
        await self._run("upload", configuration, progress, "--device", self.address(configuration) or "OTA")

    async def _run(self, what: str, configuration: str, progress: Progress, *words: str) -> None:
        """Run a command to its end.

        Raises:
            Failed: it ends otherwise than well. Unavailable: it cannot be started, or says nothing any more.
        """
        await asyncio.to_thread(self.work.mkdir, parents=True, exist_ok=True)
        env = {**self.env, "ESPHOME_DATA_DIR": str(self.work), "PLATFORMIO_CORE_DIR": str(self.work / "platformio")}
        try:
            child = await asyncio.create_subprocess_exec(
                *self.command, what, *words, str(self.folder / configuration),
                stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=env, cwd=self.work, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"ESPHome cannot be started: {error.strerror}", code="no_esphome") from error
        try:
            lines = await self._follow(child, progress)
            code = await child.wait()
        except TimeoutError as error:
            raise Unavailable(f"ESPHome has said nothing for {_SILENCE_S:g} s", code="silent") from error
        finally:
            await Fetch(child).end()
        if code:
            raise _failure(what, configuration, lines, code)

    async def _follow(self, child: asyncio.subprocess.Process, progress: Progress) -> list[str]:
        lines: deque[str] = deque(maxlen=_LINES)
        assert child.stdout
        stream = aiter(read_lines(child.stdout))
        while True:
            try:
                async with asyncio.timeout(_SILENCE_S):
                    raw = await anext(stream)
            except StopAsyncIteration:
                return list(lines)
            for line in clean_lines(raw or b""):
                lines.append(line)
                progress(line, read_percent(line))


def clean_lines(raw: bytes) -> list[str]:
    """Return what a tool wrote in one line, without colours and secrets; what it wrote over itself are several."""
    text = _HIDDEN.sub("***", raw.decode("utf-8", "replace"))
    parts = (_COLOUR.sub("", part).strip() for part in text.split("\r"))
    return [part[:_LONGEST] for part in parts if part]


def read_percent(line: str) -> int | None:
    """Return how far a tool says it is."""
    if share := _SHARE.match(line):
        return min(100 * int(share[1]) // max(int(share[2]), 1), 100)
    found = _PERCENT.match(line)
    return min(int(found[1]), 100) if found else None


def esphome_environment(home: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Return the children's environment: no secrets of the app's, the environment's programs first."""
    return {**env, "HOME": str(home), "PATH": os.pathsep.join((str(home / "bin"), env.get("PATH", os.defpath)))}


def _failure(what: str, configuration: str, lines: list[str], code: int) -> Failed:
    verb, hint = _WORDS[what]
    if what == "config":
        lines = [_VALUE.sub(r"\1 ***", line) for line in lines]
    wrong = [line for line in lines if "error" in line.lower() or "failed" in line.lower()]
    exact = [line for line in wrong if _COMPILER.search(line)]  # its first error; others follow from it
    why = _refusal(lines) or (exact[:1] or wrong or lines or [f"exit code {code}"])[-1]
    values: dict[str, str | int | float] = {"configuration": configuration, "why": why, "lines": "\n".join(lines)}
    return Failed(f"ESPHome {verb} {configuration}: {why}", hint, what, values)


def _refusal(lines: list[str]) -> str:
    """Return what ESPHome first finds wrong in a configuration and where; "" where it does not say so."""
    if _REFUSED not in lines:
        return ""
    place = ""
    for line in lines[lines.index(_REFUSED) + 1 :]:
        if source := _SOURCE.search(line):
            place = f" ({source[1]})"
        elif not line.endswith(" ***"):
            return line.rstrip(".") + place
    return ""
