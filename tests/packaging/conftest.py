"""What packaging tests read: the files of a checkout, as git sees them."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def list_sources() -> list[Path]:
    """Return every file that is tracked or would be, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"needs a git checkout: {found.stderr.strip()}")
    return sorted(Path(name) for name in found.stdout.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> list[Path]:
    return list_sources()


@pytest.fixture(scope="session")
def texts(sources: list[Path]) -> dict[Path, str]:
    """Every file that is text."""
    found = {}
    for path in sources:
        data = (ROOT / path).read_bytes()
        if b"\0" not in data[:4096]:
            found[path] = data.decode("utf-8", "replace")
    return found
