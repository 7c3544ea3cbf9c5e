"""What import rules cannot say: submodules of other people's packages, and that the rules name every room."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

# Each module of others that one room alone may import, and that room.
OWNERS = {"aiohttp.web": "web", "paho": "announce", "zeroconf": "satellites"}


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.fixture(scope="module")
def imported(root: Path) -> dict[Path, set[str]]:
    files = [p for p in (root / "addon").rglob("*.py") if "node_modules" not in p.parts]
    return {path.relative_to(root / "addon"): set(imports(path)) for path in files}


def under(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize(("module", "room"), list(OWNERS.items()))
def test_one_room_alone_imports(imported: dict[Path, set[str]], module: str, room: str) -> None:
    users = {path for path, names in imported.items() if any(under(n, module) for n in names)}
    assert [p for p in users if p.parts[0] != room] == []
    if module == "aiohttp.web":
        assert users


def test_of_the_trainer_only_its_events_are_imported(imported: dict[Path, set[str]]) -> None:
    found = {n for names in imported.values() for n in names if under(n, "trainer")}
    assert found
    assert [n for n in found if not under(n, "trainer.events")] == []


def test_the_rule_about_events_names_every_other_part_of_the_trainer(root: Path) -> None:
    rules = (root / ".importlinter").read_text(encoding="utf-8")
    contract = rules.partition("[importlinter:contract:events]")[2].partition("[importlinter:")[0]
    forbidden = set(re.findall(r"^    trainer\.(\w+)$", contract, re.MULTILINE))
    parts = {p.stem for p in (root / "trainer").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert forbidden == parts - {"__init__", "events"}


def test_events_need_the_standard_library_alone(root: Path) -> None:
    found = {name.partition(".")[0] for name in imports(root / "trainer" / "events.py")}
    assert found <= {"json", "collections", "dataclasses", "enum", "typing", "types", "math"}
