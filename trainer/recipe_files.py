"""Where recipes come from and go to: presets, YAML files, `key=value` settings.

A preset, then a YAML file, then settings make a recipe. Unknown keys and values out of range are errors that
name the key and what is allowed. `${VAR:-default}` in YAML is substituted from the environment.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from trainer.errors import RecipeError
from trainer.limits import describe
from trainer.recipe import Recipe

PRESETS = ("quick", "standard", "thorough")


def load_recipe(
    preset: str = "standard",
    file: Path | None = None,
    settings: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> Recipe:
    """Make a recipe: preset, then file, then `section.key=value` settings, then overrides (flags).

    Raises:
        RecipeError: naming the key, the value received and what is allowed.
    """
    choices: dict[str, Any] = _preset(preset)
    if file is not None:
        _merge(choices, read_yaml(file))
    for setting in settings:
        _merge(choices, _setting(setting))
    _merge(choices, dict(overrides or {}))
    return parse_recipe(choices, file)


def parse_recipe(choices: Mapping[str, Any], file: Path | None = None) -> Recipe:
    """Check plain values and return the recipe they describe; `file` is where some of them were read.

    Raises:
        RecipeError: naming every key at fault and what is allowed, and the file.
    """
    try:
        return TypeAdapter(Recipe).validate_python(dict(choices))
    except ValidationError as error:
        found = error.errors()
        deepest = [e for e in found if not any(_within(other["loc"], e["loc"]) for other in found)]
        older = f" {file} is read too: if an older version wrote it, take out the keys that are gone." if file else ""
        raise RecipeError(
            "\n".join(map(_explain, deepest)), hint=f"docs/recipe.md lists every key.{older}"
        ) from error


def read_sections(path: Path, *names: str) -> Recipe:
    """Read these sections of a recipe alone: an older one may hold keys elsewhere that are gone."""
    data = read_yaml(path)
    return parse_recipe({name: data[name] for name in names if name in data}, path)


def dump_recipe(recipe: Recipe) -> str:
    """Return the recipe as YAML that `load_recipe` reads back to an equal one."""
    return yaml.safe_dump(_plain(asdict(recipe)), sort_keys=False, allow_unicode=True)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping, `${VAR:-default}` substituted."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path} is not UTF-8 text: {error}") from error
    try:
        data = yaml.safe_load(_substitute(text)) or {}
    except yaml.YAMLError as error:
        raise RecipeError(f"{path} is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise RecipeError(f"{path} must hold `section:` keys. Received: {type(data).__name__}")
    return data


def _preset(name: str) -> dict[str, Any]:
    if name not in PRESETS:
        raise RecipeError(f"preset: one of {', '.join(PRESETS)} is allowed. Received: {name!r}")
    text = (resources.files("trainer") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    return {"preset": name} | (yaml.safe_load(text) or {})


def _setting(setting: str) -> dict[str, Any]:
    key, equals, value = setting.partition("=")
    if not equals or not key.strip():
        raise RecipeError(f"--set takes section.key=value. Received: {setting!r}")
    try:
        data: Any = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise RecipeError(f"--set {key}: the value is not YAML. Received: {value!r}") from error
    for part in reversed(key.strip().split(".")):
        data = {part: data}
    return dict(data)


def _substitute(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if name in os.environ:
            return os.environ[name]
        if default is None:
            raise RecipeError(f"${{{name}}} is not set", hint=f"Set it, or write ${{{name}:-default}}.")
        return default

    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", value, text)


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _within(inner: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    """Say whether a fault's place lies within another's, which then only repeats it."""
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _explain(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        section = _section(error["loc"][:-1])
        return f"{key} is not known; allowed here: {', '.join(section)}"
    return f"{key}: {describe(error)}"


def _section(path: tuple[str | int, ...]) -> list[str]:
    node: Any = Recipe()
    for part in path:
        node = getattr(node, str(part), node)
    return sorted(vars(node)) if hasattr(node, "__dataclass_fields__") else []


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Path) else value
