"""A new version replaces the published one only where it wins on the same sound, or the user says so."""

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from addon.errors import Conflict, Unavailable
from addon.fleet import Publication
from addon.publish.publisher import Publisher
from addon.records import Sample, SampleLabel, SampleState
from tests.addon.conftest import tone
from tests.addon.pressroom import GOOD, Pressroom, pressroom

BEFORE, AFTER = "2026-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"


async def record(room: Pressroom, ident: str, created: str = AFTER, **more: Any) -> None:
    """A recording of the user's."""
    given = {
        "label": SampleLabel.PHRASE,
        "state": SampleState.GOOD,
        "source": "panel",
        "phrase": "Hey Jarvis!",
    } | more
    sample = Sample(ident, speaker="", name="", created=created, seconds=1.0, peak_dbfs=-3.0, **given)
    await room.store.samples.put(sample)
    (room.data / "samples").mkdir(exist_ok=True)
    (room.data / "samples" / f"{ident}.wav").write_bytes(tone())


def stand(room: Pressroom, job: str | None) -> Path:
    """The folder of a training that was not cleaned up."""
    assert job
    samples = room.data / "jobs" / job / "samples"
    (samples / "audio").mkdir(parents=True)
    (samples / "clips.jsonl").write_text("")
    (samples / "audio" / "store.json").write_text("{}")
    return samples.parent


@pytest.mark.parametrize("verdict", ["wins", "loses", "equal", "undecided"])
async def test_only_who_wins_replaces_the_champion_without_being_asked(tmp_path: Path, verdict: str) -> None:
    async with pressroom(tmp_path, env={"SCRIPTED_VERDICT": verdict}) as room:
        old, new = await room.add(), await room.add()
        for model in (old, new):
            stand(room, model.job)
        await room.publisher.publish(old.id)
        gate = await room.publisher.gate(new.id)
        assert gate.comparison
        assert gate.rival == old.id == gate.comparison.rival
        assert gate.passes is gate.comparison.wins is (verdict == "wins")
        assert "test sound of the trainings" in gate.comparison.message
        if verdict == "wins":
            assert (await room.publisher.publish(new.id)).model == new.id
            return
        with pytest.raises(Conflict) as caught:
            await room.publisher.publish(new.id, override=True)
        assert caught.value.code == "loses"
        assert caught.value.values["verdict"] == verdict
        assert (caught.value.values["clips"], caught.value.values["rival"]) == (70, old.id)
        assert (await room.publisher.of_word("hey_jarvis")).model == old.id
        assert (await room.publisher.publish(new.id, replace=True)).previous == (old.id,)


