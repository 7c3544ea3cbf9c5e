"""One question of the app: its parameters, and a way to say how far the answer is."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..errors import Refused

_PAUSE_S = 0.25  # between two lines that tell no new percentage
_LONGEST = 400  # characters of a line


class Progress:
    """Tells the app how far its question is, not more often than anyone can read."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]], number: int) -> None:
        self._send, self._number = send, number
        self._percent: int | None = None
        self._told = 0.0

    async def tell(self, line: str, percent: int | None = None) -> None:
        """Tell a line and, where it is known, a percentage."""
        now = time.monotonic()
        if percent in (None, self._percent) and now - self._told < _PAUSE_S:
            return
        self._told, self._percent = now, self._percent if percent is None else percent
        told = {"type": "progress", "id": self._number, "line": line[:_LONGEST], "percent": self._percent}
        await self._send(told)


@dataclass(frozen=True)
class Asking:
    """One question."""

    hass: HomeAssistant
    entry: ConfigEntry[Any]
    params: Mapping[str, Any]
    progress: Progress

    def text(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            Refused: it is not, or is no text.
        """
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(f"{name}: a text is needed. Received: {value!r}", code="params")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a parameter that is a list of texts; raises as `text`."""
        value = self.params.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refused(f"{name}: a list of texts is needed. Received: {value!r}", code="params")
        return value

    def seconds(self, name: str, default: float, most: float = 600.0) -> float:
        """Return a parameter that says how long."""
        value = self.params.get(name)
        return min(float(value), most) if isinstance(value, int | float) and value > 0 else default
