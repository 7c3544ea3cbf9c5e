"""Publishing, while something else is published, deleted or undone."""

import asyncio
import json
from pathlib import Path

import pytest

from addon.errors import Conflict
from tests.addon.pressroom import pressroom


async def test_what_was_published_meanwhile_is_to_be_beaten_too(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        models = [await room.add() for _ in range(2)]
        told = await asyncio.gather(*(room.publisher.publish(m.id) for m in models), return_exceptions=True)
        refused = [error for error in told if isinstance(error, Conflict)]
        assert [error.code for error in refused] == ["loses"]
        assert (await room.publisher.of_word("hey_jarvis")).previous == ()


async def test_a_model_that_is_being_published_is_not_deleted(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        model = await room.add()
        publishing = asyncio.create_task(room.publisher.publish(model.id))
        async with asyncio.timeout(10):
            while not any((room.data / "arriving").iterdir()):
                await asyncio.sleep(0.005)
        with pytest.raises(Conflict) as caught:
            await room.models.delete(model.id)
        assert caught.value.code == "published"
        assert (await publishing).model == model.id


async def test_files_stay_while_an_edit_that_can_be_undone_brings_them_back(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        (room.home / "esphome/kitchen.yaml").write_text("esp32:\nmicrophone:\nmicro_wake_word:\n  models: []\n")
        edits = []
        for model in (await room.add(), await room.add()):
            await room.publisher.publish(model.id, replace=True)
            edits.append(await room.edits.apply("kitchen.yaml", model.id))
        back = await room.publisher.rollback("hey_jarvis")
        edits.append(await room.edits.apply("kitchen.yaml", back.model))
        assert await room.publisher.tidy() == ["hey_jarvis_v2"]  # no longer offered
        assert "esphome/wakesmith/hey_jarvis_v2.json" in room.files()
        await room.edits.undo(edits[2])
        assert "wakesmith/hey_jarvis_v2.json" in (room.home / "esphome/kitchen.yaml").read_text()
        await room.publisher.withdraw("hey_jarvis")
        assert {"esphome/wakesmith/hey_jarvis_v1.json", "esphome/wakesmith/hey_jarvis_v2.json"} <= set(room.files())
        for edit in (edits[1], edits[0]):
            await room.edits.undo(edit)
        await room.publisher.tidy()
        assert room.files("esphome/wakesmith") == []


async def test_a_version_that_counts_no_longer_can_be_offered_again(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        for model in (await room.add(), await room.add()):
            await room.publisher.publish(model.id, replace=True)
        await room.publisher.rollback("hey_jarvis")
        await room.publisher.tidy()
        assert "custom_wake_words/hey_jarvis_v2.json" not in room.files()
        assert await room.publisher.offer("hey_jarvis_v2")
        manifest = json.loads((room.home / "custom_wake_words/hey_jarvis_v2.json").read_text())
        assert manifest["wake_word"] == "hey jarvis (v2)"
        assert [await room.publisher.offer(name) for name in ("hey_jarvis_v2", "okay_nabu")] == [False, False]
        assert (await room.publisher.of_word("hey_jarvis")).model == "hey_jarvis_v1"
