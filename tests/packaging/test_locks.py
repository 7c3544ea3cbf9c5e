"""The lock files: whole, hashed, of nobody's machine; and the places that say the same version."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import trainer

ORDER = ("cli", "pipeline", "export", "evaluation", "tuning", "training", "model", "features", "samples", "data",
         "phrase", "core", "recipe", "events", "errors")  # fmt: skip
# What the files of these two do not say; both are Apache-2.0 in their sources.
SILENT = {"namex", "tflite-micro"}
PARTS = ("builders", "esphome", "home-assistant", "satellite")
# Where a package is imported by another name than it is asked for.
CALLED = {"paho": "paho-mqtt", "yaml": "pyyaml"}
SETS = ("cpu", "gpu", "dev", "bench", "tune", "kokoro", "embedding", "node", *PARTS)


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def entries(text: str) -> list[str]:
    """Return each requirement with its hashes, on one line."""
    plain = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    return [line.strip() for line in plain.replace("\\\n", " ").splitlines() if line.strip()]


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_pinned_and_hashed(root: Path, name: str) -> None:
    found = entries((root / f"requirements/{name}.lock").read_text())
    assert found
    for entry in found:
        assert re.match(r"[a-z0-9._-]+==\S+( ;|\s)", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("name", SETS)
def test_no_host_and_no_path(root: Path, name: str) -> None:
    text = (root / f"requirements/{name}.lock").read_text()
    assert not re.search(r"://|file:|--(extra-)?index|--find-links|@ |\.\./", text)


def test_locks_hold_what_the_project_needs(root: Path, project: dict[str, Any]) -> None:
    needed = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    for lock, names in {
        "cpu": ("cpu", "app", "voices", "install"),
        "gpu": ("gpu", "app", "voices", "install"),
        "dev": ("dev",),
        "tune": ("tune",),
    }.items():
        locked = {name_of(e) for e in entries((root / f"requirements/{lock}.lock").read_text())}
        wanted = {name_of(r) for r in [*needed, *(r for n in names for r in extras[n])]}
        assert wanted <= locked, lock


def test_sets_that_are_installed_together_agree(root: Path) -> None:
    versions: dict[str, set[str]] = {}
    for lock in ("cpu", "dev", "bench", "tune"):
        for entry in entries((root / f"requirements/{lock}.lock").read_text()):
            pin = entry.split("--hash")[0].strip()
            versions.setdefault(pin.split("==")[0] + pin.partition(";")[2], set()).add(pin)
    assert {name: pins for name, pins in versions.items() if len(pins) > 1} == {}


def test_every_licence_is_known(root: Path) -> None:
    locks = [
        entries((root / f"requirements/{name}.lock").read_text())
        for name in ("cpu", "dev", "kokoro", "embedding", "node")
    ]
    known, unknown = 0, set()
    for name in {name_of(entry) for lock in locks for entry in lock}:
        try:
            about = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another platform
        kinds = [c for c in about.get_all("Classifier", []) if c.startswith("License ::")]
        if about.get("License-Expression") or about.get("License") or kinds:
            known += 1
        else:
            unknown.add(name)
    assert known > 50
    assert unknown <= SILENT


def test_an_app_that_stands_alone_names_what_it_imports(root: Path, project: dict[str, Any]) -> None:
    files = (root / "addon").rglob("*.py")
    modules = {m for p in files for m in re.findall(r"^(?:from|import) (\w+)", p.read_text(), re.MULTILINE)}
    others = modules - set(sys.stdlib_module_names) - {"addon", "trainer"}
    named = {name_of(requirement) for requirement in project["project"]["optional-dependencies"]["app"]}
    assert others
    assert {CALLED.get(name, name) for name in others} <= named


def test_styles_are_pinned_by_their_hash(root: Path) -> None:
    assert re.fullmatch(
        r"kokoro-js@\d+\.\d+\.\d+ sha512-[A-Za-z0-9+/=]{88}\n", (root / "requirements/styles.lock").read_text()
    )


def test_one_version_everywhere(root: Path, project: dict[str, Any]) -> None:
    newest = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == trainer.__version__
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "trainer.__version__"}
    try:
        installed = importlib.metadata.version("wakesmith")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the project is not installed here")
    assert installed == trainer.__version__


def test_licence_is_that_of_the_voices_engine(root: Path, project: dict[str, Any]) -> None:
    assert "GNU GENERAL PUBLIC LICENSE" in (root / "LICENSE").read_text()[:200]
    assert project["project"]["license"] == "GPL-3.0-or-later"  # piper-tts is GPL-3.0-or-later


def test_import_rules_name_every_room(root: Path) -> None:
    rules = (root / ".importlinter").read_text()
    rooms = {p.name for p in (root / "trainer").iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert rooms
    assert [room for room in rooms if f"trainer.{room}\n" not in rules] == []
    order = [rules.index(f"trainer.{room}\n") for room in ORDER]
    assert order == sorted(order)
