"""What trainer and service say by code: the panel has its own text for each, and only of values that are sent."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from trainer.phrase.collisions import MESSAGES

CATALOGUES = Path("addon/frontend/translations")
# Calls that make a message, by the program: the family, and the places of code and values among the arguments.
MAKERS = {
    "trainer": {"Advice": ("advice", 1, 4), "Warning": ("warning", 0, 3), "Caution": ("caution", 0, 2)},
    "addon": {
        "Warning": ("warning", 0, 3),
        "Check": ("check", 2, 5),
        "Verdict": ("end", 1, 4),
        "Note": ("note", 0, 3),
        "Way": ("satellite", 1, 4),
    },
}
FAMILIES = ("advice", "collision", "check", "end", "warning", "caution", "note", "satellite")
# Errors that people at a terminal meet, or programs that speak the helper's protocol; none comes to the panel.
ELSEWHERE = {
    "bad_params", "bad_request", "exists", "no_folder", "no_optuna", "no_session", "no_tensorboard", "other_weights",
    "too_many_sessions", "unknown_method",
}  # fmt: skip
# Values that the panel adds.
GIVEN = {"message", "hint"}

Maker = tuple[str, int, int]
Values = frozenset[str]
Codes = dict[str, dict[str, list[Values]]]


@pytest.fixture(scope="module")
def sent(root: Path) -> Codes:
    """Return by family and code what values each place sends that can send it."""
    found: Codes = defaultdict(lambda: defaultdict(list))
    for program, makers in MAKERS.items():
        for path in sorted((root / program).rglob("*.py")):
            for family, code, values in find_messages(path.read_text(encoding="utf-8"), makers):
                found[family][code].append(values)
    for code, text in MESSAGES.items():
        found["collision"][code].append(frozenset(re.findall(r"\{(\w+)", text)))
    return found


def find_messages(source: str, makers: Mapping[str, Maker]) -> Iterator[tuple[str, str, Values]]:
    """Yield family, code and names of values of every message that is made with a code that stands there."""
    named_dicts: dict[str, ast.expr] = {}  # the last of each name: a function writes its values above its messages
    for node in in_order(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named_dicts[node.targets[0].id] = node.value
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        words = {word.arg: word.value for word in node.keywords}
        family, at, last = makers.get(name, ("error", -1, -1))
        code = words.get("code") or (node.args[at] if 0 <= at < len(node.args) else None)
        values = words.get("values") or (node.args[last] if 0 <= last < len(node.args) else None)
        if isinstance(values, ast.Name):
            values = named_dicts.get(values.id)
        if (at >= 0 or name.endswith("Error")) and isinstance(code, ast.Constant) and isinstance(code.value, str):
            keys = values.keys if isinstance(values, ast.Dict) else ()
            yield family, code.value, frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the node and all below it, in the order of the source."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)


@pytest.fixture(scope="module", params=["en", "de"])
def texts(request: pytest.FixtureRequest, root: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((root / CATALOGUES / f"{request.param}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_has_a_text(sent: Codes, texts: dict[str, str], family: str) -> None:
    assert sent[family]
    assert (
        sorted(code for code in sent[family] if not {f"{family}.{code}", f"{family}.{code}.other"} & set(texts)) == []
    )


def test_every_error_has_a_text_or_is_met_elsewhere(sent: Codes, texts: dict[str, str]) -> None:
    told = {code for code in sent["error"] if {f"error.{code}", f"error.{code}.other"} & set(texts)}
    assert set(sent["error"]) - told == ELSEWHERE


@pytest.mark.parametrize("family", [*FAMILIES, "error"])
def test_texts_name_only_what_is_sent(sent: Codes, texts: dict[str, str], family: str) -> None:
    for code, places in sent[family].items():
        always = frozenset.intersection(*places) | GIVEN
        for key in (f"{family}.{code}", f"{family}.{code}.hint", f"{family}.{code}.one", f"{family}.{code}.other"):
            assert set(re.findall(r"\{(\w+)\}", texts.get(key, ""))) <= always, key
