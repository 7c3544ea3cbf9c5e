"""What left the library: the gate, publishing, withdrawing."""

from addon.errors import Conflict, Invalid, NotFound, Unavailable
from addon.fleet import Publication
from addon.publish.gate import Gate
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Id, Route


class PublishIn(Asked):
    """What the user passes over knowingly.

    `override`: the gate's bounds of quality; `replace`: that it did not win against the version before.
    """

    override: bool = False
    replace: bool = False


async def gate(parts: Parts, id: Id) -> Gate:
    """Say what stands between a model and the satellites; compared with the published version on the same sound."""
    return await parts.publisher.gate(id)


async def publish(parts: Parts, id: Id, body: PublishIn) -> Publication:
    """Put a model where ESPHome and Home Assistant look, if the gate lets it pass."""
    return await parts.publisher.publish(id, override=body.override, replace=body.replace)


async def list_publications(parts: Parts) -> list[Publication]:
    """List what is published."""
    return await parts.publisher.all()


async def withdraw(parts: Parts, word: Id) -> None:
    """Take a word away; devices keep what they have."""
    await parts.publisher.withdraw(word)


ROUTES = (
    Route("GET", "models/{id}/gate", gate, cost=2, fails=(NotFound, Unavailable)),
    Route("POST", "models/{id}/publish", publish, cost=2, fails=(Conflict, Invalid, NotFound, Unavailable)),
    Route("GET", "publications", list_publications),
    Route("DELETE", "publications/{word}", withdraw, status=204, fails=(NotFound,)),
)
