"""What the trainer is asked before a model leaves the library, each by a child of its own: it has the ML stack."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon.errors import Unavailable
from addon.library.fetching import Fetch

_REFUSED = 7  # exit code of `verify` where the model does not pass
_QUICK_S, _LONG_S = 180.0, 1800.0
_LAST = 400  # characters of what the child said last


@dataclass(frozen=True)
class Check:
    """One question of `verify`."""

    name: str
    ok: bool
    message: str


@dataclass(frozen=True)
class Examiner:
    """How the children are started: the command before `verify`, their environment."""

    trainer: tuple[str, ...]
    env: Mapping[str, str]

    async def verify(self, model: Path) -> tuple[Check, ...]:
        """Return what ESPHome would say to a model with its manifest beside it.

        Raises:
            Unavailable: the trainer cannot say.
        """
        found = await self._ask(_QUICK_S, (0, _REFUSED), "verify", "--json", "--", str(model))
        try:
            return tuple(Check(str(c["name"]), bool(c["passed"]), str(c["message"])) for c in found["checks"])
        except (KeyError, TypeError) as error:
            raise _unreadable("its answer lacks the checks") from error

    async def compare(
        self, challenger: Path, champion: Path, positives: Path | None, negatives: Path | None, runs: Sequence[Path]
    ) -> dict[str, Any]:
        """Return the comparison of `wakesmith compare`, as it says it.

        Raises:
            Unavailable: the trainer cannot say.
        """
        words = ["compare", "--json"]
        words += ["--positives", str(positives)] if positives else []
        words += ["--negatives", str(negatives)] if negatives else []
        words += [word for run in runs for word in ("--run", str(run))]
        return await self._ask(_LONG_S, (0,), *words, "--", str(challenger), str(champion))

    async def make_external(self, model: Path, folder: Path) -> None:
        """Have the model written into a folder for satellites that load words by themselves, with its manifest.

        Raises:
            Unavailable: the trainer cannot do it.
        """
        await self._run(_QUICK_S, (0,), "external", "--out", str(folder), "--", str(model))

    async def _ask(self, limit_s: float, good: Sequence[int], *words: str) -> dict[str, Any]:
        out = await self._run(limit_s, good, *words)
        try:
            found = json.loads(out)
        except ValueError as error:
            raise _unreadable("its answer is no JSON") from error
        if not isinstance(found, dict):
            raise _unreadable("its answer is no object")
        return found

    async def _run(self, limit_s: float, good: Sequence[int], *words: str) -> bytes:
        try:
            child = await asyncio.create_subprocess_exec(
                *self.trainer, *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=self.env, start_new_session=True
            )
        except OSError as error:
            raise Unavailable(f"the trainer cannot be started: {error.strerror}", code="helper_missing") from error
        try:
            async with asyncio.timeout(limit_s):
                out, err = await child.communicate()
        except TimeoutError as error:
            raise Unavailable(
                f"{words[0]} took longer than {limit_s:g} s", hint="Try again when the machine is idle.", code="slow"
            ) from error
        finally:
            await Fetch(child).end()
        if child.returncode not in good:
            raise _unreadable(err.decode("utf-8", "replace").strip()[-_LAST:] or f"exit code {child.returncode}")
        return out


def _unreadable(why: str) -> Unavailable:
    return Unavailable(
        f"the trainer could not examine the model: {why}",
        hint="Try again; the app's log says more.",
        code="unexamined",
        values={"why": why},
    )
