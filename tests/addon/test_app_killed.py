"""The app as a real process: killed with jobs in every state, ended in good order, and its log."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.addon.processes import SCRIPTED, Outside, outside, processes_of

pytestmark = pytest.mark.asyncio
ENDS = {"good": "done", "no end": "failed", "killed": "interrupted"}


def ended(job: dict[str, Any]) -> bool:
    return job["state"] in ("done", "failed", "cancelled", "interrupted")


def at_work(job: dict[str, Any]) -> bool:
    return job["state"] == "running" and job["stage"] == "training" and job["pid"] is not None


async def downloads_of(data: Path) -> set[int]:
    return await asyncio.to_thread(processes_of, data / "datasets")


async def fill(app: Outside) -> dict[str, str]:
    """Make a job in each state that there is; return them by state."""
    jobs = {state: await app.make(phrase) for phrase, state in ENDS.items()}
    for state, id in jobs.items():
        assert (await app.until(id, ended))["state"] == state
    jobs["cancelled"] = await app.make("polite")
    await app.until(jobs["cancelled"], at_work)
    await app.ask("POST", f"jobs/{jobs['cancelled']}/cancel")
    await app.until(jobs["cancelled"], ended)
    await app.ask("PATCH", "settings", json={"concurrent": 2})
    jobs["cancelling"], jobs["running"] = await app.make("stubborn"), await app.make("once")
    for name in ("cancelling", "running"):
        await app.until(jobs[name], at_work)
    jobs["queued"] = await app.make("slow")
    await app.ask("POST", f"jobs/{jobs['cancelling']}/cancel")
    return jobs


async def test_killed_with_a_job_in_every_state(tmp_path: Path) -> None:
    async with outside(tmp_path) as app:
        jobs = await fill(app)
        await app.ask("POST", "data/slow/download", 202)
        while not await downloads_of(tmp_path):
            await asyncio.sleep(0.05)
        assert await app.states() == {id: state for state, id in jobs.items()}
        assert await app.signal(signal.SIGKILL) == -signal.SIGKILL
    orphans = processes_of(tmp_path)
    assert len(orphans) >= 2, "the stubborn one and a download live on without their app"
    async with outside(tmp_path) as app:
        assert not {pid for pid in orphans if psutil.pid_exists(pid)}, "they are ended before anything begins anew"
        after = {"running": ("done", 2), "queued": ("done", 1), "cancelling": ("cancelled", 1)}
        for state, id in jobs.items():
            job = await app.until(id, ended)
            assert (job["state"], job["attempt"]) == after.get(state, (state, 1)), job
        assert len(list((tmp_path / "jobs").iterdir())) == len(jobs), "nothing that was made is lost"
        assert {row["state"] for row in await app.ask("GET", "data")} == {"absent"}
        assert processes_of(tmp_path) == set()
        for state in ("failed", "cancelled", "interrupted"):
            assert (await app.ask("GET", f"jobs/{jobs[state]}/events"))["stages"]
        assert await app.signal(signal.SIGTERM) == 0


async def test_a_trainer_that_is_killed_leaves_a_job_that_can_go_on(tmp_path: Path) -> None:
    async with outside(tmp_path) as app:
        id = await app.make("once")
        psutil.Process((await app.until(id, at_work))["pid"]).kill()
        job = await app.until(id, ended)
        assert (job["state"], job["code"]) == ("interrupted", "killed")
        await app.ask("POST", f"jobs/{id}/resume")
        assert (await app.until(id, ended))["state"] == "done"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_in_good_order_within_ten_seconds(tmp_path: Path, number: signal.Signals) -> None:
    async with outside(tmp_path) as app:
        id = await app.make("stubborn")
        await app.until(id, at_work)
        await app.ask("GET", "voices")  # the helper runs, too
        socket = await app.browser.ws_connect(f"{app.root}/api/v1/events")
        await socket.receive_json()
        async with app.browser.get(f"{app.root}/api/health") as response:
            assert await response.json() == {"status": "ok"}
        children = psutil.Process(app.process.pid).children(recursive=True)
        assert len(children) >= 2
        began = time.monotonic()
        assert await app.signal(number) == 0
        assert time.monotonic() - began < 10
        assert not [child for child in children if child.is_running()]
        assert [line["message"] for line in app.log][-1] == "stopped"
        assert all({"at", "level", "from", "message"} <= line.keys() for line in app.log)
    async with outside(tmp_path) as app:
        assert (await app.until(id, at_work))["attempt"] == 2
        await app.ask("DELETE", f"jobs/{id}", 409)
        assert await app.signal(number) == 0  # and leaves no trainer behind


async def test_a_second_app_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with outside(tmp_path) as app:
        second = await asyncio.create_subprocess_exec(
            *SCRIPTED, "--data", str(tmp_path), "--port", "0", "--link-port", "0",
            "--no-mdns", stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        _, said = await asyncio.wait_for(second.communicate(), 60)
        assert second.returncode == 1
        assert b"in use by another Wakesmith" in said
        assert await app.states() == {}
