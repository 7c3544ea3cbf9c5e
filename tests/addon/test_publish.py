"""Models leave the library: the gate with the real trainer, versions, rollback, withdrawal."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from pymicro_wakeword import MicroWakeWord

from addon.bus import Gone, PublicationChanged
from addon.errors import AppError, Conflict, Invalid, NotFound, Unavailable
from addon.publish.folders import HomeFolder
from addon.publish.gate import judge
from tests.addon.pressroom import GOOD, pressroom
from tests.addon.workroom import make_model

SHELVES = ("custom_wake_words", "esphome/wakesmith")


def placed(*ids: str) -> list[str]:
    return sorted(f"{shelf}/{ident}{end}" for shelf in SHELVES for ident in ids for end in (".json", ".tflite"))


@pytest.mark.slow
async def test_a_real_model_passes_and_both_kinds_of_satellites_find_it(tmp_path: Path) -> None:
    async with pressroom(tmp_path, trainer=None) as room:
        assert (room.home / "custom_wake_words").is_dir()  # before anything is published
        model = await room.add()
        gate = await room.publisher.gate(model.id)
        assert gate.passes
        assert gate.compatible
        assert {"operators", "manifest", "arena", "parity"} <= {check.name for check in gate.checks}
        assert [bound.ok for bound in gate.quality] == [True, True]
        assert (gate.rival, gate.comparison) == (None, None)
        publication = await room.publisher.publish(model.id)
        assert (publication.word, publication.model, publication.previous) == ("hey_jarvis", "hey_jarvis_v1", ())
        assert room.files() == placed(model.id)
        plain = room.data / "models" / model.id
        for end in ("tflite", "json"):
            assert (room.home / f"esphome/wakesmith/{model.id}.{end}").read_bytes() == (
                plain / f"{model.id}.{end}"
            ).read_bytes()
        told = json.loads((room.home / f"custom_wake_words/{model.id}.json").read_text())
        assert (told["model"], told["type"], told["wake_word"]) == (f"{model.id}.tflite", "micro", "hey jarvis")
        assert told["micro"]["probability_cutoff"] == 0.7
        runtime = MicroWakeWord.from_config(room.home / f"custom_wake_words/{model.id}.json")
        assert runtime.sliding_window_size == model.window
        assert runtime.output_scale * (model.cutoff + 0.5 / model.window) == pytest.approx(0.7)
        first = room.home / f"esphome/wakesmith/{model.id}.json"
        written = first.stat().st_mtime_ns
        assert await room.publisher.publish(model.id) == publication  # done twice it is the same
        assert first.stat().st_mtime_ns == written
        first.unlink()
        assert await room.publisher.publish(model.id) == publication  # what is gone is put back
        assert room.files() == placed(model.id)
    assert [type(m) for m in room.heard if isinstance(m, PublicationChanged)] == [PublicationChanged]


async def test_a_model_that_does_not_run_on_a_satellite_is_refused_whatever_is_overridden(tmp_path: Path) -> None:
    async with pressroom(tmp_path, trainer=None) as room:
        model = await room.add()
        path = room.data / "models" / model.id / f"{model.id}.json"
        manifest = json.loads(path.read_text())
        manifest["micro"]["tensor_arena_size"] = 100  # the device would have to search for it
        path.write_text(json.dumps(manifest))
        gate = await room.publisher.gate(model.id)
        assert (gate.passes, gate.compatible, gate.faults) == (False, False, ("arena",))
        with pytest.raises(Invalid) as caught:
            await room.publisher.publish(model.id, override=True, replace=True)
        assert caught.value.code == "incompatible"
        assert "arena" in str(caught.value.values["faults"])
        (room.data / "models" / model.id / f"{model.id}.tflite").write_bytes(
            b"not a model at all, though long enough"
        )
        with pytest.raises(Invalid, match="readable"):
            await room.publisher.publish(model.id, override=True, replace=True)
        assert room.files() == []
        assert await room.publisher.all() == []


async def test_weak_quality_is_passed_over_knowingly(tmp_path: Path) -> None:
    weak = GOOD | {"conditions": [{"name": "clean", "recall": {"value": 0.5, "low": 0.4, "high": 0.6, "total": 70}}]}
    async with pressroom(tmp_path) as room:
        model = await room.add(report=weak)
        with pytest.raises(Conflict) as caught:
            await room.publisher.publish(model.id)
        assert caught.value.code == "quality"
        assert "40 times in 100" in str(caught.value.values["weak"])
        assert room.files() == []
        publication = await room.publisher.publish(model.id, override=True)
        assert publication.overridden == ("recall",)
        assert await room.publisher.of_word("hey_jarvis") == publication


def accepts(high: float | None, **measured: Any) -> bool | None:
    model = make_model("a_v1", recall_low=0.9, recall=0.95, false_accepts_high=high)
    return judge(model, {"false_accepts": measured} if measured else {})[1].ok


def test_what_was_not_measured_is_unknown_and_no_obstacle() -> None:
    assert accepts(None) is None
    assert accepts(0.3) is True
    assert accepts(5.1, hours=0.59, low=0.0) is None  # nothing woke it in half an hour: that shows no more
    assert accepts(5.1) is False
    assert accepts(5.1, hours=3.0, low=0.5) is False
    assert accepts(40.0, hours=0.5, low=9.0) is False  # that it is bad was shown

    def recall(low: float | None, value: float | None, **measured: Any) -> bool | None:
        model = make_model("a_v1", recall_low=low, recall=value)
        return judge(model, {"conditions": [{"name": "clean", "recall": measured}]})[0].ok

    assert recall(None, None) is None
    assert recall(0.0, 0.0, total=0) is None
    assert recall(0.75, 0.9, total=70) is True
    assert recall(0.6, 0.8, total=70) is False
    assert recall(0.6, 1.0, total=6) is None  # all of six: too few
    assert recall(0.1, 0.3, total=6) is False


async def test_versions_follow_one_another_and_come_back(tmp_path: Path) -> None:
    async with pressroom(tmp_path, env={"SCRIPTED_VERDICT": "wins"}) as room:
        models = [await room.add() for _ in range(3)]
        for model in models:
            await room.publisher.publish(model.id, replace=True)
        publication = await room.publisher.of_word("hey_jarvis")
        assert (publication.model, publication.previous) == ("hey_jarvis_v3", ("hey_jarvis_v2", "hey_jarvis_v1"))
        assert room.files() == placed(*(m.id for m in models))  # YAML and satellites name them still

        def offered() -> list[str]:
            shelf = room.home / "custom_wake_words"
            return [json.loads((shelf / f"{m.id}.json").read_text())["wake_word"] for m in models]

        # Home Assistant's select tells words by name: the one that counts bears the phrase alone
        assert offered() == ["hey jarvis (v1)", "hey jarvis (v2)", "hey jarvis"]
        plain = [json.loads((room.home / f"esphome/wakesmith/{m.id}.json").read_text()) for m in models]
        assert {manifest["wake_word"] for manifest in plain} == {"hey jarvis"}
        back = await room.publisher.rollback("hey_jarvis")
        assert offered() == ["hey jarvis (v1)", "hey jarvis", "hey jarvis (v3)"]
        assert (back.model, back.previous) == ("hey_jarvis_v2", ("hey_jarvis_v1",))
        assert await room.publisher.tidy() == ["hey_jarvis_v3"]
        await room.models.delete("hey_jarvis_v1")
        with pytest.raises(Conflict) as caught:
            await room.publisher.rollback("hey_jarvis")
        assert caught.value.code == "no_previous"
        with pytest.raises(Conflict) as caught:
            await room.models.delete("hey_jarvis_v2")
        assert caught.value.code == "published"
        await room.publisher.withdraw("hey_jarvis")
        assert room.files() == []
        await room.models.delete("hey_jarvis_v2")
        with pytest.raises(NotFound):
            await room.publisher.withdraw("hey_jarvis")
        with pytest.raises(NotFound):
            await room.publisher.rollback("hey_jarvis")
    assert Gone("publication", "hey_jarvis") in room.heard


async def test_home_assistant_offers_what_satellites_use_and_one_version_before(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        for model in [await room.add() for _ in range(4)]:
            await room.publisher.publish(model.id, replace=True)
        await room.publisher.tidy({"hey_jarvis_v1", "okay_nabu"})
        assert sorted(path.stem for path in (room.home / "custom_wake_words").glob("*.json")) == [
            "hey_jarvis_v1", "hey_jarvis_v3", "hey_jarvis_v4",
        ]  # fmt: skip
        assert (room.home / "esphome/wakesmith/hey_jarvis_v2.json").exists(), "a rollback may come"
        await room.publisher.tidy()
        assert (room.home / "custom_wake_words/hey_jarvis_v1.json").exists(), "who listens is not known"


async def test_files_stay_while_a_device_names_them(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        for model in (await room.add(), await room.add()):
            await room.publisher.publish(model.id, replace=True)
        assert await room.publisher.tidy() == []
        (room.home / "custom_wake_words/hey_jarvis_v1.tflite").unlink()
        assert (await room.publisher.rollback("hey_jarvis")).model == "hey_jarvis_v1"
        assert "custom_wake_words/hey_jarvis_v1.tflite" in room.files()  # put back
        shared = room.home / "esphome" / "common" / "voice.yaml"
        shared.parent.mkdir()
        shared.write_text("models:\n  - model: ../wakesmith/hey_jarvis_v1.json\n")
        mine = room.home / "custom_wake_words" / "hey_jarvis_v2.json"
        mine.write_text('{"mine": true}')  # the user took it over
        await room.publisher.withdraw("hey_jarvis")
        assert [f for f in room.files() if "v1" in f or "v2" in f] == [
            "custom_wake_words/hey_jarvis_v2.json",
            "esphome/wakesmith/hey_jarvis_v1.json",
            "esphome/wakesmith/hey_jarvis_v1.tflite",
        ]
        shared.unlink()
        await room.publisher.tidy()
        assert room.files() == ["custom_wake_words/hey_jarvis_v2.json"]


async def test_nothing_of_the_users_is_overwritten(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        model = await room.add()
        mine = room.home / "custom_wake_words" / f"{model.id}.json"
        mine.write_text("mine")
        with pytest.raises(Conflict) as caught:
            await room.publisher.publish(model.id)
        assert caught.value.code == "foreign_file"
        assert mine.read_text() == "mine"
        assert room.files() == [f"custom_wake_words/{model.id}.json"]
        mine.unlink()
        outside = tmp_path / "outside"
        outside.write_text("theirs")
        mine.symlink_to(outside)
        with pytest.raises(Conflict, match="did not write it"):
            await room.publisher.publish(model.id)
        assert outside.read_text() == "theirs"
        mine.unlink()
        (room.home / "custom_wake_words").rmdir()
        (tmp_path / "elsewhere").mkdir()
        (room.home / "custom_wake_words").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Conflict) as caught:
            await room.publisher.publish(model.id)
        assert caught.value.code == "outside"
        assert list((tmp_path / "elsewhere").iterdir()) == []
        (room.home / "esphome").rename(tmp_path / "before")
        (room.home / "esphome").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Conflict, match="leads out"):
            await room.publisher.publish(model.id)
        assert list((tmp_path / "elsewhere").iterdir()) == []
        assert await room.publisher.all() == []


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_without_home_assistants_folder_it_is_said(folder: str) -> None:
    with pytest.raises(Conflict) as caught:
        HomeFolder(folder).folder("esphome")
    assert caught.value.code == "no_home"


async def test_a_trainer_that_fails_is_no_verdict(tmp_path: Path) -> None:
    for trainer in (("/bin/false",), ("/bin/echo", "[]"), ("/nowhere/trainer",)):
        async with pressroom(tmp_path, trainer=trainer) as room:
            model = await room.add()
            began = time.monotonic()
            with pytest.raises(Unavailable):
                await room.publisher.publish(model.id)
            assert time.monotonic() - began < 10
            assert room.files() == []


async def test_a_missing_model_is_told(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        with pytest.raises(AppError) as caught:
            await room.publisher.publish("hey_jarvis_v9")
        assert caught.value.status == 404


async def test_files_that_an_older_backup_lacks_come_back(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        model = await room.add()
        await room.publisher.publish(model.id)
        for name in room.files():
            (room.home / name).unlink()
    async with pressroom(tmp_path) as room, asyncio.timeout(20):
        while room.files() != placed(model.id):
            await asyncio.sleep(0.05)


async def test_two_who_publish_at_once_agree(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        models = [await room.add() for _ in range(2)]
        await asyncio.gather(*(room.publisher.publish(model.id, replace=True) for model in models * 2))
        publication = await room.publisher.of_word("hey_jarvis")
        assert {publication.model, *publication.previous} == {model.id for model in models}
        assert len(publication.previous) == 1
        assert room.files() == placed(*(model.id for model in models))
