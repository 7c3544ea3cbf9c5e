"""Satellites: who is there, and how easily each hears."""

from addon.errors import Conflict, Invalid, NotFound, Unavailable
from addon.fleet import Satellite
from addon.homeassistant.link import Refused
from addon.web.fields import Asked, Line, Text
from addon.web.parts import Parts
from addon.web.route import Id, Route


class SensitivityIn(Asked):
    """One of the options that a satellite offers for a word; "" stands for all words."""

    word: Line
    option: Text


async def list_satellites(parts: Parts) -> list[Satellite]:
    """List all satellites that are known now."""
    return parts.household.roster.all()


async def refresh(parts: Parts) -> list[Satellite]:
    """Look again: Home Assistant and the YAML files are asked."""
    return await parts.household.roster.refresh()


async def set_sensitivity(parts: Parts, id: Id, body: SensitivityIn) -> Satellite:
    """Choose how easily a satellite hears a word; nothing is flashed."""
    return await parts.household.roster.set_sensitivity(id, body.word, body.option)


ROUTES = (
    Route("GET", "satellites", list_satellites),
    Route("POST", "satellites/refresh", refresh, cost=1),
    Route(
        "POST",
        "satellites/{id}/sensitivity",
        set_sensitivity,
        cost=1,
        fails=(Conflict, Invalid, NotFound, Refused, Unavailable),
    ),
)
