"""After a crash or a restart: deployments that were under way are said to be so, and YAML files are put back."""

import logging
from dataclasses import replace

from addon.errors import AppError
from addon.fleet import Deployment, DeploymentState, Target, TargetState
from addon.satellites.means import Means
from addon.times import now

_log = logging.getLogger(__name__)


async def recover(means: Means) -> list[Deployment]:
    """Bring deployments in order, and return those that are not as they were. What only waited goes on waiting."""
    changed = []
    for deployment in await means.store.deployments.all(DeploymentState.RUNNING, DeploymentState.CANCELLING):
        targets = tuple([await _judge(means, target) for target in await _with_edits(means, deployment)])
        ended = replace(deployment, state=DeploymentState.INTERRUPTED, targets=targets, ended=now())
        await means.store.deployments.put(ended)
        _log.warning("deployment %s was interrupted", deployment.id)
        changed.append(ended)
    return changed


async def _with_edits(means: Means, deployment: Deployment) -> list[Target]:
    """Return the targets; the one whose edit was written, and not written down any more, has its id."""
    known = {target.edit for target in deployment.targets}
    lost = [edit for edit in await means.editor.since(deployment.model, deployment.created) if edit not in known]
    return [
        replace(target, edit=lost[-1]) if lost and target.state is TargetState.EDITING and not target.edit else target
        for target in deployment.targets
    ]


async def _judge(means: Means, target: Target) -> Target:
    if target.state.ended:
        return target
    if target.state is TargetState.WAITING:
        return replace(target, state=TargetState.SKIPPED)
    named = {"satellite": target.name}
    failed = replace(target, state=TargetState.FAILED, percent=None, code="interrupted", values=named)
    if target.flashed:
        return replace(
            failed,
            code="interrupted_flash",
            message=f"the app ended while {target.name} was being flashed",
            hint="Send it again, or undo.",
        )
    message = f"the app ended before {target.name} was changed"
    if not target.edit:
        return replace(failed, message=message, hint="Send it again.")
    try:
        undone = await means.editor.undo(target.edit)
    except AppError as error:
        return replace(failed, message=message, hint=f"Its YAML file could not be put back: {error.message}.")
    return replace(
        failed,
        edit="",
        message=message,
        hint="Send it again." if undone.exact else f"{undone.message}. Send it again.",
    )
