"""The documents: every setting, flag, event and exit code is written down."""

import argparse
import dataclasses
import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from trainer import errors, events
from trainer.cli.command import EXIT_CODES, build_parser
from trainer.recipe_files import load_recipe


@pytest.fixture(scope="session")
def page(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("recipe_page", root / "script" / "recipe_page.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_recipe_page_is_up_to_date(page: ModuleType) -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.render(text) == text, "run script/document"


def test_every_choice_is_described(page: ModuleType) -> None:
    described = page.descriptions(page.PAGE.read_text(encoding="utf-8"))
    keys = [key for key, _, _ in page.list_keys()]
    assert len(keys) > 50
    assert [key for key in keys if not described.get(key)] == []


def test_documented_defaults_are_read_back(page: ModuleType) -> None:
    settings = [f"{key}={default[1:-1]}" for key, default, _ in page.list_keys()]
    assert load_recipe("standard", settings=settings) == load_recipe("standard")


def flags(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> set[tuple[tuple[str, ...], str]]:
    """Return every command and flag below a parser."""
    found = {(path, option) for a in parser._actions for option in a.option_strings if option.startswith("--")}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, part in action.choices.items():
                found |= {(path, name)} | flags(part, (*path, name))
    return found


def test_every_command_and_flag_is_in_the_readme(readme: str) -> None:
    found = flags(build_parser())
    assert len(found) > 60
    hidden = {"--help", "get"}  # `get` is another name of `fetch`
    words = set(re.findall(r"(?<![\w-])(--[\w-]+|[a-z]+)(?![\w-])", readme))
    assert sorted({name for _, name in found} - hidden - words) == []


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a parser's commands, by name."""
    return {
        name: part
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, part in action.choices.items()
    }


def test_every_command_and_flag_of_the_readme_is_there(readme: str) -> None:
    every = commands(build_parser())
    table = re.findall(r"^\| `([a-z]+)[^`]*` \| (.*) \|$", readme, re.MULTILINE)
    rows = [(name, about) for name, about in table if name in every]
    assert len(rows) >= 8
    for name, about in rows:
        spans = re.findall(r"`([^`]+)`", about)
        known = {option for _, option in flags(every[name])}
        assert {flag for span in spans for flag in re.findall(r"--[a-z-]+", span)} <= known, name
        if actions := set(commands(every[name])):
            assert {span.split()[0] for span in spans if not span.startswith("--")} <= actions, name


def test_every_exit_code_is_documented(readme: str) -> None:
    kinds = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.WakesmithError)
    ]
    codes = {kind.exit_code for kind in kinds}
    assert {int(c) for c in re.findall(r"^  (\d+) ", EXIT_CODES, re.MULTILINE)} == codes | {0}
    assert {int(c) for c in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)} == codes | {0}


def test_every_event_and_its_keys_are_documented(root: Path) -> None:
    protocol = (root / "docs/protocol.md").read_text(encoding="utf-8")
    for kind, event in events._KINDS.items():
        row = next(line for line in protocol.splitlines() if line.startswith(f"| `{kind}` |"))
        for key in (field.name for field in dataclasses.fields(event)):
            assert f"`{key}`" in row, (kind, key)


def test_links_lead_somewhere(root: Path) -> None:
    for document in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", document.read_text(encoding="utf-8")):
            if target != "docs/images/report.png":
                assert (document.parent / target).exists(), (document.name, target)
