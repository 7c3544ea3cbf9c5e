"""Deployments with the real editor: YAML in the styles seen in the wild gains the word, or is put back exactly."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from addon.bus import Bus
from addon.fleet import DeploymentState
from addon.library.models import ModelLibrary
from addon.publish.edits import Edits
from tests.addon.dispatch import HALL, bench
from tests.addon.scripted_home import Declined, flashed

pytestmark = pytest.mark.asyncio
CORPUS = Path(__file__).with_name("esphome_yaml")


def house(folder: Path, name: str) -> Path:
    """A configuration folder, and the models' folder as the library keeps it; return the device's file."""
    shutil.copytree(CORPUS, folder / "home" / "esphome")
    for version in (1, 2):
        (folder / "models" / f"hey_jarvis_v{version}").mkdir(parents=True)
        (folder / "models" / f"hey_jarvis_v{version}" / "report.json").write_text("{}")
    return folder / "home" / "esphome" / name


@pytest.mark.parametrize("name", ["windows.yaml", "voice_pe.yaml", "package_list.yaml", "anchors.yaml"])
async def test_sent_renewed_and_undone_byte_for_byte(tmp_path: Path, name: str) -> None:
    file = house(tmp_path, name)
    before = file.read_bytes()
    async with bench(tmp_path, flashed(configuration=name)) as b:
        editor = Edits(ModelLibrary(b.store, Bus(), tmp_path), str(tmp_path / "home"))
        object.__setattr__(b.means, "editor", editor)
        (found,) = await b.deployments.preview("hey_jarvis_v1", [HALL])
        assert "wakesmith/hey_jarvis_v1.json" in found.diff
        assert file.read_bytes() == before, "a preview writes nothing"
        first = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        once = file.read_bytes()
        assert b"wakesmith/hey_jarvis_v1.json" in once
        second = await b.ended(await b.deployments.create("hey_jarvis_v2", [HALL]))
        assert b"hey_jarvis_v1" not in file.read_bytes()
        await b.ended(await b.deployments.undo(second.id))
        assert file.read_bytes() == once
        await b.ended(await b.deployments.undo(first.id))
        assert file.read_bytes() == before


async def test_what_does_not_compile_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = house(tmp_path, "windows.yaml")
    before = file.read_bytes()
    async with bench(tmp_path, flashed(configuration=file.name)) as b:
        editor = Edits(ModelLibrary(b.store, Bus(), tmp_path), str(tmp_path / "home"))
        object.__setattr__(b.means, "editor", editor)
        seen: list[bytes] = []

        async def refuse(_params: dict[str, Any]) -> dict[str, Any]:
            seen.append(file.read_bytes())
            raise Declined("compile", "no room")

        b.home.answers["compile"] = refuse
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        assert (done.state, file.read_bytes()) == (DeploymentState.FAILED, before)
        assert b"hey_jarvis_v1" in seen[0]


async def test_an_edit_that_nobody_noted_is_found_again(tmp_path: Path) -> None:
    file = house(tmp_path, "windows.yaml")
    before = file.read_bytes()
    async with bench(tmp_path, flashed(configuration=file.name)) as b:
        editor = Edits(ModelLibrary(b.store, Bus(), tmp_path), str(tmp_path / "home"))
        edit = await editor.apply(file.name, "hey_jarvis_v1")
        assert await editor.since("hey_jarvis_v1", "2020-01-01T00:00:00.000Z") == [edit]
        assert await editor.since("hey_jarvis_v1", "2999-01-01T00:00:00.000Z") == []
        assert await editor.since("hey_jarvis_v2", "2020-01-01T00:00:00.000Z") == []
        await editor.undo(edit)
        assert await editor.since("hey_jarvis_v1", "2020-01-01T00:00:00.000Z") == []
        assert file.read_bytes() == before
