"""What was deleted, for a while: a folder of things that can be put back."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

KEPT_DAYS = 30
_DAY_S = 86400


@dataclass(frozen=True)
class Trash:
    """A folder; what lies in it is named `<kind>-<id>`."""

    folder: Path

    def take(self, kind: str, ident: str, path: Path) -> None:
        """Move a file or folder here; what is already gone is no error."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self._place(kind, ident)
        if path.exists():
            _remove(place)
            path.rename(place)
            place.touch()  # its days count from now

    def give_back(self, kind: str, ident: str, path: Path) -> bool:
        """Move it back; says whether it was still here."""
        place = self._place(kind, ident)
        if not place.exists():
            return path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        place.rename(path)
        return True

    def holds(self, kind: str, ident: str) -> bool:
        """Say whether it can be given back."""
        return self._place(kind, ident).exists()

    def empty(self, days: float = KEPT_DAYS) -> list[tuple[str, str]]:
        """Remove what has lain here for so many days; return the kind and id of each."""
        old = time.time() - days * _DAY_S
        gone = [p for p in self.folder.glob("*-*") if p.stat().st_mtime <= old]
        for path in gone:
            _remove(path)
        return [(kind, ident) for kind, _, ident in (path.name.partition("-") for path in gone)]

    def _place(self, kind: str, ident: str) -> Path:
        return self.folder / f"{kind}-{ident}"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
