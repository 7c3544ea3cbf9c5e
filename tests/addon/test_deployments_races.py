"""What happens at once: cancelled in the middle of a step, twice, at the end of the app; and what nobody foresaw."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from addon.errors import TooMany
from addon.fleet import Deployment, DeploymentState
from addon.publish.edits import Undone
from addon.satellites import deployments
from addon.satellites.means import LinkFlasher
from tests.addon.dispatch import ATTIC, HALL, KITCHEN, Bench, bench, model
from tests.addon.scripted_home import external, flashed

pytestmark = pytest.mark.asyncio


def slow_writes(b: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, threading.Event]:
    """Have YAML written by a thread, as it is: that cannot be stopped half way."""
    begun, goes_on, apply = asyncio.Event(), threading.Event(), b.editor.apply

    async def write(configuration: str, model: str) -> str:
        begun.set()
        await asyncio.to_thread(goes_on.wait, 5)
        return await apply(configuration, model)

    async def written(configuration: str, model: str) -> str:
        return await asyncio.shield(asyncio.ensure_future(write(configuration, model)))

    monkeypatch.setattr(b.editor, "apply", written)
    return begun, goes_on


async def test_cancelled_while_the_yaml_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(tmp_path, flashed()) as b:
        begun, goes_on = slow_writes(b, monkeypatch)
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL])
        await begun.wait()
        await b.deployments.cancel(deployment.id)
        goes_on.set()
        done = await b.ended(deployment)
        await b.reaches(lambda: bool(b.editor.edits))
        assert (done.state, done.targets[0].state, done.targets[0].edit) == ("cancelled", "cancelled", "")
        assert b.editor.files == {"hall.yaml": ""}


async def test_cancelled_again_while_the_yaml_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(tmp_path, flashed()) as b:
        compiling, undoing, goes_on, undo = asyncio.Event(), asyncio.Event(), asyncio.Event(), b.editor.undo

        async def compile_long(_params: dict[str, Any]) -> dict[str, Any]:
            compiling.set()
            await asyncio.sleep(60)
            return {}

        async def undo_slowly(edit: str) -> Undone:
            undoing.set()
            await goes_on.wait()
            return await undo(edit)

        b.home.answers["compile"] = compile_long
        monkeypatch.setattr(b.editor, "undo", undo_slowly)
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL])
        await compiling.wait()
        await b.deployments.cancel(deployment.id)
        await undoing.wait()
        await b.deployments.cancel(deployment.id)
        await asyncio.sleep(0.02)
        goes_on.set()
        done = await b.ended(deployment)
        assert (done.state, done.targets[0].state) == ("cancelled", "cancelled")
        assert b.editor.files == {"hall.yaml": ""}


async def test_what_nobody_foresaw_ends_a_target_and_puts_its_yaml_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(*_: Any) -> None:
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(LinkFlasher, "check", stumble)
    async with bench(tmp_path, flashed(), flashed(ATTIC, name="Attic", configuration="attic.yaml")) as b:
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL, ATTIC]))
        assert done.state is DeploymentState.FAILED
        assert [(target.state, target.code) for target in done.targets] == [("failed", "internal"), ("skipped", "")]
        assert b.editor.files == {"hall.yaml": ""}


async def test_what_waits_is_not_begun_while_the_app_ends(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), flashed(ATTIC, name="Attic", configuration="attic.yaml")) as b:
        compiling = asyncio.Event()

        async def compile_long(_params: dict[str, Any]) -> dict[str, Any]:
            compiling.set()
            await asyncio.sleep(60)
            return {}

        b.home.answers["compile"] = compile_long
        first = await b.deployments.create("hey_jarvis_v1", [HALL])
        second = await b.deployments.create("hey_jarvis_v1", [ATTIC])
        await compiling.wait()
        await b.deployments.stop()
        states = [(await b.store.deployments.get(one.id)).state for one in (first, second)]
        assert states == [DeploymentState.INTERRUPTED, DeploymentState.QUEUED]


@pytest.mark.parametrize(("good", "state"), [(0, DeploymentState.DONE), (3, DeploymentState.INTERRUPTED)])
async def test_a_database_that_refuses_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: int, state: DeploymentState
) -> None:
    monkeypatch.setattr(deployments, "PAUSE_S", 0.2)
    async with bench(tmp_path, flashed(), start=False) as b:
        deployment, put, asked = await b.deployments.create("hey_jarvis_v1", [HALL]), b.store.deployments.put, 0

        async def refuse(*records: Deployment) -> None:
            nonlocal asked
            asked += 1
            if asked > good:
                raise sqlite3.OperationalError("database or disk is full")
            await put(*records)

        monkeypatch.setattr(b.store.deployments, "put", refuse)
        await b.deployments.start()
        await asyncio.sleep(0.1)
        assert good < asked < good + 8, "not again and again"
        monkeypatch.setattr(b.store.deployments, "put", put)
        assert (await b.ended(deployment)).state is state
        assert b.editor.files == (
            {"hall.yaml": "hey_jarvis_v1"} if state is DeploymentState.DONE else {"hall.yaml": ""}
        )


async def test_a_version_whose_files_went_meanwhile_is_offered_again(tmp_path: Path) -> None:
    async with bench(tmp_path, external(active=["hey_jarvis_v2"])) as b:
        back = await b.ended(await b.deployments.create("hey_jarvis_v1", [KITCHEN]))
        b.publisher.missing = {"hey_jarvis_v2"}  # it was published no longer when the app started anew
        b.home.asked.clear()
        await b.ended(await b.deployments.undo(back.id))
        assert b.home.whats() == ["refresh_wake_words", "select_wake_word"]
        assert b.means.roster.get(KITCHEN).active == ("hey_jarvis_v2",)


async def test_pressed_twice_it_is_done_once(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external(active=["hey_jarvis_v1"])) as b:
        for version in (1, 2, 3):
            await b.store.models.put(model(version))
            await b.publisher.publish(f"hey_jarvis_v{version}")
        first, second = await asyncio.gather(*(b.deployments.rollback("hey_jarvis") for _ in range(2)))
        assert first.id == second.id
        assert (await b.store.publications.get("hey_jarvis")).model == "hey_jarvis_v2"
        await b.ended(first)
        sent = await b.ended(await b.deployments.create("hey_jarvis_v2", [HALL]))
        undos = await asyncio.gather(*(b.deployments.undo(sent.id) for _ in range(2)))
        assert undos[0].id == undos[1].id
        await b.ended(undos[0])


async def test_nothing_is_published_that_cannot_be_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployments, "MOST_WAITING", 1)
    async with bench(tmp_path, external(), start=False) as b:
        await b.publisher.publish("hey_jarvis_v1")
        await b.publisher.publish("hey_jarvis_v2")
        await b.deployments.create("hey_jarvis_v2", [KITCHEN])
        with pytest.raises(TooMany):
            await b.deployments.rollback("hey_jarvis")
        with pytest.raises(TooMany):
            await b.deployments.create("hey_jarvis_v1", [KITCHEN])
        assert (await b.store.publications.get("hey_jarvis")).model == "hey_jarvis_v2"
