"""Every way in which a trainer can behave ends in the right state, and leaves no process behind."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from addon.bus import JobChanged, JobEvent
from addon.records import Job, JobState
from tests.addon.workroom import IMPATIENT, QUICK, Workroom, workroom
from trainer.events import Failed, Finished, Progress

pytestmark = pytest.mark.asyncio


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def pid_of(room: Workroom, job: Job) -> int:
    return (await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)).pid or 0


async def test_a_good_run_becomes_a_model(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.run("good")
        assert (job.state, job.model, job.attempt, job.pid, job.position) == (JobState.DONE, "word_v1", 1, None, -1)
        assert room.kept == [job.id]
        assert (await room.store.models.get("word_v1")).summary == "hears you"
        snapshot = await room.jobs.snapshot(job.id)
        assert [(s.name, s.state) for s in snapshot.stages] == [("phrase", "done"), ("training", "done")]
        assert [metric.step for metric in snapshot.metrics] == [10, 20]
        assert isinstance(snapshot.ending, Finished)
        states = [m.job.state for m in room.heard if isinstance(m, JobChanged)]
        assert states[0] is JobState.QUEUED
        assert states[-1] is JobState.DONE
        kinds = [m.event.kind for m in room.heard if isinstance(m, JobEvent)]
        assert (kinds[0], kinds[-1], kinds.count("finished")) == ("started", "finished", 1)
        assert [became for _, became in await room.store.history("job", job.id)] == ["queued", "running", "done"]
        assert not (tmp_path / "jobs" / job.id / "child.json").exists()


@pytest.mark.parametrize(
    ("phrase", "state", "code"),
    [
        ("malformed", JobState.DONE, ""),
        ("stderr flood", JobState.DONE, ""),
        ("warned", JobState.DONE, ""),
        ("no end", JobState.FAILED, "crash"),
        ("zero after failed", JobState.FAILED, "no_voice"),
        ("one after finished", JobState.FAILED, "crash"),
        ("lingering", JobState.FAILED, "crash"),
        ("closed output", JobState.FAILED, "silent"),
        ("wait", JobState.FAILED, "silent"),
        ("killed", JobState.INTERRUPTED, "killed"),
        ("segfault", JobState.FAILED, "crash"),
        ("no such behaviour", JobState.FAILED, "crash"),
    ],
)
async def test_each_behaviour_ends(tmp_path: Path, phrase: str, state: JobState, code: str) -> None:
    async with workroom(tmp_path, graces=IMPATIENT if code == "silent" else QUICK) as room:
        job = await room.run(phrase)
        assert (job.state, job.code) == (state, code)
        assert bool(job.message) == (state is not JobState.DONE)
        ending = (await room.jobs.snapshot(job.id)).ending
        assert isinstance(ending, Finished if state is JobState.DONE else Failed)
        assert (tmp_path / "jobs" / job.id / "stderr.log").stat().st_size <= 2 * 1024 * 1024


async def test_the_last_words_are_told(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.run("no end")
        assert "Traceback: it fell over" in job.hint
        assert "Traceback: it fell over" in await room.jobs.log(job.id)


async def test_a_flood_is_taken_whole_and_nothing_essential_is_lost(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.run("flood")
        assert job.state is JobState.DONE
        snapshot = await room.jobs.snapshot(job.id)
        assert [s.state for s in snapshot.stages] == ["done", "done"]
        last = [m for m in room.heard if isinstance(m, JobEvent) and isinstance(m.event, Progress)][-1]
        assert isinstance(last.event, Progress)
        assert last.event.done == 7999
        assert isinstance([m for m in room.heard if isinstance(m, JobEvent)][-1].event, Finished)


async def test_a_trainer_that_cannot_be_started_fails(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        room.jobs._floor.workshop.__dict__["trainer"] = ("/nonexistent/trainer",)
        job = await room.run("good")
        assert (job.state, job.code) == (JobState.FAILED, "system")


@pytest.mark.parametrize(("phrase", "least", "most"), [("polite", 0, 0.4), ("stubborn", 0.7, 5)])
async def test_cancel_is_gentle_then_firm(tmp_path: Path, phrase: str, least: float, most: float) -> None:
    async with workroom(tmp_path) as room:
        job = await room.make(phrase)
        pid = await pid_of(room, job)
        began = time.monotonic()
        assert (await room.jobs.cancel(job.id)).state is JobState.CANCELLING
        assert (await room.jobs.cancel(job.id)).state is JobState.CANCELLING  # asking twice changes nothing
        job = await room.until(job.id)
        assert least <= time.monotonic() - began < most + 3
        assert job.state is JobState.CANCELLED
        assert not is_alive(pid)


async def test_nothing_of_the_tree_is_left(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        began = time.monotonic()
        job = await room.run("tree")
        assert job.state is JobState.DONE
        assert time.monotonic() - began < 15, "a grandchild that holds the output open is not waited for"
        pids = (tmp_path / "jobs" / job.id / "grandchildren").read_text().split()
        assert not any(is_alive(int(pid)) for pid in pids)


@pytest.mark.parametrize(
    ("phrase", "gpu", "device", "state"),
    [
        ("gpu", True, "auto", JobState.DONE),
        ("gpu", False, "gpu", JobState.DONE),
        ("gpu", False, "auto", JobState.FAILED),
        ("segfault", True, "auto", JobState.DONE),
        ("segfault", False, "auto", JobState.FAILED),
        ("zero after failed", True, "gpu", JobState.FAILED),
    ],
)
async def test_a_gpu_failure_falls_back_once(
    tmp_path: Path, phrase: str, gpu: bool, device: str, state: JobState
) -> None:
    async with workroom(tmp_path, gpu=gpu, device=device) as room:
        job = await room.run(phrase)
        assert job.state is state
        assert job.on_cpu == (state is JobState.DONE)
        assert job.attempt == 1 + job.on_cpu
        if job.on_cpu:
            assert job.code == "cpu"
            assert "GPU failed" in job.message
            assert [w.code for w in (await room.jobs.snapshot(job.id)).warnings] == ["cpu"]
            failures = [m for m in room.heard if isinstance(m, JobEvent) and isinstance(m.event, Failed)]
            assert not failures, "the first attempt's failure is no end"


async def test_someone_else_stops_the_trainer(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.make("polite")
        os.kill(await pid_of(room, job), signal.SIGINT)
        job = await room.until(job.id)
        assert (job.state, job.code) == (JobState.INTERRUPTED, "interrupted")
        assert "Go on with" not in job.hint


async def test_the_child_is_not_told_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERVISOR_TOKEN", "hidden")
    async with workroom(tmp_path) as room:
        job = await room.make("polite")
        pid = await pid_of(room, job)
        environment = await asyncio.to_thread(psutil.Process(pid).environ)
        assert environment["WAKESMITH_JOB"] == str((tmp_path / "jobs" / job.id).resolve())
        assert "hidden" not in environment.values()