async def test_without_sound_that_is_new_to_both_the_user_decides(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        old, new = await room.add(), await room.add()
        await room.publisher.publish(old.id)
        gate = await room.publisher.gate(new.id)
        assert gate.comparison
        assert (gate.comparison.verdict, gate.passes) == ("undecided", False)
        assert "folders of the trainings are gone" in gate.comparison.message
        with pytest.raises(Conflict, match="no sound"):
            await room.publisher.publish(new.id)
        assert (await room.publisher.publish(new.id, replace=True)).model == new.id


async def test_what_is_heard_is_what_neither_was_trained_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with pressroom(tmp_path, env={"SCRIPTED_VERDICT": "equal", "SCRIPTED_LOG": str(log)}) as room:
        old, new = await room.add(), await room.add()
        await record(room, "kept")
        await record(room, "early", BEFORE)  # neither training took recordings
        await record(room, "inbox", state=SampleState.INBOX)
        await record(room, "other_phrase", phrase="alexa")
        await record(room, "talk", label=SampleLabel.OTHER, phrase="")
        await record(room, "woke", state=SampleState.FALSE_WAKE)
        await record(room, "sent", source="satellite")  # chosen by the model that ran there
        await record(room, "gone")
        (room.data / "samples" / "gone.wav").unlink()
        stand(room, new.job)
        await room.publisher.publish(old.id)
        first = await room.publisher.gate(new.id)
        assert first.comparison
        assert (first.comparison.recordings, first.comparison.trainings) == (4, 1)
        assert "folder of one training is gone" in first.comparison.message
        job = await room.store.jobs.get(str(old.job))
        await room.store.jobs.put(replace(job, request=replace(job.request, recordings=True)))
        second = await room.publisher.gate(new.id)
        assert second.comparison
        assert second.comparison.recordings == 3
        await room.publisher.gate(new.id)  # the same two on the same sound are not compared again
        assert list((room.data / "arriving").iterdir()) == []
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert [one["heard"] for one in told] == [
        {"--positives": ["early.wav", "kept.wav"], "--negatives": ["talk.wav", "woke.wav"]},
        {"--positives": ["kept.wav"], "--negatives": ["talk.wav", "woke.wav"]},
    ]
    assert all(one["runs"] == [new.job] and one["models"] == [new.id, old.id] for one in told)


async def test_who_stops_waiting_ends_no_comparison_for_others(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with pressroom(tmp_path, env={"SCRIPTED_VERDICT": "wins", "SCRIPTED_LOG": str(log)}) as room:
        old, new = await room.add(), await room.add()
        stand(room, new.job)
        await room.publisher.publish(old.id)
        impatient = asyncio.create_task(room.publisher.gate(new.id))
        patient = asyncio.create_task(room.publisher.gate(new.id))
        while not (tasks := room.publisher._comparer._known):
            await asyncio.sleep(0.01)
        impatient.cancel()
        assert (await patient).passes
        assert len(tasks) == 1
    assert len(log.read_text().splitlines()) == 1


async def test_a_comparison_that_fails_is_tried_again(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:  # no verdict is scripted: `compare` crashes
        old, new = await room.add(), await room.add()
        run = stand(room, new.job)
        await room.publisher.publish(old.id)
        for _ in range(2):
            with pytest.raises(Unavailable, match="could not examine"):
                await room.publisher.gate(new.id)
        shutil.rmtree(run)
        assert (await room.publisher.gate(new.id)).comparison is not None


async def test_the_app_ends_in_the_middle_of_a_comparison(tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper.sh"
    sleeper.write_text('#!/bin/sh\n[ "$1" = compare ] && exec sleep 60\necho \'{"checks": []}\'\n')
    sleeper.chmod(0o755)
    async with pressroom(tmp_path, trainer=(str(sleeper),)) as room:
        old, new = await room.add(), await room.add()
        stand(room, new.job)
        publisher: Publisher = room.publisher
        await room.store.publications.put(published(old.id))
        waiting = asyncio.create_task(publisher.gate(new.id))
        while not publisher._comparer._known:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        async with asyncio.timeout(8):
            await publisher.stop()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert list((room.data / "arriving").iterdir()) == []


def published(model: str) -> Publication:
    return Publication("hey_jarvis", model, "hey jarvis", BEFORE)


@pytest.mark.slow
@pytest.mark.voices
async def test_the_real_trainer_compares_real_models_on_recordings_of_the_users(tmp_path: Path) -> None:
    joe = pytest.importorskip("tests.trainer.spoken", reason="needs the starter voice")
    from trainer.core.audio import write_wav

    async with pressroom(tmp_path, trainer=None) as room:
        deaf = await room.add(real="alexa", report=GOOD)
        keen = await room.add(real="hey_jarvis", cutoff=0.8)
        for take, speed in enumerate((0.94, 0.97, 1.0, 1.03, 1.06, 1.09, 1.12)):
            await record(room, f"take{take}")
            spoken = joe.speak("hey jarvis")
            faster = np.interp(np.arange(0, len(spoken) - 1, speed), np.arange(len(spoken)), spoken)
            write_wav(room.data / "samples" / f"take{take}.wav", faster.astype(np.float32))
        await room.publisher.publish(deaf.id)
        gate = await room.publisher.gate(keen.id)
        assert gate.comparison
        assert gate.comparison.found > gate.comparison.rival_found == 0
        assert gate.comparison.clips == 7
        assert gate.comparison.p < 0.05
        assert gate.comparison.verdict == "undecided"  # of other sound there was none
