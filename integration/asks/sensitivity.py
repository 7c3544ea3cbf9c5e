"""How easily a satellite wakes: selects that a device's YAML offers."""

import re
from collections.abc import Iterable
from typing import Any

from homeassistant.components.select import ATTR_OPTION, ATTR_OPTIONS, SERVICE_SELECT_OPTION
from homeassistant.components.select import DOMAIN as SELECT
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ..errors import Refused
from .asking import Asking

# The app's own are named after their word; "Wake word sensitivity" of Voice PE and the like is that of all words.
_OURS = re.compile(r"^wakesmith_(?P<word>[a-z0-9_]+)_sensitivity$")
_OTHERS = re.compile(r"wake_word.*sensitivity")


def read_sensitivities(hass: HomeAssistant, entities: Iterable[er.RegistryEntry]) -> list[dict[str, Any]]:
    """Return the selects of a device's entities that choose a sensitivity; `word` is "" where it is that of all."""
    found = []
    for entity in entities:
        if entity.domain != SELECT or entity.platform != "esphome":
            continue
        name = slugify(entity.original_name or "")
        ours = _OURS.match(name)
        state = hass.states.get(entity.entity_id)
        if state is None or not (ours or _OTHERS.search(name)):
            continue
        options = [str(option) for option in state.attributes.get(ATTR_OPTIONS) or ()]
        option = "" if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) else state.state
        word = ours["word"] if ours else ""
        found.append({"entity": entity.entity_id, "word": word, "options": options, "option": option})
    return found


async def set_sensitivity(asking: Asking) -> dict[str, Any]:
    """Choose a sensitivity.

    Raises:
        Refused: `no_entity`, `option`: there is no such select or option; `select`: the device did not take it.
    """
    await choose(asking.hass, asking.text("entity"), asking.text("option"))
    return {}


async def choose(hass: HomeAssistant, entity: str, option: str) -> None:
    """Choose an option of a select; raises as `set_sensitivity`."""
    state = hass.states.get(entity)
    if state is None or not entity.startswith(f"{SELECT}.") or state.state == STATE_UNAVAILABLE:
        raise Refused(
            f"{entity} is not there", "Check that the satellite is online.", "no_entity", {"entity": entity}
        )
    options = [str(each) for each in state.attributes.get(ATTR_OPTIONS) or ()]
    if option not in options:
        raise Refused(
            f"{entity} offers {', '.join(options)}. Received: {option}", code="option", values={"entity": entity}
        )
    try:
        await hass.services.async_call(
            SELECT, SERVICE_SELECT_OPTION, {ATTR_ENTITY_ID: entity, ATTR_OPTION: option}, blocking=True
        )
    except HomeAssistantError as error:
        raise Refused(f"{entity} did not take {option}: {error}"[:300], code="select") from error
