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


def always_on(file: str) -> Note:
    """Return that the word is switched on at each start."""
    return Note(
        "always_on",
        f"In {file}, voice_assistant does not name micro_wake_word: the word is always on, and Home Assistant cannot "
        "switch it off.",
        "Add micro_wake_word to voice_assistant to choose the words in Home Assistant.",
        {"file": file},
    )


def never_on(file: str) -> Note:
    """Return that nothing switches the word on."""
    return Note(
        "never_on",
        f"In {file}, voice_assistant does not name micro_wake_word: nothing switches the word on.",
        "Add micro_wake_word to voice_assistant to choose the words in Home Assistant.",
        {"file": file},
    )


def same_word(word: str) -> Note:
    """Return that the device has a model of the same name already."""
    return Note(
        "same_word",
        f"The device has another model for {word} too: in Home Assistant both may have one name.",
        "Take the other out in ESPHome if the wrong one answers.",
        {"word": word},
    )
