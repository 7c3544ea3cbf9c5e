"""What a deployment works with: who publishes, who edits YAML, who compiles and flashes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from addon.bus import Bus
from addon.fleet import Publication
from addon.homeassistant.link import Link, Progress
from addon.publish.edits import Undone
from addon.satellites.roster import Roster
from addon.store import Store


class Publisher(Protocol):
    """Puts a model's files where ESPHome and Home Assistant look."""

    async def publish(self, model: str, override: bool = False, replace: bool = False) -> Publication:
        """Publish a model, if the gate lets it pass; `override` and `replace` as docs/satellites.md says."""

    async def rollback(self, word: str) -> Publication:
        """Publish the version before again."""

    async def offer(self, model: str) -> bool:
        """Put back the files of a version, though another counts; say whether they were missing."""

    async def tidy(self, active: Collection[str] | None = None) -> list[str]:
        """Take away what nobody needs any more; `active`: versions that satellites listen for, None: not known."""


class Change(Protocol):
    """What an edit of a YAML file would be."""

    @property
    def diff(self) -> str:
        """The change as a unified diff; "" where there is none."""

    @property
    def notes(self) -> Sequence[Any]:
        """What to know before it is taken; each has `told()`."""


class Editor(Protocol):
    """Brings a model into a device's YAML file, and takes it back."""

    async def preview(self, configuration: str, model: str) -> Change:
        """Return what would be changed; AppError where the device cannot take it."""

    async def apply(self, configuration: str, model: str) -> str:
        """Write the edit; return its id, "" where nothing was to be changed."""

    async def since(self, model: str, time: str) -> list[str]:
        """Return the ids of edits that brought a model since a time and were not taken back."""

    async def undo(self, edit: str) -> Undone:
        """Put the file back byte for byte; where it was changed since, take our lines out of it alone."""


class Flasher(Protocol):
    """ESPHome, as it can be had: each raises an AppError with the tool's own words."""

    async def check(self, configuration: str, progress: Progress) -> None:
        """Have ESPHome read a YAML file."""

    async def compile(self, configuration: str, progress: Progress) -> None:
        """Build the firmware."""

    async def upload(self, configuration: str, progress: Progress) -> None:
        """Send the firmware to the device."""


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        silence: for a tool that says nothing. `back`: for a satellite that starts anew after it was flashed.
        away: for one that is not connected when its turn comes.
        restart: within which Home Assistant notices that it does. `look`: between two looks at it.
        chosen: for a satellite that shall listen for a word.
    """

    silence: float = 600.0
    back: float = 120.0
    away: float = 20.0
    restart: float = 15.0
    chosen: float = 60.0
    look: float = 3.0


@dataclass(frozen=True)
class Means:
    """All of it.

    Attributes:
        flasher: gives who flashes now; Unavailable where nobody can.
    """

    store: Store
    bus: Bus
    link: Link
    roster: Roster
    publisher: Publisher
    editor: Editor
    flasher: Callable[[], Flasher]
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class LinkFlasher:
    """ESPHome's dashboard, asked through Home Assistant's integration."""

    link: Link
    silence_s: float = Patience.silence

    async def check(self, configuration: str, progress: Progress) -> None:
        """Have ESPHome read a YAML file."""
        await self._ask("check", {"configuration": configuration}, progress)

    async def compile(self, configuration: str, progress: Progress) -> None:
        """Build the firmware."""
        await self._ask("compile", {"configuration": configuration}, progress)

    async def upload(self, configuration: str, progress: Progress) -> None:
        """Send the firmware to the device."""
        await self._ask("upload", {"configuration": configuration, "port": "OTA"}, progress)

    async def _ask(self, what: str, params: dict[str, Any], progress: Progress) -> None:
        await self.link.ask(what, params, timeout_s=self.silence_s, progress=progress)
