"""What a backup holds of the database is whole, and enough to begin again in an empty folder."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from addon.backup import COPY, save_copy
from addon.store import NAME, Store
from tests.addon.workroom import make_model

pytestmark = pytest.mark.asyncio


async def test_a_copy_of_an_open_database_is_restored_whole(tmp_path: Path) -> None:
    live, restored = tmp_path / "live", tmp_path / "restored"
    restored.mkdir()
    async with await Store.open(live / NAME) as store:
        await store.models.put(make_model("hey_v1"))
        command = [sys.executable, "-m", "addon.backup", str(live)]
        subprocess.run(command, check=True, timeout=60)
        assert not list(live.glob("*.partial"))
        await store.models.put(make_model("hey_v2"))
        shutil.copy(live / COPY, restored / COPY)  # all that a backup has of it
    (restored / f"{NAME}-wal").write_bytes(b"of another database")
    async with await Store.open(restored / NAME) as store:
        assert [model.id for model in await store.models.all()] == ["hey_v1"]
        await store.models.put(make_model("hey_v3"))
    async with await Store.open(restored / NAME) as store:  # once: the copy never comes over what is there
        assert [model.id for model in await store.models.all()] == ["hey_v1", "hey_v3"]


async def test_a_copy_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    assert save_copy(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    async with await Store.open(tmp_path / NAME) as store:
        await store.models.put(make_model("hey_v1"))
        save_copy(tmp_path)
    good = (tmp_path / COPY).read_bytes()
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        save_copy(tmp_path)
    assert (tmp_path / COPY).read_bytes() == good
    done = subprocess.run([sys.executable, "-m", "addon.backup", str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"cannot be copied" in done.stderr


async def test_the_app_leaves_a_copy_when_it_ends(open_house: Any) -> None:
    async with open_house() as house:
        await house.app.parts.store.models.put(make_model("hey_v1"))
        data = house.data
    with sqlite3.connect(data / COPY) as copy:
        assert copy.execute("SELECT id FROM models").fetchall() == [("hey_v1",)]
