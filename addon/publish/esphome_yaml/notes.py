"""What is worth knowing before an edit is taken."""

from dataclasses import dataclass
from typing import Any

from addon.errors import Values


@dataclass(frozen=True)
class Note:
    """Something worth knowing before the edit is taken; code and values say it in other languages."""

    code: str
    message: str
    hint: str
    values: Values

    def told(self) -> dict[str, Any]:
        """Return it as the API says it."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "values": dict(self.values)}


def unseen_package(package: str) -> Note:
    """Return that a package is not one that we know, and cannot be read here."""
    return Note(
        "unseen_package",
        f"Whether {package} listens for wake words on the device cannot be seen here.",
        "If it does not, the word is built in and nothing happens when it is said.",
        {"package": package},
    )


def no_select(file: str) -> Note:
    """Return that the device gets no entity for the sensitivity."""
    return Note(
        "no_select",
        f"Its sensitivity will not be adjustable on the device: select is no list in {file}.",
        "Write it as a list (- platform: ...) and send the word again.",
        {"file": file},
    )


def word_first() -> Note:
    """Return that a package's items come before the main file's."""
    message = "The word stands first in the device's list: on a new device it is the one that is switched on."
    return Note("word_first", message, "", {})
