"""How easily a satellite wakes: selects that a device's YAML offers, numbers of those that load words themselves."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from homeassistant.components.number import ATTR_MAX, ATTR_MIN, ATTR_STEP, ATTR_VALUE
from homeassistant.components.number import DOMAIN as NUMBER
from homeassistant.components.number.const import SERVICE_SET_VALUE
from homeassistant.components.select import ATTR_OPTION, ATTR_OPTIONS, SERVICE_SELECT_OPTION
from homeassistant.components.select import DOMAIN as SELECT
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ..errors import Refused
from .asking import Asking

# The app's own are named after their word; "Wake word sensitivity" of Voice PE and the like is that of all words.
_OURS = re.compile(r"^wakesmith_(?P<word>[a-z0-9_]+)_sensitivity$")
_OTHERS = re.compile(r"wake_word.*sensitivity")
# The threshold of the first and of the second word that linux-voice-assistant listens for.
_SLOT = re.compile(r"^wake_word_(?P<slot>[12])_sensitivity$")


def read_sensitivities(
    hass: HomeAssistant, entities: Iterable[er.RegistryEntry], active: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the entities of a device that choose a sensitivity.

    Args:
        active: what it listens for, in its order: a number is that of the word at its place.
    """
    found = []
    for entity in entities:
        state = hass.states.get(entity.entity_id)
        if state is None or entity.platform != "esphome":
            continue
        name = slugify(entity.original_name or "")
        option = "" if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) else state.state
        told: dict[str, Any] = {"entity": entity.entity_id, "option": option}
        if entity.domain == SELECT and ((ours := _OURS.match(name)) or _OTHERS.search(name)):
            options = [str(option) for option in state.attributes.get(ATTR_OPTIONS) or ()]
            found.append(told | {"word": ours["word"] if ours else "", "options": options})
        elif (slot := find_slot(entity)) is not None and slot < len(active):
            low, high, step = (state.attributes.get(key) for key in (ATTR_MIN, ATTR_MAX, ATTR_STEP))
            found.append(told | {"word": active[slot], "options": [], "low": low, "high": high, "step": step})
    return found


def find_slot(entity: er.RegistryEntry) -> int | None:
    """Return which of a satellite's words a number is the threshold of, from 0; None where it is none."""
    found = _SLOT.match(slugify(entity.original_name or "")) if entity.domain == NUMBER else None
    return int(found["slot"]) - 1 if found else None


async def set_sensitivity(asking: Asking) -> dict[str, Any]:
    """Choose a sensitivity.

    Raises:
        Refused: `no_entity`, `option`: there is no such entity or option; `select`: the device did not take it.
    """
    await choose(asking.hass, asking.text("entity"), asking.text("option"))
    return {}


async def choose(hass: HomeAssistant, entity: str, option: str) -> None:
    """Choose an option of a select, or a number's value; raises as `set_sensitivity`."""
    state = hass.states.get(entity)
    if state is None or state.domain not in (SELECT, NUMBER) or state.state == STATE_UNAVAILABLE:
        raise Refused(
            f"{entity} is not there", "Check that the satellite is online.", "no_entity", {"entity": entity}
        )
    action, values = _select(state, option) if state.domain == SELECT else _adjust(state, option)
    try:
        await hass.services.async_call(state.domain, action, {ATTR_ENTITY_ID: entity, **values}, blocking=True)
    except HomeAssistantError as error:
        raise Refused(f"{entity} did not take {option}: {error}"[:300], code="select") from error


def _select(state: State, option: str) -> tuple[str, dict[str, Any]]:
    options = [str(each) for each in state.attributes.get(ATTR_OPTIONS) or ()]
    if option not in options:
        raise _not_offered(state, ", ".join(options), option)
    return SERVICE_SELECT_OPTION, {ATTR_OPTION: option}


def _adjust(state: State, option: str) -> tuple[str, dict[str, Any]]:
    low, high = (float(state.attributes.get(key, default)) for key, default in ((ATTR_MIN, 0), (ATTR_MAX, 1)))
    try:
        value = float(option)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise _not_offered(state, f"{low:g} to {high:g}", option)
    return SERVICE_SET_VALUE, {ATTR_VALUE: value}


def _not_offered(state: State, offered: str, option: str) -> Refused:
    entity = state.entity_id
    return Refused(f"{entity} offers {offered}. Received: {option}", code="option", values={"entity": entity})
