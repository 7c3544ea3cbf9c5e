"""What trainer and service say by code: the panel has its own text for each, and only of values that are sent."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.phrase.collisions import MESSAGES

CATALOGUES = Path("addon/frontend/translations")
# Calls that make a message: its family, and the places of code and values among the arguments.
MAKERS = {"Advice": ("advice", 1, 4), "Warning": ("warning", 0, 3)}
# Values that the panel adds.
GIVEN = {"message", "hint"}

Values = frozenset[str]
Codes = dict[str, dict[str, list[Values]]]


@pytest.fixture(scope="module")
def sent(root: Path) -> Codes:
    """Return by family and code what values each place sends that can send it."""
    found: Codes = defaultdict(lambda: defaultdict(list))
    for path in sorted([*(root / "trainer").rglob("*.py"), *(root / "addon").rglob("*.py")]):
        for family, code, values in find_messages(ast.parse(path.read_text(encoding="utf-8"))):
            found[family][code].append(values)
    for code, text in MESSAGES.items():
        found["collision"][code].append(frozenset(re.findall(r"\{(\w+)", text)))
    return found


def find_messages(tree: ast.AST) -> Iterator[tuple[str, str, Values]]:
    """Yield family, code and names of values of every message that is made with a code that stands there."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        named = {word.arg: word.value for word in node.keywords}
        family, at, last = MAKERS.get(name, ("error", -1, -1))
        code = named.get("code") or (node.args[at] if 0 <= at < len(node.args) else None)
        values = named.get("values") or (node.args[last] if 0 <= last < len(node.args) else None)
        if (at >= 0 or name.endswith("Error")) and isinstance(code, ast.Constant) and isinstance(code.value, str):
            keys = values.keys if isinstance(values, ast.Dict) else ()
            yield family, code.value, frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))


@pytest.fixture(scope="module", params=["en", "de"])
def texts(request: pytest.FixtureRequest, root: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((root / CATALOGUES / f"{request.param}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("family", ["advice", "collision"])
def test_every_code_has_a_text(sent: Codes, texts: dict[str, str], family: str) -> None:
    assert sent[family]
    assert sorted(code for code in sent[family] if f"{family}.{code}" not in texts) == []


@pytest.mark.parametrize("family", ["advice", "collision", "warning", "error"])
def test_texts_name_only_what_is_sent(sent: Codes, texts: dict[str, str], family: str) -> None:
    for code, places in sent[family].items():
        always = frozenset.intersection(*places) | GIVEN
        for key in (f"{family}.{code}", f"{family}.{code}.hint", f"{family}.{code}.one", f"{family}.{code}.other"):
            assert set(re.findall(r"\{(\w+)\}", texts.get(key, ""))) <= always, key
