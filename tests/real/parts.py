"""Where script/parts has put the real programs; a test that needs one that is not here is skipped, and says so."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / ".venvs"
SYSTEM = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def program(name: str, part: str) -> str:
    """Return the path of a program of the system."""
    found = shutil.which(name, path=SYSTEM)
    if found is None:
        pytest.skip(f"{name} is not here: script/parts {part}")
    return found


def inside(part: str, path: str) -> Path:
    """Return a path within what `script/parts PART` has made, such as `bin/python`."""
    found = HERE / part / path
    if not (HERE / ".wakesmith" / part).exists() or not found.exists():
        pytest.skip(f"{part} is not here: script/parts {part}")
    return found
