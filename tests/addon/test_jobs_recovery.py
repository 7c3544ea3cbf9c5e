"""`kill -9` of the app at every state of a job: the next start ends what is left, and every job gets its end."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from addon.jobs.processes import end_leftovers, write_record
from addon.records import Job, JobRequest, JobState
from addon.store import NAME, Store
from tests.addon.workroom import workroom

pytestmark = pytest.mark.asyncio
APP = Path(__file__).with_name("killed_app.py")
ROOT = Path(__file__).resolve().parents[2]


def kill_app(data: Path, where: str, phrase: str, code: int = -signal.SIGKILL) -> None:
    ended = subprocess.run(
        [sys.executable, str(APP), str(data), where, phrase],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == code, ended.stderr


async def stored(data: Path) -> list[Job]:
    async with await Store.open(data / NAME) as store:
        return await store.jobs.all()


def processes_of(data: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("WAKESMITH_JOB", "").startswith(str(data.resolve())):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    ("where", "phrase", "found", "state", "attempt"),
    [
        ("queued", "good", JobState.QUEUED, JobState.DONE, 1),
        ("running", "good", JobState.RUNNING, JobState.DONE, 2),
        ("preparing", "good", JobState.RUNNING, JobState.DONE, 2),
        ("training", "once", JobState.RUNNING, JobState.DONE, 2),
        ("cancelling", "stubborn", JobState.CANCELLING, JobState.CANCELLED, 1),
        ("cancelled", "polite", JobState.CANCELLED, JobState.CANCELLED, 1),
        ("failed", "no end", JobState.FAILED, JobState.FAILED, 1),
        ("interrupted", "killed", JobState.INTERRUPTED, JobState.INTERRUPTED, 1),
        ("done", "good", JobState.DONE, JobState.DONE, 1),
    ],
)
async def test_killed_at_every_state(
    tmp_path: Path, where: str, phrase: str, found: JobState, state: JobState, attempt: int
) -> None:
    kill_app(tmp_path, where, phrase)
    (job,) = await stored(tmp_path)
    assert job.state is found
    async with workroom(tmp_path) as room:
        job = await room.until(job.id)
        assert (job.state, job.attempt) == (state, attempt)
        assert job.ended
        assert job.pid is None
        assert processes_of(tmp_path) == []
    assert [j.state for j in await stored(tmp_path)] == [state]


async def test_the_child_of_a_killed_app_is_ended_before_the_next_begins(tmp_path: Path) -> None:
    kill_app(tmp_path, "training", "stubborn")
    (left,) = processes_of(tmp_path)
    async with workroom(tmp_path, begin=False) as room:
        await room.jobs.start()
        assert left not in processes_of(tmp_path)
        (job,) = await room.jobs.all()
        assert job.revivals == 1
        await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
        await room.jobs.cancel(job.id)
        await room.until(job.id)


async def test_a_training_that_brings_the_app_down_twice_waits_for_the_user(tmp_path: Path) -> None:
    kill_app(tmp_path, "training", "wait")
    (job,) = await stored(tmp_path)
    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(replace(job, revivals=1))
    async with workroom(tmp_path) as room:
        job = await room.jobs.get(job.id)
        assert (job.state, job.code) == (JobState.INTERRUPTED, "interrupted")
        assert job.hint
        assert (await room.jobs.resume(job.id)).revivals == 0
        await room.jobs.cancel(job.id)
        await room.until(job.id)


async def test_an_orderly_end_goes_on_each_time(tmp_path: Path) -> None:
    for attempt in (1, 2, 3):
        async with workroom(tmp_path) as room:
            if attempt == 1:
                await room.make("wait")
            (job,) = await room.jobs.all()
            job = await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
            assert (job.attempt, job.revivals) == (attempt, 0)
            began = time.monotonic()
        assert time.monotonic() - began < 10
        (job,) = await stored(tmp_path)
        assert (job.state, job.code) == (JobState.INTERRUPTED, "app_stopped")
        assert processes_of(tmp_path) == []


async def test_a_model_that_was_kept_is_not_kept_twice(tmp_path: Path) -> None:
    """The app died between the library's copy and the job's record: the run is done again, all of it skipped."""
    kill_app(tmp_path, "done", "good")
    (job,) = await stored(tmp_path)
    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(replace(job, state=JobState.RUNNING, model=None, ended=None))
    async with workroom(tmp_path) as room:
        job = await room.until(job.id)
        assert (job.state, job.model) == (JobState.DONE, "word_v1")
        assert len(await room.store.models.all(job=job.id)) == 1


async def test_a_half_deleted_job_is_swept(tmp_path: Path) -> None:
    kill_app(tmp_path, "deleting", "good")
    async with workroom(tmp_path) as room:
        (job,) = await room.jobs.all()
        assert list((tmp_path / "jobs").iterdir()) == []
        await room.jobs.delete(job.id)
        assert await room.jobs.all() == []


async def test_no_stranger_is_killed(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        write_record(tmp_path, stranger.pid)
        record = json.loads((tmp_path / "child.json").read_text())
        for wrong in (
            json.dumps(record | {"started": record["started"] - 60}),  # the number went to another process
            json.dumps({"pid": stranger.pid}),
            "[]",
            "nonsense",
        ):
            (tmp_path / "child.json").write_text(wrong)
            assert end_leftovers(tmp_path) == 0
            assert stranger.poll() is None
        write_record(tmp_path, stranger.pid)
        assert end_leftovers(tmp_path) == 1
        stranger.wait(5)
    finally:
        stranger.kill()


async def test_revived_jobs_come_first_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    def job(name: str, state: JobState, position: int) -> Job:
        return Job(f"job_{name}", JobRequest("good"), state, "2026-01-01T00:00:00Z", position, 1)

    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(
            job("c", JobState.QUEUED, 1), job("b", JobState.QUEUED, 0), job("a", JobState.RUNNING, -1),
            job("d", JobState.CANCELLING, -1),
        )  # fmt: skip
    async with workroom(tmp_path) as room:
        order = [(await room.until(f"job_{name}")).started or "" for name in "abc"]
        assert order == sorted(order)
        assert room.kept == ["job_a", "job_b", "job_c"]
        assert (await room.jobs.get("job_d")).state is JobState.CANCELLED
