"""Models on their way to satellites: asked for, queued, done one after another, cancelled, undone."""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from addon.bus import DeploymentChanged
from addon.errors import AppError, Conflict, Invalid, TooMany
from addon.fleet import Delivery, Deployment, DeploymentState, Satellite, Target, TargetState, word_of
from addon.satellites.means import Means
from addon.satellites.previews import Preview, preview, refusal
from addon.satellites.publications import Publications
from addon.satellites.recovery import recover
from addon.satellites.run import Run
from addon.satellites.versions import listens
from addon.times import now

MOST_TARGETS, MOST_WAITING, SHOWN = 64, 20, 20
_STOP_S = 6.0
PAUSE_S = 5.0  # before a deployment is tried again whose record could not be written
_log = logging.getLogger(__name__)


class Deployments:
    """All deployments. Call `start` first and `stop` last; every method belongs to one event loop."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._publications = Publications(means)
        self._run: Run | None = None
        self._woken = asyncio.Event()
        self._changing, self._asking = asyncio.Lock(), asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Bring in order what the last run of the app left, then go on with what waits."""
        await self._bring_in_order()
        self._means.roster.versions.read(await self._means.store.deployments.all())
        self._woken.set()
        self._worker = asyncio.create_task(self._work(), name="deployments")

    async def stop(self) -> None:
        """End what runs: a YAML file is put back unless its device is being flashed. What waits goes on waiting."""
        self._stopping = True
        if self._run:
            self._run.stop()
            for _ in range(int(_STOP_S / 0.05)):
                if self._run is None:
                    break
                await asyncio.sleep(0.05)
        if self._worker:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def all(self, most: int = SHOWN) -> list[Deployment]:
        """Return the last ones, oldest first."""
        return [self._newest(one) for one in (await self._means.store.deployments.all())[-most:]]

    async def get(self, id: str) -> Deployment:
        """Return one.

        Raises:
            NotFound: there is none.
        """
        return self._newest(await self._means.store.deployments.get(id))

    async def preview(self, model: str, satellites: Sequence[str]) -> list[Preview]:
        """Say what sending would do to each satellite.

        Raises:
            NotFound: there is no such model or satellite.
        """
        await self._means.store.models.get(model)
        return [await preview(self._means.editor, model, self._means.roster.get(id)) for id in _checked(satellites)]

    async def create(
        self, model: str, satellites: Sequence[str], *, override: bool = False, replace_rival: bool = False
    ) -> Deployment:
        """Publish a model where that is needed, and send it to satellites.

        Raises:
            NotFound: there is no such model or satellite.
            Conflict: a satellite takes no model; the gate holds the model back; it does not win.
        """
        found = [self._means.roster.get(id) for id in _checked(satellites)]
        for satellite in found:
            if satellite.delivery is Delivery.NONE:
                raise refusal(satellite)
        await self._check_room()  # before anything is changed
        replaced = await self._publications.publish(model, override, replace_rival)
        return await self._queue("send", model, [_target(satellite) for satellite in found], replaced=replaced)

    async def send(self, model: str, satellites: Sequence[str]) -> Deployment:
        """Publish and send as `create` does, with nobody there to ask: satellites that take none stand last, failed.

        Raises:
            NotFound: there is no such model. Conflict: the gate holds it back; no satellite takes it.
        """
        ready, unfit = [], []
        for id in _checked(satellites):
            try:
                satellite = self._means.roster.get(id)
                if satellite.delivery is Delivery.NONE:
                    raise refusal(satellite)
                ready.append(_target(satellite))
            except AppError as error:
                unfit.append(self._failed(id, error))
                reason = error
        if not ready:
            raise reason
        await self._check_room()  # before anything is changed
        replaced = await self._publications.publish(model, override=False, replace_rival=False)
        return await self._queue("send", model, [*ready, *unfit], replaced=replaced)

    async def update(self, word: str, *, override: bool = False, replace_rival: bool = False) -> Deployment:
        """Send the newest model of a word to all satellites that listen for another version of it.

        Raises:
            Conflict: there is no model of it; the gate holds it back.
        """
        models = await self._means.store.models.all(word=word)
        if not models:
            raise Conflict(f"there is no model of {word[:80]!r}", "Create one first.", "no_model")
        newest = models[-1].id
        await self._check_room()  # before anything is changed
        replaced = await self._publications.publish(newest, override, replace_rival)
        return await self._queue("send", newest, self._listeners(word, newest), replaced=replaced)

    async def rollback(self, word: str) -> Deployment:
        """Publish the version before again, and send it to the satellites that listen for this one.

        Asked again while that is under way, it is the same.

        Raises:
            NotFound: the word is not published. Conflict: there is no version before.
        """
        async with self._asking:
            for one in await self._under_way("rollback"):
                if word_of(one.model) == word:
                    return one
            await self._check_room()  # before anything is changed
            replaced = await self._publications.of_word(word)
            model = (await self._means.publisher.rollback(word)).model
            return await self._queue("rollback", model, self._listeners(word, model), replaced=replaced)

    async def undo(self, id: str) -> Deployment:
        """Take back what a deployment did: files byte for byte, and devices that were flashed are flashed again.

        Asked again while that is under way, it is the same.

        Raises:
            Conflict: it has not ended, did nothing, or was undone already.
        """
        async with self._asking:
            for one in await self._under_way("undo"):
                if one.of == id:
                    return one
            return await self._undo(await self.get(id))

    async def cancel(self, id: str) -> Deployment:
        """End a deployment, or take it from the queue. Asked again while it ends, it is told so again.

        Raises:
            Conflict: it has ended already.
        """
        async with self._changing:
            deployment = await self.get(id)
            if deployment.state.ended:
                raise Conflict(f"the deployment is {deployment.state} already", code="ended")
            if self._run and self._run.deployment.id == id:
                await self._run.cancel()
            else:
                targets = tuple(replace(one, state=TargetState.SKIPPED) for one in deployment.targets)
                await self._put(replace(deployment, state=DeploymentState.CANCELLED, targets=targets, ended=now()))
        return await self.get(id)

    async def note_failure(self, model: str, satellites: Iterable[str], error: AppError) -> Deployment:
        """Keep that a model could not even be sent, so that it is seen among the deployments."""
        targets = tuple(self._failed(id, error) for id in satellites)
        deployment = Deployment(_new_id(), model, "send", DeploymentState.FAILED, now(), targets, ended=now())
        await self._put(deployment)
        return deployment

    async def _undo(self, before: Deployment) -> Deployment:
        touched = [one for one in before.targets if one.state is TargetState.DONE or one.edit or one.flashed]
        if not before.state.ended:
            raise Conflict(f"the deployment is {before.state}", "Cancel it first.", "not_ended")
        if before.undone or before.kind == "undo" or not touched:
            raise Conflict("there is nothing to undo", "Send the version that you want.", "nothing_to_undo")
        targets = [Target(one.satellite, one.name, one.delivery) for one in reversed(touched)]
        return await self._queue("undo", before.model, targets, of=before.id)

    async def _under_way(self, kind: str) -> list[Deployment]:
        waiting = await self._means.store.deployments.all(DeploymentState.QUEUED, DeploymentState.RUNNING)
        return [self._newest(one) for one in waiting if one.kind == kind]

    def _listeners(self, word: str, model: str) -> list[Target]:
        """Return the satellites that listen for another version of a word, those first that are connected."""
        found = [
            satellite
            for satellite in self._means.roster.all()
            if satellite.delivery is not Delivery.NONE
            and listens((id for id in satellite.active if id != model), word)
        ]
        return [_target(satellite) for satellite in sorted(found, key=lambda one: one.online is False)]

    async def _queue(
        self, kind: str, model: str, targets: Sequence[Target], of: str | None = None, replaced: str = ""
    ) -> Deployment:
        await self._check_room()
        state = DeploymentState.QUEUED
        deployment = Deployment(_new_id(), model, kind, state, now(), tuple(targets), of=of, replaced=replaced)
        await self._put(deployment)
        self._woken.set()
        return deployment

    async def _check_room(self) -> None:
        if len(await self._means.store.deployments.all(DeploymentState.QUEUED)) >= MOST_WAITING:
            raise TooMany(f"{MOST_WAITING} deployments wait already", hint="Cancel some of them first.")

    async def _work(self) -> None:
        while True:
            try:
                await self._bring_in_order()
                await self._work_off()
            except Exception:  # such as a database that refuses: it is tried again
                _log.exception("deployments")
                await asyncio.sleep(PAUSE_S)
                self._woken.set()

    async def _bring_in_order(self) -> None:
        """End what is said to run, since nothing does."""
        for deployment in await recover(self._means):
            self._means.bus.publish(DeploymentChanged(deployment))

    async def _work_off(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while not self._stopping and (waiting := await self._next()):
                self._run = Run(self._means, waiting)
                try:
                    await self._run.finish()
                    await self._close(self._run.deployment)
                finally:
                    self._run = None

    async def _next(self) -> Deployment | None:
        async with self._changing:
            return next(iter(await self._means.store.deployments.all(DeploymentState.QUEUED)), None)

    async def _close(self, deployment: Deployment) -> None:
        earlier: dict[str, Deployment] = {}
        if deployment.of:
            earlier[deployment.of] = await self._means.store.deployments.get(deployment.of)
        self._means.roster.versions.take(deployment, earlier)
        if deployment.of and deployment.state is DeploymentState.DONE:
            await self._put(replace(earlier[deployment.of], undone=True))
            await self._publications.return_to_before(earlier[deployment.of])
        await self._means.roster.refresh()
        await self._publications.tidy()

    async def _put(self, deployment: Deployment) -> None:
        await self._means.store.deployments.put(deployment)
        self._means.bus.publish(DeploymentChanged(deployment))

    def _newest(self, deployment: Deployment) -> Deployment:
        run = self._run
        return run.deployment if run and run.deployment.id == deployment.id else deployment

    def _failed(self, id: str, error: AppError) -> Target:
        """Return a satellite that takes no model, with the reason."""
        name = next((one.name for one in self._means.roster.all() if one.id == id), id)
        told: dict[str, Any] = error.told()
        return Target(id, name, Delivery.NONE, TargetState.FAILED, **told)


def _new_id() -> str:
    return f"deployment_{secrets.token_hex(6)}"


def _target(satellite: Satellite) -> Target:
    return Target(satellite.id, satellite.name, satellite.delivery)


def _checked(satellites: Sequence[str]) -> list[str]:
    ids = list(dict.fromkeys(satellites))
    if not 1 <= len(ids) <= MOST_TARGETS:
        raise Invalid(f"satellites: 1 to {MOST_TARGETS} are allowed. Received: {len(ids)}")
    return ids
