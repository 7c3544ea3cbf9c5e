"""What all tests share."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.real.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
collect_ignore = ["integration"]  # these run inside Home Assistant's environment: tests/packaging/test_integration.py


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development recordings beside the checkout; tests that need them say so where they are absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the development recordings in {folder}")
    return folder
