"""Models on their way to satellites: what is sent, in which order, and what is said when it fails."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from addon.bus import DeploymentChanged
from addon.errors import Conflict, NotFound
from addon.fleet import DeploymentState
from addon.satellites.versions import Versions
from tests.addon.dispatch import ATTIC, HALL, KITCHEN, bench
from tests.addon.scripted_home import Declined, external, flashed

pytestmark = pytest.mark.asyncio


async def test_a_satellite_without_flash_listens_within_a_second(tmp_path: Path) -> None:
    async with bench(tmp_path, external(active=["hey_jarvis_v1"])) as b:
        done = await b.ended(await b.deployments.create("hey_jarvis_v2", [KITCHEN]))
        assert done.state is DeploymentState.DONE
        assert done.targets[0].before == ("hey_jarvis_v1",)
        assert b.publisher.published == ["hey_jarvis_v2"]
        assert b.home.whats() == ["refresh_wake_words", "select_wake_word"]
        asked = next(params for what, params in b.home.asked if what == "select_wake_word")
        assert (asked["word"], asked["replaces"]) == ("hey_jarvis_v2", ["hey_jarvis_v1"])
        assert b.means.roster.get(KITCHEN).active == ("hey_jarvis_v2",)


async def test_other_words_stay_where_there_is_room(tmp_path: Path) -> None:
    both = external(active=["okay_nabu", "hey_jarvis_v1"], most_active=2)
    async with bench(tmp_path, both) as b:
        await b.ended(await b.deployments.create("hey_jarvis_v2", [KITCHEN]))
        assert b.means.roster.get(KITCHEN).active == ("okay_nabu", "hey_jarvis_v2")


async def test_a_flashed_satellite_goes_through_all_steps(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed()) as b, b.bus.listen() as messages:

        async def compiling(_params: dict[str, Any]) -> dict[str, Any]:
            for percent in range(101):
                b.home.progress(f"Compiling {percent}", percent)
            return {}

        b.home.answers["compile"] = compiling
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        assert (done.state, done.targets[0].flashed) == (DeploymentState.DONE, True)
        assert b.home.whats() == ["check", "compile", "upload"], "the word is on already: nothing is to be chosen"
        assert b.editor.files == {"hall.yaml": "hey_jarvis_v1"}
        told = [m.deployment.targets[0] for m in await messages.take() if isinstance(m, DeploymentChanged)]
        assert len(told) == 1, "only the newest state waits for a listener"


async def test_figures_are_told_a_few_times_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(tmp_path, flashed()) as b:
        told: list[Any] = []
        monkeypatch.setattr(b.bus, "publish", told.append)

        async def compiling(_params: dict[str, Any]) -> dict[str, Any]:
            for percent in range(100):
                b.home.progress(f"line {percent}", percent)
                await asyncio.sleep(0.01)
            return {}

        b.home.answers["compile"] = compiling
        await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        figures = [m.deployment.targets[0].percent for m in told if isinstance(m, DeploymentChanged)]
        assert 2 <= len({percent for percent in figures if percent}) <= 6


@pytest.mark.parametrize(("step", "code"), [("check", "config"), ("compile", "compile")])
async def test_what_fails_before_the_upload_has_its_yaml_put_back(tmp_path: Path, step: str, code: str) -> None:
    async with bench(tmp_path, flashed(), flashed(ATTIC, name="Attic", configuration="attic.yaml")) as b:

        async def refuse(_params: dict[str, Any]) -> dict[str, Any]:
            b.home.progress("src/main.cpp: no such file")
            raise Declined(code, "ESPHome says no")

        b.home.answers[step] = refuse
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL, ATTIC]))
        first, second = done.targets
        assert done.state is DeploymentState.FAILED
        assert (first.state, first.code, first.edit, first.flashed) == ("failed", code, "", False)
        assert first.values["lines"] == "src/main.cpp: no such file"
        assert second.state == "skipped"
        assert b.editor.files == {"hall.yaml": ""}


async def test_what_fails_after_the_upload_began_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed()) as b:

        async def refuse(_params: dict[str, Any]) -> dict[str, Any]:
            raise Declined("upload", "the password is wrong", lines="Authentication failed")

        b.home.answers["upload"] = refuse
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        target = done.targets[0]
        assert (target.code, target.flashed, target.values["lines"]) == ("upload", True, "Authentication failed")
        assert target.edit, "what its YAML gained can still be undone"
        assert b.editor.files == {"hall.yaml": "hey_jarvis_v1"}


@pytest.mark.parametrize("entity", ["assist_satellite.hall", None])
async def test_a_satellite_that_does_not_come_back_is_a_failure(tmp_path: Path, entity: str | None) -> None:
    async with bench(tmp_path, flashed(entity=entity)) as b:

        async def vanish(_params: dict[str, Any]) -> dict[str, Any]:
            b.home.satellites[HALL]["online"] = False
            return {}

        b.home.answers["upload"] = vanish
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        assert (done.targets[0].state, done.targets[0].code) == ("failed", "not_back")


async def test_a_satellite_that_still_seems_to_be_there_is_given_the_time_to_start_anew(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(active=["wakesmith_hey_jarvis"], available=["wakesmith_hey_jarvis"])) as b:

        async def vanish(_params: dict[str, Any]) -> dict[str, Any]:
            asyncio.get_running_loop().call_later(0.05, lambda: b.home.satellites[HALL].update(online=False))
            return {}

        b.home.answers["upload"] = vanish
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        assert (done.targets[0].state, done.targets[0].code) == ("failed", "not_back")


async def test_who_is_away_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    async with bench(tmp_path, external(online=False), flashed(online=False)) as b:
        asyncio.get_running_loop().call_later(0.05, lambda: b.home.satellites[KITCHEN].update(online=True))
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [KITCHEN, HALL]))
        assert [(target.state, target.code) for target in done.targets] == [("done", ""), ("failed", "away")]


async def test_the_link_is_lost_in_the_middle(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed()) as b:

        async def leave(_params: dict[str, Any]) -> dict[str, Any]:
            b.home.leave()
            return {}

        b.home.answers["compile"] = leave
        done = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        assert (done.targets[0].code, b.editor.files) == ("no_link", {"hall.yaml": ""})
        assert b.means.roster.get(HALL).as_of is not None


async def test_cancelled_while_compiling(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external()) as b:
        compiling = asyncio.Event()

        async def work(_params: dict[str, Any]) -> dict[str, Any]:
            compiling.set()
            await asyncio.sleep(60)
            return {}

        b.home.answers["compile"] = work
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL, KITCHEN])
        await compiling.wait()
        await b.deployments.cancel(deployment.id)
        done = await b.ended(deployment)
        assert done.state is DeploymentState.CANCELLED
        assert [target.state for target in done.targets] == ["cancelled", "skipped"]
        assert b.editor.files == {"hall.yaml": ""}
        assert len(b.home.cancelled) == 1, "Home Assistant is told to stop"
        with pytest.raises(Conflict):
            await b.deployments.cancel(deployment.id)


async def test_a_device_that_is_being_flashed_is_finished_first(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external()) as b:
        uploading, go_on = asyncio.Event(), asyncio.Event()
        finish = b.home.answers["upload"]

        async def work(params: dict[str, Any]) -> dict[str, Any]:
            uploading.set()
            await go_on.wait()
            return await finish(params)

        b.home.answers["upload"] = work
        deployment = await b.deployments.create("hey_jarvis_v1", [HALL, KITCHEN])
        await uploading.wait()
        assert (await b.deployments.cancel(deployment.id)).state is DeploymentState.CANCELLING
        go_on.set()
        done = await b.ended(deployment)
        assert [target.state for target in done.targets] == ["done", "skipped"]
        assert done.state is DeploymentState.CANCELLED


async def test_one_deployment_at_a_time_in_their_order(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external()) as b:
        first = await b.deployments.create("hey_jarvis_v1", [HALL])
        second = await b.deployments.create("hey_jarvis_v2", [KITCHEN])
        third = await b.deployments.create("hey_jarvis_v2", [KITCHEN])
        assert (await b.deployments.cancel(third.id)).state is DeploymentState.CANCELLED
        await b.ended(second)
        assert (await b.deployments.get(first.id)).state is DeploymentState.DONE
        assert b.home.whats()[-1] == "select_wake_word"


async def test_undo_brings_back_files_and_words(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external()) as b:
        deployment = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL, KITCHEN]))
        b.home.asked.clear()
        undone = await b.ended(await b.deployments.undo(deployment.id))
        assert (undone.state, undone.kind, undone.of) == (DeploymentState.DONE, "undo", deployment.id)
        assert [target.satellite for target in undone.targets] == [KITCHEN, HALL], "the last first"
        assert b.home.whats() == ["select_wake_word", "check", "compile", "upload"]
        assert b.means.roster.get(KITCHEN).active == ("okay_nabu",)
        assert b.editor.files == {"hall.yaml": ""}
        async with asyncio.timeout(5):
            while not (await b.deployments.get(deployment.id)).undone:
                await asyncio.sleep(0.01)
        with pytest.raises(Conflict):
            await b.deployments.undo(deployment.id)


async def test_undo_publishes_the_version_again_that_was_replaced(tmp_path: Path) -> None:
    async with bench(tmp_path, external()) as b:
        await b.ended(await b.deployments.create("hey_jarvis_v1", [KITCHEN]))
        renewed = await b.ended(await b.deployments.create("hey_jarvis_v2", [KITCHEN]))
        assert renewed.replaced == "hey_jarvis_v1"
        await b.ended(await b.deployments.undo(renewed.id))
        await b.reaches(lambda: len(b.publisher.tidied) == 3)
        assert [one.model for one in await b.means.store.publications.all()] == ["hey_jarvis_v1"]
        assert "hey_jarvis_v1" in b.publisher.tidied[-1], "what the satellite listens for stays offered"


async def test_undo_of_a_rollback_publishes_what_was_rolled_back(tmp_path: Path) -> None:
    async with bench(tmp_path, external()) as b:
        await b.ended(await b.deployments.create("hey_jarvis_v1", [KITCHEN]))
        await b.ended(await b.deployments.create("hey_jarvis_v2", [KITCHEN]))
        back = await b.ended(await b.deployments.rollback("hey_jarvis"))
        await b.ended(await b.deployments.undo(back.id))
        await b.reaches(lambda: len(b.publisher.tidied) == 4)
        assert [one.model for one in await b.means.store.publications.all()] == ["hey_jarvis_v2"]


async def test_undo_leaves_a_version_that_was_published_since(tmp_path: Path) -> None:
    async with bench(tmp_path, external()) as b:
        await b.ended(await b.deployments.create("hey_jarvis_v1", [KITCHEN]))
        renewed = await b.ended(await b.deployments.create("hey_jarvis_v2", [KITCHEN]))
        await b.publisher.publish("hey_jarvis_v1")
        await b.ended(await b.deployments.undo(renewed.id))
        await b.reaches(lambda: len(b.publisher.tidied) == 3)
        assert [one.model for one in await b.means.store.publications.all()] == ["hey_jarvis_v1"]


async def test_an_undo_that_fails_half_way_says_so_and_can_be_done_again(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed()) as b:
        deployment = await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))

        async def refuse(_params: dict[str, Any]) -> dict[str, Any]:
            raise Declined("compile", "the disk is full")

        b.home.answers["compile"] = refuse
        half = (await b.ended(await b.deployments.undo(deployment.id))).targets[0]
        assert (half.state, half.flashed, bool(half.edit)) == ("failed", False, True)
        assert "undo once more" in half.hint
        del b.home.answers["compile"]
        assert (await b.ended(await b.deployments.undo(deployment.id))).state is DeploymentState.DONE


async def test_update_and_rollback_go_where_another_version_is(tmp_path: Path) -> None:
    deaf = external(ATTIC, name="Attic", entity="assist_satellite.attic", active=["okay_nabu"])
    async with bench(tmp_path, external(active=["hey_jarvis_v1"]), deaf) as b:
        await b.publisher.publish("hey_jarvis_v1")
        updated = await b.ended(await b.deployments.update("hey_jarvis"))
        assert [target.satellite for target in updated.targets] == [KITCHEN]
        assert b.means.roster.get(KITCHEN).active == ("hey_jarvis_v2",)
        back = await b.ended(await b.deployments.rollback("hey_jarvis"))
        assert (back.kind, back.model, back.state) == ("rollback", "hey_jarvis_v1", DeploymentState.DONE)
        assert b.means.roster.get(KITCHEN).active == ("hey_jarvis_v1",)


async def test_a_flashed_satellite_is_known_to_run_the_version_that_was_sent(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(active=["okay_nabu"])) as b:
        await b.ended(await b.deployments.create("hey_jarvis_v1", [HALL]))
        await b.reaches(lambda: b.means.roster.get(HALL).active == ("hey_jarvis_v1",))
        second = await b.ended(await b.deployments.update("hey_jarvis"))
        assert [target.before for target in second.targets] == [("hey_jarvis_v1",)]
        await b.reaches(lambda: b.means.roster.get(HALL).active == ("hey_jarvis_v2",))
        assert (await b.ended(await b.deployments.update("hey_jarvis"))).targets == (), "it has this one already"
        b.home.asked.clear()
        assert (await b.ended(await b.deployments.create("hey_jarvis_v2", [HALL]))).state is DeploymentState.DONE
        assert b.home.whats() == [], "nothing is to be changed: nothing is flashed"
        versions = Versions()
        versions.read(await b.store.deployments.all())
        assert versions.known == {(HALL, "hey_jarvis"): "hey_jarvis_v2"}
        await b.ended(await b.deployments.undo(second.id))
        await b.reaches(lambda: b.means.roster.get(HALL).active == ("hey_jarvis_v1",))


async def test_who_takes_no_model_is_refused_before_anything_is_published(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(configuration=None), external()) as b:
        with pytest.raises(Conflict) as caught:
            await b.deployments.create("hey_jarvis_v1", [KITCHEN, HALL])
        assert caught.value.code == "not_adopted"
        with pytest.raises(NotFound):
            await b.deployments.create("hey_jarvis_v1", ["nobody"])
        b.publisher.refuses = Conflict("it does not win", code="loses")
        with pytest.raises(Conflict, match="does not win"):
            await b.deployments.create("hey_jarvis_v1", [KITCHEN])
        assert b.publisher.published == []
        assert await b.deployments.all() == []


async def test_a_preview_says_what_would_be_done(tmp_path: Path) -> None:
    async with bench(tmp_path, flashed(), external(), flashed(ATTIC, name="Attic", configuration=None)) as b:
        found = {one.satellite: one for one in await b.deployments.preview("hey_jarvis_v1", [HALL, KITCHEN, ATTIC])}
        assert (found[HALL].diff, found[KITCHEN].diff, found[KITCHEN].error) == ("+ hey_jarvis", "", None)
        assert found[ATTIC].error
        assert found[ATTIC].error["code"] == "not_adopted"
        b.editor.refuses = Conflict("no list", code="esphome_list")
        (refused,) = await b.deployments.preview("hey_jarvis_v1", [HALL])
        assert refused.error
        assert refused.error["code"] == "esphome_list"
        assert b.home.whats() == []
