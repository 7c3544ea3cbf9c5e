"""One satellite of a deployment, step by step, to its end."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

from addon.errors import AppError, Conflict, Unavailable
from addon.fleet import Delivery, Satellite, Target, TargetState, word_of
from addon.publish.esphome_yaml.entry import model_id
from addon.satellites.means import Means
from addon.satellites.versions import listens

_LINES = 20  # of a tool, that are kept for a failure
_log = logging.getLogger(__name__)


class Step(Protocol):
    """A step of ESPHome's."""

    def __call__(self, configuration: str, progress: Callable[[str, int | None], None]) -> Awaitable[None]:
        """Do it for a YAML file."""


class Courier:
    """Brings a model to one satellite, or takes it back. `target` is always as it stands now."""

    def __init__(
        self,
        means: Means,
        model: str,
        target: Target,
        save: Callable[[Target], Awaitable[None]],
        tell: Callable[[Target], None],
    ) -> None:
        """Make it.

        Args:
            save: keeps the target and tells of it. `tell`: tells of it only.
        """
        self.target = target
        self._means, self._model, self._save, self._tell = means, model, save, tell
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._mending = self._file_is_back = False

    @property
    def firm(self) -> bool:
        """Whether the device is being changed, or its file put back: from here on it is not stopped half way."""
        return self._mending or self.target.flashed or self.target.state is TargetState.ACTIVATING

    async def send(self) -> None:
        """Do all steps. Raises nothing: what went wrong is in the target."""
        await self._guarded(self._send)

    async def take_back(self, done: Target) -> None:
        """Undo what was done to the satellite; `done` is the target as it ended."""
        await self._guarded(lambda: self._take_back(done))

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            hint = await self._mend()
            if self.target.flashed:
                message = f"the app ended while {self.target.name} was being flashed"
                await self._set(state=TargetState.FAILED, code="interrupted_flash", message=message, hint=hint)
            else:
                await self._set(state=TargetState.CANCELLED, code="cancelled", message="stopped", hint=hint)
        except AppError as error:
            await self._fail(error)
        except Exception:
            _log.exception("%s", self.target.name)
            await self._fail(AppError("something unexpected happened", "The app's log says where."))

    async def _send(self) -> None:
        satellite = await self._find()
        await self._set(delivery=satellite.delivery, before=satellite.active)
        if satellite.delivery is Delivery.EXTERNAL:
            await self._set(state=TargetState.PLACING)
            await self._means.link.ask("refresh_wake_words", {"entities": [satellite.entity]})
            await self._choose(satellite, self._model)
        else:
            await self._set(state=TargetState.EDITING)
            edit = await self._edit(satellite)
            await self._set(edit=edit)
            if edit or self._model not in satellite.available:
                await self._flash(satellite)
                await self._confirm(word_of(self._model))
            elif self._model not in satellite.active:  # it was flashed with it before, and listens for another
                await self._choose(satellite, model_id(word_of(self._model)))
        await self._set(state=TargetState.DONE, percent=None, line="")

    async def _take_back(self, done: Target) -> None:
        satellite = await self._find()
        if done.delivery is Delivery.EXTERNAL:
            await self._choose_before(satellite, done)
        else:
            await self._set(state=TargetState.EDITING)
            if done.edit and not (undone := await self._means.editor.undo(done.edit)).exact:
                await self._set(code="inexact", message=undone.message)
            self._file_is_back = True
            await self._set(edit=done.edit)
            if done.flashed:
                await self._flash(satellite)
                await self._confirm("")
        await self._set(state=TargetState.DONE, percent=None, line="")

    async def _find(self) -> Satellite:
        """Return the satellite; one that is away is waited for a little, since it may be starting anew."""
        begun = time.monotonic()
        while True:
            satellite = self._means.roster.get(self.target.satellite)
            if satellite.delivery is Delivery.NONE:
                raise Conflict(satellite.message, satellite.hint, satellite.code, satellite.values)
            if satellite.online is not False:
                return satellite
            if time.monotonic() - begun > self._means.patience.away:
                message, hint = f"{satellite.name} is not connected", "Switch it on, then send again."
                raise Conflict(message, hint, "away", {"satellite": satellite.name})
            await asyncio.sleep(self._means.patience.look)
            await self._means.roster.ask()

    async def _edit(self, satellite: Satellite) -> str:
        """Have the YAML file edited. The thread that writes it is not stopped: what it wrote has to be put back."""
        writing = asyncio.ensure_future(self._means.editor.apply(_file(satellite), self._model))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            self.target = replace(self.target, edit=await writing)
            raise

    async def _flash(self, satellite: Satellite) -> None:
        flasher, file = self._means.flasher(), _file(satellite)
        await self._step(TargetState.CHECKING, flasher.check, file)
        await self._step(TargetState.COMPILING, flasher.compile, file)
        await self._set(flashed=True)
        await self._step(TargetState.UPLOADING, flasher.upload, file)

    async def _step(self, state: TargetState, step: Step, file: str) -> None:
        self._lines.clear()
        await self._set(state=state, percent=None, line="")
        await step(file, self._note)

    def _note(self, line: str, percent: int | None) -> None:
        if line.strip():
            self._lines.append(line.rstrip())
        known = self.target.percent if percent is None else min(max(percent, 0), 100)
        self.target = replace(self.target, line=line.strip()[:200] or self.target.line, percent=known)
        self._tell(self.target)

    async def _confirm(self, word: str) -> None:
        """Wait until the satellite is back; where it got a word, until it knows that, and have it listen for it."""
        await self._set(state=TargetState.ACTIVATING, percent=None, line="")
        satellite = self._means.roster.get(self.target.satellite)
        listening = word if satellite.entity else ""  # without one nobody says what it listens for
        if self._means.link.peer is not None:
            satellite = await self._await_back(listening)
        if not word:
            return
        if self._means.link.peer is None or satellite.entity is None:
            await self._set(
                code="unconfirmed",
                message="it was flashed; Home Assistant cannot be asked whether it listens",
                hint="Say the word to it.",
            )
        elif not listens(satellite.active, word):
            await self._choose(satellite, model_id(word))

    async def _await_back(self, word: str) -> Satellite:
        """Wait until a satellite that was flashed has started anew: it went away, or had the time to."""
        patience, begun, went = self._means.patience, time.monotonic(), False
        while True:
            await asyncio.sleep(patience.look)
            await self._means.roster.ask()
            satellite = self._means.roster.get(self.target.satellite)
            passed = time.monotonic() - begun
            went = went or satellite.online is False or passed >= patience.restart
            if went and satellite.online is not False and (not word or listens(satellite.available, word)):
                return satellite
            if passed > patience.back:
                raise _not_back(satellite, patience.back)

    async def _choose(self, satellite: Satellite, word: str) -> None:
        """Have a satellite listen for a word in the place of other versions of it, until it says that it does."""
        await self._set(state=TargetState.ACTIVATING, percent=None, line="")
        others = [id for id in satellite.active if word_of(id) == word_of(word) and id != word]
        active = await self._select(satellite, word, others)
        if word not in active:
            raise Unavailable(
                f"{satellite.name} does not listen for the word", "Choose it there by hand.", "inactive"
            )

    async def _choose_before(self, satellite: Satellite, done: Target) -> None:
        """Have a satellite listen for what it did before, in the place of the model."""
        await self._set(state=TargetState.ACTIVATING, percent=None, line="")
        lost = [id for id in done.before if id not in satellite.active]
        if lost and await self._means.publisher.offer(lost[0]):
            await self._means.link.ask("refresh_wake_words", {"entities": [satellite.entity]})
        await self._select(satellite, lost[0] if lost else "", [self._model])

    async def _select(self, satellite: Satellite, word: str, replaces: list[str]) -> list[str]:
        seconds = self._means.patience.chosen
        params = {"entity": satellite.entity, "word": word, "replaces": replaces, "seconds": seconds}
        answer = await self._means.link.ask("select_wake_word", params, timeout_s=seconds + 15)
        active = answer.get("active")
        return [str(id) for id in active] if isinstance(active, list) else []

    async def _fail(self, error: AppError) -> None:
        hint = " ".join(filter(None, (error.hint, await self._mend())))
        values = dict(error.values)
        if self._lines and "lines" not in values:
            values["lines"] = "\n".join(self._lines)
        told = {"code": error.code, "message": error.message, "hint": hint, "values": values}
        await self._set(state=TargetState.FAILED, percent=None, **told)

    async def _mend(self) -> str:
        """Put the YAML file back, if the device was not touched; return what is not as one would expect."""
        self._mending = True
        if self._file_is_back and not self.target.flashed:
            return "Its YAML file was put back, and the satellite is as it was: undo once more."
        if self.target.flashed or not self.target.edit:
            return ""
        try:
            undone = await self._means.editor.undo(self.target.edit)
        except AppError as error:
            return f"Its YAML file could not be put back: {error.message}."
        await self._set(edit="")
        return "" if undone.exact else f"{undone.message}."

    async def _set(self, **changes: Any) -> None:
        self.target = replace(self.target, **changes)
        await self._save(self.target)


def _file(satellite: Satellite) -> str:
    if satellite.configuration is None:
        raise Conflict(f"no YAML file of {satellite.name} is known", "Adopt it in ESPHome.", "no_yaml")
    return satellite.configuration


def _not_back(satellite: Satellite, seconds: float) -> AppError:
    values: dict[str, str | int | float] = {"satellite": satellite.name, "seconds": seconds}
    if satellite.online is False:
        message = f"{satellite.name} was flashed, and is not connected after {seconds:g} s"
        return Unavailable(message, "Look at its log in ESPHome.", "not_back", values)
    message = f"{satellite.name} was flashed, and does not offer the word after {seconds:g} s"
    return Unavailable(message, "Look at its log in ESPHome.", "not_offered", values)
