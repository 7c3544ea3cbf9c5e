"""The sources: names that Supervisor would stumble over, words that do not belong here, sizes."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

# Supervisor searches a whole app repository for these names; the app's own stand at the root.
SUPERVISORS = re.compile(r"(config\.(yaml|yml|json)|build\..*|repository\..*)")
AT_ROOT = {Path("config.yaml"), Path("build.yaml"), Path("repository.yaml")}
# Written in two parts, so that this file does not hold them.
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "/wo" + "rk/", "/opt/" + "pypi", "/opt/" + "wheels"]
LONGEST = 300  # lines; a file that passes it is two things


def test_no_name_that_supervisor_takes_for_an_app(sources: list[Path]) -> None:
    assert [p for p in sources if SUPERVISORS.fullmatch(p.name) and p not in AT_ROOT] == []


@pytest.mark.parametrize("word", REGISTRIES)
def test_no_registry_and_no_builder_is_named(texts: dict[Path, str], word: str) -> None:
    assert [path for path, text in texts.items() if word in text] == []


def test_scripts_are_executable_and_say_what_they_do(root: Path, sources: list[Path]) -> None:
    scripts = [p for p in sources if p.parts[0] in ("script", ".ci") and not p.suffix]
    assert {"setup", "train", "test", "check", "bench", "lock"} <= {p.name for p in scripts}
    for path in scripts:
        first, second = (root / path).read_text().splitlines()[:2]
        assert os.access(root / path, os.X_OK), path
        assert first.startswith("#!"), path
        assert second.startswith("# "), path


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_scripts_are_valid_shell(root: Path, sources: list[Path], shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    for path in sources:
        if path.parts[0] in ("script", ".ci") and not path.suffix:
            subprocess.run([shell, "-n", root / path], check=True)


PARTS = ("trainer", "addon", "integration")


@pytest.mark.parametrize("part", PARTS)
def test_files_stay_short(texts: dict[Path, str], part: str) -> None:
    lengths = {path: text.count("\n") for path, text in texts.items() if path.match("*.py") and path.parts[0] == part}
    assert len(lengths) > 20
    assert {path: n for path, n in lengths.items() if n > LONGEST} == {}


@pytest.mark.parametrize("part", PARTS)
def test_every_file_says_what_it_is(texts: dict[Path, str], part: str) -> None:
    files = [path for path in texts if path.parts[0] == part and path.suffix == ".py"]
    assert [path for path in files if not texts[path].startswith('"""')] == []


def test_nothing_built_is_kept(sources: list[Path]) -> None:
    assert [p for p in sources if p.is_relative_to("addon/web/static") or "node_modules" in p.parts] == []
