"""The parameters of a request, each checked as it is taken."""

from math import isfinite
from pathlib import Path
from typing import Any

from trainer.errors import RecipeError

_REQUIRED: Any = object()
LONGEST_TEXT = 10_000  # characters


class Params:
    """Values by name. What is missing, of the wrong kind or out of range is a `RecipeError` of code `bad_params`."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: str = _REQUIRED) -> str:
        """Return a text; null counts as absent."""
        value = self._take(name, default)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise refuse(name, f"a text of at most {LONGEST_TEXT:,} characters", value)
        return value

    def long_text(self, name: str) -> str:
        """Return a text of any length."""
        value = self._take(name, _REQUIRED)
        if not isinstance(value, str):
            raise refuse(name, "a text", value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, by default none."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise refuse(name, "a list of texts", value)
        return tuple(value)

    def rows(self, name: str) -> list["Params"]:
        """Return a list of objects, by default none."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise refuse(name, "a list of objects", value)
        return [Params(item) for item in value]

    def path(self, name: str) -> Path:
        """Return a path."""
        value = self.text(name)
        if not value or "\0" in value:
            raise refuse(name, "a path", value)
        return Path(value)

    def flag(self, name: str) -> bool:
        """Return true or false, by default false."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise refuse(name, "true or false", value)
        return value

    def number(self, name: str) -> float | None:
        """Return a number, or None where it is absent."""
        value = self._take(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise refuse(name, "a number", value)
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number between two bounds, or None where it is absent."""
        value = self._take(name, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high):
            raise refuse(name, f"a whole number from {low} to {high}", value)
        return value

    def _take(self, name: str, default: Any) -> Any:
        value = self._values.get(name)
        if value is None and default is _REQUIRED:
            raise RecipeError(f"the parameter {name!r} is missing", code="bad_params")
        return default if value is None else value


def refuse(name: str, allowed: str, value: object) -> RecipeError:
    """Return the error for a value that is not allowed."""
    return RecipeError(f"{name}: {allowed} is allowed. Received: {str(value)[:200]!r}", code="bad_params")
