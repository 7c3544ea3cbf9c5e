"""The tables of docs/recipe.md: keys, defaults and limits from trainer/recipe.py, descriptions from the page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from trainer.limits import Limit
from trainer.recipe import Recipe

PAGE = Path(__file__).parents[1] / "docs" / "recipe.md"
BEGIN, END = "<!-- keys -->", "<!-- end of keys -->"
SIGNS = (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"))


def list_keys(node: Any = None, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield key, default and limits of every choice."""
    node = Recipe() if node is None else node
    hints = get_type_hints(type(node), include_extras=True)
    for field in fields(node):
        value = getattr(node, field.name)
        if is_dataclass(value):
            yield from list_keys(value, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, show(value), limits(hints[field.name])


def show(value: Any) -> str:
    """Return a default as YAML."""
    if isinstance(value, Mapping):
        value = dict(value)
    text = yaml.safe_dump(plain(value), default_flow_style=True, width=10_000).strip().removesuffix("...").strip()
    return f"`{text}`"


def plain(value: Any) -> Any:
    """Return tuples as lists."""
    return [plain(v) for v in value] if isinstance(value, tuple) else value


def limits(hint: Any) -> str:
    """Return what is allowed, in a few signs."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        found = list(_metadata(parts[1:]))
        signs = [f"{sign} {getattr(m, name):g}" for m in found for name, sign in SIGNS if hasattr(m, name)]
        rules = [m.func.words for m in found if isinstance(getattr(m, "func", None), Limit)]
        some = ", not empty" * any(hasattr(m, "min_length") for m in found)
        return " and ".join([*signs, *rules]) or limits(parts[0]) + some
    if origin is Literal:
        return ", ".join(map(str, parts))
    if origin in (Union, UnionType):
        return " or ".join(limits(p) for p in parts if p is not NoneType) + ", or null"
    if origin is tuple:
        each = [limits(p) for p in parts if p is not Ellipsis]
        return f"list of {each[0]}" if Ellipsis in parts else f"[{', '.join(each)}]"
    if origin is not None:
        return f"{limits(parts[0])}: {limits(parts[1])}"
    return {str: "text", Path: "path", bool: "true, false", int: "number", float: "number"}.get(hint, str(hint))


def _metadata(entries: tuple[Any, ...]) -> Iterator[Any]:
    for entry in entries:
        yield from getattr(entry, "metadata", [entry])


def descriptions(page: str) -> dict[str, str]:
    """Return the last column of the page's tables, by key."""
    return {m[1]: m[2].strip() for m in re.finditer(r"^\| `([\w.]+)` \|.*\|([^|]*)\|$", page, re.MULTILINE)}


def render(page: str) -> str:
    """Return the page with its tables made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    known, lines, section = descriptions(page), [BEGIN], None
    for key, default, allowed in list_keys():
        name = key.rpartition(".")[0]
        if name != section:
            section = name
            lines += [
                "",
                f"### {name or 'The run'}",
                "",
                "| key | default | allowed | what it does |",
                "| --- | --- | --- | --- |",
            ]
        lines.append(f"| `{key}` | {default} | {allowed} | {known.get(key, '')} |")
    return before + "\n".join([*lines, "", END]) + after


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
