"""What the app asks of Home Assistant, and the answers: one file a noun."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..errors import Refused, WakesmithError
from .asking import Asking, Progress
from .dashboard import check, compile_firmware, upload_firmware
from .notifications import dismiss, notify
from .satellites import list_satellites
from .sensitivity import set_sensitivity
from .wake_words import refresh_wake_words, select_wake_word

type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Answer = Callable[[Asking], Awaitable[dict[str, Any]]]

ANSWERS: Mapping[str, Answer] = {
    "satellites": list_satellites,
    "check": check,
    "compile": compile_firmware,
    "upload": upload_firmware,
    "refresh_wake_words": refresh_wake_words,
    "select_wake_word": select_wake_word,
    "set_sensitivity": set_sensitivity,
    "notify": notify,
    "dismiss": dismiss,
}
_OUTLIVES = "upload"  # a device that is being written to is written to the end, though nobody listens any more


class Asks:
    """The questions that are being answered."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], send: Send) -> None:
        self._hass, self._entry, self._send = hass, entry, send
        self._tasks: dict[int, tuple[str, asyncio.Task[None]]] = {}

    @callback
    def hear(self, message: Mapping[str, Any]) -> None:
        """Begin to answer, or stop; what is no question is passed over."""
        match message:
            case {"type": "ask", "id": int(number), "what": str(what)}:
                params = message.get("params")
                asking = Asking(
                    self._hass, self._entry, params if isinstance(params, dict) else {}, Progress(self._send, number)
                )
                task = self._entry.async_create_background_task(
                    self._hass, self._answer(number, what, asking), f"wakesmith {what}"
                )
                self._tasks[number] = (what, task)
                task.add_done_callback(lambda _task: self._tasks.pop(number, None))
            case {"type": "cancel", "id": int(number)} if number in self._tasks:
                self._tasks[number][1].cancel()

    @callback
    def leave(self) -> None:
        """Stop, save what must be done to the end: the link is lost, and nobody waits for answers."""
        for what, task in tuple(self._tasks.values()):
            if what != _OUTLIVES:
                task.cancel()
        self._tasks.clear()  # the numbers of the next link begin anew

    @callback
    def stop(self) -> None:
        """Stop all."""
        for _what, task in tuple(self._tasks.values()):
            task.cancel()

    async def _answer(self, number: int, what: str, asking: Asking) -> None:
        try:
            if what not in ANSWERS:
                raise Refused(
                    f"this version of the integration cannot do {what!r}",
                    "Update the Wakesmith integration.",
                    "unknown",
                )
            result = await ANSWERS[what](asking)
        except WakesmithError as error:
            await self._send({"type": "refused", "id": number, "error": error.told()})
        except Exception as error:
            LOGGER.exception("Could not answer %s", what)
            failure = Refused(f"unexpected {type(error).__name__}", "Home Assistant's log says where.", "unexpected")
            await self._send({"type": "refused", "id": number, "error": failure.told()})
        else:
            await self._send({"type": "answer", "id": number, "result": result})
