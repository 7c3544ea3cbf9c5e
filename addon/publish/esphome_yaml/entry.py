"""The model that a configuration gains, and what it is called there."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from addon.fleet import word_of

PREFIX = "wakesmith"
_ID = re.compile(r"(?P<word>[a-z0-9_]{1,64}?)_v(?P<version>\d+)")
_PATH = re.compile(r"[\w./-]+\.json")
_NAME = re.compile(r"[\w +.%-]{1,40}")


@dataclass(frozen=True)
class Choice:
    """A sensitivity that the user can choose on the device.

    Attributes:
        name: as the device shows it, for example "medium"; letters, digits, spaces and `_+.%-`.
        cutoff: of the quantised probability, 0..255, as `set_probability_cutoff` takes it.
    """

    name: str
    cutoff: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not 0 <= self.cutoff <= 255:
            raise ValueError(f"A choice has a plain name and a cutoff of 0 to 255. Received: {self}")


@dataclass(frozen=True)
class ModelEntry:
    """A published model as a device's configuration names it.

    Attributes:
        id: of the model, versioned: `hey_jarvis_v2`.
        manifest: its path, relative to the device's main file, `/` between folders.
        choices: sensitivities; none: the device gets no select, the manifest's cutoff stays.
        chosen: the name of the choice that counts until the user chooses.
    """

    id: str
    manifest: str
    choices: tuple[Choice, ...] = ()
    chosen: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or not _PATH.fullmatch(self.manifest):
            raise ValueError(f"A model is named as in hey_jarvis_v2, its manifest NAME.json. Received: {self}")
        if self.choices and self.chosen not in {choice.name for choice in self.choices}:
            raise ValueError(f"The chosen sensitivity is one of the choices. Received: {self}")

    @property
    def word(self) -> str:
        """What all its versions have in common: `hey_jarvis`."""
        return word_of(self.id)


def model_of(path: str, word: str = "") -> str:
    """Return the model id of a manifest of ours in a `wakesmith` folder (of that word alone, if given), else ""."""
    pure = PurePosixPath(path.strip())
    found = _ID.fullmatch(pure.stem)
    if found is None or pure.suffix != ".json" or pure.parent.name != PREFIX or "://" in path:
        return ""
    return pure.stem if not word or found["word"] == word else ""


def model_id(word: str) -> str:
    """Return the device's id of a word's model. The same for all versions, so that the word stays switched on."""
    return f"{PREFIX}_{word}"


def sensitivity_id(word: str) -> str:
    """Return the device's id of a word's sensitivity; its entity's name comes to the same (`sensitivity_name`)."""
    return f"{PREFIX}_{word}_sensitivity"


def sensitivity_name(word: str) -> str:
    """Return the entity's name: in lower case, with `_` for spaces, it is `sensitivity_id`."""
    return f"{PREFIX.capitalize()} {word.replace('_', ' ')} sensitivity"
