"""Home Assistant's integration: its types and its own tests, which run where Home Assistant is installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

LEAST = 95  # percent of its lines that its tests run


@pytest.fixture(scope="module")
def core(root: Path) -> Path:
    """The Python of Home Assistant's environment."""
    python = root / ".venvs" / "home-assistant" / "bin" / "python"
    if not python.is_file():
        pytest.skip("needs Home Assistant: script/parts home-assistant")
    return python


def test_it_imports_nothing_of_the_app_or_the_trainer(root: Path) -> None:
    """Only Home Assistant, what it ships, and the standard library are there when core loads it."""
    found = set()
    for path in (root / "integration").rglob("*.py"):  # by lines: its syntax is newer than this Python may read
        found |= set(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert found - sys.stdlib_module_names == {"aiohttp", "homeassistant", "voluptuous", "yarl"}


def test_the_marketplace_is_given_what_it_looks_for(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    assert run(root / "script/marketplace", folder, cwd=tmp_path).returncode == 0
    assert (folder / "custom_components/wakesmith/manifest.json").is_file()
    assert (folder / "hacs.json").is_file()
    assert list(folder.rglob("__pycache__")) == []
    again = run(root / "script/marketplace", folder, cwd=tmp_path)
    assert (again.returncode, "choose another" in again.stderr) == (1, True)


def run(*command: object, cwd: Path, **variables: object) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_", "COVERAGE_"))}
    kept |= {key: str(value) for key, value in variables.items()}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=kept, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_its_types_are_those_of_home_assistant(root: Path, core: Path, tmp_path: Path) -> None:
    """The types are read by this environment's mypy, of the other's packages; it is named as core names it."""
    place = tmp_path / "custom_components"
    place.mkdir()
    (place / "wakesmith").symlink_to(root / "integration")
    settings = ("--config-file", root / "tests/integration/mypy.ini", "--cache-dir", root / ".mypy_cache/integration")
    mypy = root / ".venv" / "bin" / "mypy"
    found = run(mypy, "--python-executable", core, *settings, "custom_components/wakesmith", cwd=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.slow
def test_its_own_tests_pass_and_run_nearly_all_of_it(
    root: Path, core: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ("--cov=integration", "--cov-report=term", f"--cov-fail-under={LEAST}")
    command = (core, "-m", "pytest", "--color=no", "tests/integration", *report)
    found = run(*command, cwd=root, COVERAGE_FILE=tmp_path / "coverage")
    assert found.returncode == 0, found.stdout[-6000:]
    total = re.search(r"^TOTAL\s.*?(\d+)%", found.stdout, re.MULTILINE)
    assert total, found.stdout[-2000:]
    with capsys.disabled():
        print(f"\nthe integration's tests run {total[1]} % of its lines")  # noqa: T201, the figure is what one wants to know
