"""The power goes, or the disk is full, at any moment: files are whole or absent, and the next start puts it right."""

import asyncio
import errno
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from addon.errors import Unavailable
from addon.publish.backups import EditState
from tests.addon.killed_press import KILLED
from tests.addon.pressroom import pressroom
from tests.addon.test_publish import SHELVES, placed

ROOT = Path(__file__).parents[2]
KITCHEN = (
    b"esphome:\r\n  name: kitchen\r\n\r\nesp32:\r\n  board: esp32-s3-devkitc-1\r\n\r\n"
    b"microphone:\r\n  - platform: i2s_audio\r\n\r\nmicro_wake_word:\r\n  models:\r\n    - model: okay_nabu\r\n"
)


def killed(folder: Path, what: str, touch: int) -> bool:
    """Run until the n-th touch of the disk; return whether it came to that."""
    words = [sys.executable, "-m", "tests.addon.killed_press", str(folder), what, str(touch)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode == KILLED


def check_whole(home: Path) -> None:
    """A manifest is there only whole, and with its model."""
    for shelf in SHELVES:
        for path in (home / shelf).glob("*.json"):
            assert json.loads(path.read_text())["model"] == f"{path.stem}.tflite"
            assert (home / shelf / f"{path.stem}.tflite").read_bytes()[4:8] == b"TFL3"


@pytest.mark.slow
def test_a_kill_while_publishing_leaves_nothing_half(tmp_path: Path) -> None:
    async def begin_again(folder: Path) -> None:
        async with pressroom(folder) as room:
            assert [f for f in room.files() if f.endswith(".partial")] == []
            published = await room.publisher.all()
            assert room.files() == (placed("hey_jarvis_v1") if published else [])
            assert (await room.publisher.publish("hey_jarvis_v1")).model == "hey_jarvis_v1"
            assert room.files() == placed("hey_jarvis_v1")
            check_whole(room.home)

    touches = []
    for touch in count(1, 2):
        folder = tmp_path / str(touch)
        if not killed(folder, "publish", touch):
            break
        touches.append(touch)
        check_whole(folder / "home")
        asyncio.run(begin_again(folder))
    assert len(touches) >= 5  # four files, each written out, named, and its folder written out


@pytest.mark.slow
def test_a_kill_while_editing_puts_the_file_back(tmp_path: Path) -> None:
    async def begin_again(folder: Path) -> set[EditState]:
        async with pressroom(folder) as room:
            kitchen = room.home / "esphome" / "kitchen.yaml"
            assert [f for f in room.files("esphome") if f.endswith(".partial")] == []
            backups = list((room.home / "esphome/.wakesmith").glob("*/edit.json"))
            states = {EditState(json.loads(path.read_text())["state"]) for path in backups}
            assert (kitchen.read_bytes() == KITCHEN) is (EditState.TAKEN not in states)
            assert await room.edits.apply("kitchen.yaml", "hey_jarvis_v1") or EditState.TAKEN in states
            return states

    seen = set()
    for touch in count(1):
        folder = tmp_path / str(touch)
        (folder / "home" / "esphome").mkdir(parents=True)
        (folder / "home" / "esphome" / "kitchen.yaml").write_bytes(KITCHEN)
        if not killed(folder, "apply", touch):
            break
        assert (folder / "home/esphome/kitchen.yaml").read_bytes().startswith(b"esphome:\r\n")
        seen |= asyncio.run(begin_again(folder))
    assert touch > 12
    assert seen == {EditState.UNDONE, EditState.TAKEN}


def test_a_kill_while_withdrawing_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    async def files(folder: Path) -> list[str]:
        async with pressroom(folder) as room:
            assert await room.publisher.all() == []
            return room.files()

    assert killed(tmp_path, "withdraw", 1)
    assert asyncio.run(files(tmp_path)) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
async def test_a_disk_that_refuses_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with pressroom(tmp_path) as room:
        model = await room.add()
        kitchen = room.home / "esphome" / "kitchen.yaml"
        kitchen.write_bytes(KITCHEN)
        real, left = os.fsync, 0

        def failing(opened: int) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(number, os.strerror(number))
            real(opened)

        async def refused(action: Callable[[], Awaitable[object]], allowed: int) -> bool:
            nonlocal left
            left = allowed
            try:
                await action()
            except Unavailable as error:
                return error.code == ("disk_full" if number == errno.ENOSPC else "not_writable")
            return False

        monkeypatch.setattr(os, "fsync", failing)
        allowed = 0
        while await refused(lambda: room.edits.apply("kitchen.yaml", model.id), allowed):
            assert kitchen.read_bytes() == KITCHEN
            assert room.files("esphome") == ["esphome/kitchen.yaml"]
            allowed += 1
        assert allowed >= 5
        allowed = 0
        while await refused(lambda: room.publisher.publish(model.id), allowed):
            assert not [f for f in room.files() if model.id in f]
            assert await room.publisher.all() == []
            allowed += 1
        assert allowed >= 4
        assert len(await room.publisher.all()) == 1
        assert kitchen.read_bytes() != KITCHEN
        check_whole(room.home)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        model = await room.add()
        (room.home / "custom_wake_words").chmod(0o500)
        with pytest.raises(Unavailable) as caught:
            await room.publisher.publish(model.id)
        assert caught.value.code == "not_writable"
        (room.home / "custom_wake_words").chmod(0o700)
        assert await room.publisher.all() == []
