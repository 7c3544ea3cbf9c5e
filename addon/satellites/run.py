"""A deployment under way: one satellite after another, until all are done, one fails or it is cancelled."""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from addon.bus import DeploymentChanged
from addon.errors import NotFound
from addon.fleet import Deployment, DeploymentState, Target, TargetState
from addon.satellites.courier import Courier
from addon.satellites.means import Means
from addon.times import now

TELL_S = 0.4  # between two messages about one deployment, while only figures change
_BAD = (TargetState.FAILED, TargetState.SKIPPED, TargetState.CANCELLED)
_log = logging.getLogger(__name__)


class Run:
    """Does the work of a deployment. `deployment` is always as it stands now."""

    def __init__(self, means: Means, deployment: Deployment) -> None:
        self.deployment = deployment
        self._means = means
        self._courier: Courier | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = self._stopping = False
        self._told_at = 0.0
        self._later: asyncio.TimerHandle | None = None

    async def finish(self) -> None:
        """Do it. Whatever happens, the deployment then is in a state that is an end."""
        await self._set(state=DeploymentState.RUNNING, started=now())
        try:
            for place in range(len(self.deployment.targets)):
                await self._serve(place)
        except Exception:
            _log.exception("deployment %s", self.deployment.id)
            await self._close()
        await self._set(state=self._verdict(), ended=now())

    async def cancel(self) -> None:
        """End it: what waits is left out; a device that is being flashed is finished first."""
        self._cancelled = True
        await self._set(state=DeploymentState.CANCELLING)
        if self._courier and not self._courier.firm:
            self._interrupt()

    def stop(self) -> None:
        """End at once, because the app does."""
        self._cancelled = self._stopping = True
        self._interrupt()

    def _interrupt(self) -> None:
        """Stop what is under way, once: a second time would hit it while it puts things back."""
        if self._task and not self._task.cancelling():
            self._task.cancel()

    async def _serve(self, place: int) -> None:
        target = self.deployment.targets[place]
        if target.state.ended:
            return
        if self._cancelled or any(one.state in _BAD for one in self.deployment.targets[:place]):
            await self._put(replace(target, state=TargetState.SKIPPED))
            return
        done = await self._undone(target.satellite)
        courier = self._courier = Courier(self._means, self.deployment.model, target, self._put, self._show)
        work = courier.take_back(done) if done else courier.send()
        task = self._task = asyncio.create_task(work, name=f"deploy {target.satellite}")
        await asyncio.wait({task})
        self._task, self._courier = None, None
        if not task.cancelled():
            task.result()
        elif not courier.target.state.ended:  # it was stopped before its first step
            await self._put(replace(courier.target, state=TargetState.CANCELLED, code="cancelled", message="stopped"))

    async def _undone(self, satellite: str) -> Target | None:
        """Return what shall be undone for a satellite; None where something is sent."""
        if self.deployment.of is None:
            return None
        before = await self._means.store.deployments.get(self.deployment.of)
        found = next((target for target in before.targets if target.satellite == satellite), None)
        if found is None:
            raise NotFound(f"deployment {self.deployment.of} has no satellite {satellite!r}")
        return found

    async def _close(self) -> None:
        """Leave no target without an end."""
        for target in self.deployment.targets:
            if target.state is TargetState.WAITING:
                await self._put(replace(target, state=TargetState.SKIPPED))
            elif not target.state.ended:
                failed = replace(target, state=TargetState.FAILED, code="internal")
                await self._put(replace(failed, message="something unexpected happened", hint="The log says where."))

    def _verdict(self) -> DeploymentState:
        states = {target.state for target in self.deployment.targets}
        if states <= {TargetState.DONE}:
            return DeploymentState.DONE
        if self._stopping:
            return DeploymentState.INTERRUPTED
        return DeploymentState.FAILED if TargetState.FAILED in states else DeploymentState.CANCELLED

    async def _put(self, target: Target) -> None:
        await self._set(targets=_with(self.deployment.targets, target))

    async def _set(self, **changes: Any) -> None:
        self.deployment = replace(self.deployment, **changes)
        await self._means.store.deployments.put(self.deployment)
        self._tell()

    def _show(self, target: Target) -> None:
        """Tell of a figure, a few times a second at most."""
        self.deployment = replace(self.deployment, targets=_with(self.deployment.targets, target))
        wait = self._told_at + TELL_S - time.monotonic()
        if wait <= 0:
            self._tell()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(wait, self._tell)

    def _tell(self) -> None:
        if self._later:
            self._later.cancel()
            self._later = None
        self._told_at = time.monotonic()
        self._means.bus.publish(DeploymentChanged(self.deployment))


def _with(targets: Iterable[Target], changed: Target) -> tuple[Target, ...]:
    return tuple(changed if target.satellite == changed.satellite else target for target in targets)
