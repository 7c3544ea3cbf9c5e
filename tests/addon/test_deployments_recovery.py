"""The app is killed, or ends, while a deployment is under way."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from addon.fleet import DeploymentState, TargetState
from tests.addon.dispatch import HALL, KITCHEN, bench
from tests.addon.scripted_home import external, flashed

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("state", "flashed_already", "code", "file"),
    [
        ("editing", False, "interrupted", ""),
        ("compiling", False, "interrupted", ""),
        ("uploading", True, "interrupted_flash", "hey_jarvis_v1"),
    ],
)
async def test_after_a_kill_it_is_said_and_the_yaml_is_put_back(
    tmp_path: Path, state: str, flashed_already: bool, code: str, file: str
) -> None:
    async with bench(tmp_path, flashed(), external(), start=False) as b:
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL, KITCHEN])
        edit = await b.editor.apply("hall.yaml", "hey_jarvis_v1")
        written = "" if state == "editing" else edit  # the app was killed between the file and the note of it
        cut = replace(deployment.targets[0], state=TargetState(state), edit=written, flashed=flashed_already)
        await b.store.deployments.put(
            replace(deployment, state=DeploymentState.RUNNING, targets=(cut, deployment.targets[1]))
        )
        await b.deployments.start()
        found = await b.deployments.get(deployment.id)
        assert found.state is DeploymentState.INTERRUPTED
        assert [target.state for target in found.targets] == ["failed", "skipped"]
        assert (found.targets[0].code, b.editor.files) == (code, {"hall.yaml": file})


async def test_the_app_ends_while_a_deployment_runs(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed()) as b:
        compiling = asyncio.Event()

        async def work(_params: dict[str, Any]) -> dict[str, Any]:
            compiling.set()
            await asyncio.sleep(60)
            return {}

        b.home.answers["compile"] = work
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL])
        await compiling.wait()
        await b.deployments.stop()
        found = await b.store.deployments.get(deployment.id)
        assert (found.state, b.editor.files) == (DeploymentState.INTERRUPTED, {"hall.yaml": ""})
