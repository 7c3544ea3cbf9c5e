"""The trainer's exception tree, and the exit code that each branch ends the command with.

WakesmithError          1
├── RecipeError         2   a choice is unknown or out of range (also: wrong command line)
├── PhraseError         3   the phrase cannot become a wake word
├── AudioError          4   one recording cannot be used
├── DataError           4   a folder, a pack or a manifest cannot be used
├── VoiceError          5   a voice is missing or fails
├── TrainingError       6   training cannot go on
├── ModelError          7   a model is refused by the gate, or cannot be read
├── DownloadError       8   a download failed or is not what was promised
├── ResourceError       9   disk, memory or processor
└── Cancelled           130 stopped by the user; what was finished is kept
"""

from collections.abc import Mapping
from typing import ClassVar

# What a message names, under stable names: with the code, all that is needed to say it in another language.
Values = Mapping[str, str | int | float]


class WakesmithError(Exception):
    """A failure that the user can understand.

    Args:
        message: what happened, with the value received.
        hint: what to do about it; what was kept.
        code: a stable key for programs; the class's own by default.
        values: what the message names.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "failed"

    def __init__(
        self, message: str, *, hint: str = "", code: str | None = None, values: Values | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        self.values = dict(values or {})

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.code, self.values)


def _rebuild(kind: type[WakesmithError], message: str, hint: str, code: str, values: Values) -> WakesmithError:
    """Keep all but the message when an error crosses a process boundary."""
    return kind(message, hint=hint, code=code, values=values)


class RecipeError(WakesmithError):
    """A choice is unknown, of the wrong type or out of range."""

    exit_code = 2
    default_code = "recipe"


class PhraseError(WakesmithError):
    """The phrase cannot become a wake word."""

    exit_code = 3
    default_code = "phrase"


class AudioError(WakesmithError):
    """One recording cannot be used; `code` is the reason that rejections are counted under."""

    exit_code = 4
    default_code = "audio"


class DataError(WakesmithError):
    """A folder, a pack or a manifest cannot be used."""

    exit_code = 4
    default_code = "data"


class VoiceError(WakesmithError):
    """A voice is missing or fails."""

    exit_code = 5
    default_code = "voice"


class TrainingError(WakesmithError):
    """Training cannot go on."""

    exit_code = 6
    default_code = "training"


class ModelError(WakesmithError):
    """A model is refused by the gate, or cannot be read."""

    exit_code = 7
    default_code = "model"


class DownloadError(WakesmithError):
    """A download failed, or what came is not what was promised."""

    exit_code = 8
    default_code = "download"


class ResourceError(WakesmithError):
    """Disk, memory or processor do not suffice."""

    exit_code = 9
    default_code = "resource"


class Cancelled(WakesmithError):
    """Stopped by the user; finished stages are kept."""

    exit_code = 130
    default_code = "cancelled"
