"""The integration in `custom_components/`: installed whole, updated, removed; nothing else is touched.

What is new is made in a folder beside, which holds no manifest of its own and is therefore nothing to Home Assistant,
and takes its place by being renamed; what was there stays until then. All of it blocks.
"""

import json
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon.errors import Conflict, NotFound, Unavailable

DOMAIN = "wakesmith"
BUNDLED = Path(__file__).parents[2] / "integration"  # beside the app's own source, in the image too
_ASIDE = f".{DOMAIN}-"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@dataclass(frozen=True)
class Installed:
    """What stands in the integration's place.

    Attributes:
        version: "" where there is none.
        foreign: something is there that is not ours.
        loaded: Home Assistant has loaded it since it was put there: Python left its compiled files.
    """

    version: str = ""
    foreign: bool = False
    loaded: bool = False


@dataclass(frozen=True)
class Installer:
    """Puts the integration where Home Assistant looks.

    Attributes:
        home: Home Assistant's configuration folder, or None.
        source: the integration that came with this app.
    """

    home: Path | None
    source: Path = BUNDLED

    @property
    def place(self) -> Path | None:
        """Where the integration belongs; None without Home Assistant's folder."""
        return self.home / "custom_components" / DOMAIN if self.home and self.home.is_dir() else None

    def offered(self) -> str:
        """Return the version that came with this app; "" where it came with none."""
        return _version(self.source)

    def find(self) -> Installed:
        """Return what is there."""
        place = self.place
        if place is None or not (place.is_symlink() or place.exists()):
            return Installed()
        version = "" if place.is_symlink() else _version(place)
        return Installed(version, foreign=not version, loaded=bool(version) and (place / "__pycache__").is_dir())

    def install(self) -> Installed:
        """Put the integration there, or the version of this app in the place of another.

        Raises:
            Unavailable: there is no folder of Home Assistant's (`no_home`), it cannot be written (`home_read_only`),
                or the app came without the integration (`not_bundled`).
            Conflict: what is there is not ours (`not_ours`).
        """
        place = self._own_place()
        if not self.offered():
            raise Unavailable("this app came without its integration", "Install the app anew.", "not_bundled")
        aside = place.with_name(_ASIDE + secrets.token_hex(4))
        try:
            place.parent.mkdir(exist_ok=True)
            shutil.copytree(self.source, aside / "new", ignore=_LEFT_OUT)
            _exchange(aside, place)
        except OSError as error:
            raise _unwritten(place, error) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return self.find()

    def remove(self) -> None:
        """Take the integration away.

        Raises:
            NotFound: there is none. Unavailable, Conflict: as `install`.
        """
        place = self._own_place()
        if not place.exists():
            raise NotFound("the integration is not installed")
        aside = place.with_name(_ASIDE + secrets.token_hex(4))
        try:
            aside.mkdir()
            place.rename(aside / "old")  # gone at once, not file by file
        except OSError as error:
            raise _unwritten(place, error) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def tidy(self) -> None:
        """End what a killed app was in the middle of: a whole new version takes its place, the rest goes."""
        if (place := self.place) is None or place.parent.is_symlink():
            return
        for aside in place.parent.glob(f"{_ASIDE}*"):
            with suppress(OSError):
                for name in ("old", "new"):  # the old one is surely whole; nothing was told of the new one
                    if not place.exists() and _version(aside / name):
                        (aside / name).rename(place)
            shutil.rmtree(aside, ignore_errors=True)

    def _own_place(self) -> Path:
        """Return where the integration belongs, if we may write there."""
        if (place := self.place) is None:
            raise Unavailable(
                "Home Assistant's configuration folder is not here",
                hint="Start the app with --homeassistant and that folder, or copy the integration there yourself.",
                code="no_home",
            )
        if place.parent.is_symlink() or self.find().foreign:
            raise Conflict(
                f"custom_components/{DOMAIN} is not of this app's making",
                hint="It is a link or another integration: move it away, then install again.",
                code="not_ours",
            )
        return place


def _exchange(aside: Path, place: Path) -> None:
    """Let the new folder take the place of the old one, which comes back if that fails."""
    there = place.exists()
    if there:
        place.rename(aside / "old")
    try:
        (aside / "new").rename(place)
    except OSError:
        if there:
            (aside / "old").rename(place)
        raise


def _version(folder: Path) -> str:
    """Return the version of an integration of ours in a folder, else ""."""
    try:
        manifest: Any = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    if not isinstance(manifest, dict) or manifest.get("domain") != DOMAIN:
        return ""
    return str(manifest.get("version") or "")


def _unwritten(place: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"{place.parent} cannot be written: {error.strerror or error}",
        hint="Let the app write to Home Assistant's configuration folder, and see that its disk is not full.",
        code="home_read_only",
        values={"folder": str(place.parent), "why": str(error.strerror or error)},
    )
