"""Models on their way to satellites."""

from typing import Annotated

from pydantic import Field

from addon.errors import Conflict, Invalid, NotFound, TooMany
from addon.fleet import Deployment
from addon.satellites.deployments import MOST_TARGETS
from addon.satellites.previews import Preview
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Id, Route

Satellites = Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_TARGETS)]


class PreviewIn(Asked):
    """A model, and where it shall go."""

    model: Id
    satellites: Satellites


class DeploymentIn(PreviewIn):
    """The same, and what the user passes over knowingly.

    `override`: the gate's bounds of quality; `replace`: that it did not win against the version before.
    """

    override: bool = False
    replace: bool = False


async def preview(parts: Parts, body: PreviewIn) -> list[Preview]:
    """Say what sending a model would do to each satellite."""
    return await parts.household.deployments.preview(body.model, body.satellites)


async def list_deployments(parts: Parts) -> list[Deployment]:
    """List the last deployments, oldest first."""
    return await parts.household.deployments.all()


async def create(parts: Parts, body: DeploymentIn) -> Deployment:
    """Publish a model where that is needed, and send it to satellites, one after another."""
    return await parts.household.deployments.create(
        body.model, body.satellites, override=body.override, replace_rival=body.replace
    )


async def read(parts: Parts, id: Id) -> Deployment:
    """Return one deployment."""
    return await parts.household.deployments.get(id)


async def cancel(parts: Parts, id: Id) -> Deployment:
    """End a deployment; a satellite that is being flashed is finished first."""
    return await parts.household.deployments.cancel(id)


async def undo(parts: Parts, id: Id) -> Deployment:
    """Take back what a deployment did; that is a deployment of its own."""
    return await parts.household.deployments.undo(id)


async def rollback(parts: Parts, word: Id) -> Deployment:
    """Publish the version of a word before this one again, and send it to the satellites that listen for this one."""
    return await parts.household.deployments.rollback(word)


ROUTES = (
    Route("POST", "deployments/preview", preview, cost=1, fails=(Invalid, NotFound)),
    Route("GET", "deployments", list_deployments),
    Route("POST", "deployments", create, status=201, cost=2, fails=(Conflict, Invalid, NotFound, TooMany)),
    Route("GET", "deployments/{id}", read),
    Route("POST", "deployments/{id}/cancel", cancel, fails=(Conflict,)),
    Route("POST", "deployments/{id}/undo", undo, status=201, cost=1, fails=(Conflict, TooMany)),
    Route("POST", "publications/{word}/rollback", rollback, status=201, cost=1, fails=(Conflict, NotFound, TooMany)),
)
