"""Wake words that satellites load by themselves: having them seen, and chosen."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from homeassistant.components.select import ATTR_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..errors import Refused
from .asking import Asking
from .esphome import find_configuration, find_entry, find_satellite, reread_words
from .sensitivity import choose

_SELECT = re.compile(r"-wake_word(_\d+)?$")  # unique ids of the selects that choose a satellite's words
_NONE = "no_wake_word"  # their option for nothing
_LOOK_S = 0.25
_SETTLE_S = 3.0  # until a satellite has said that it took a select's option
_DEFAULT_S = 60.0


def find_selects(entities: Iterable[er.RegistryEntry]) -> list[str]:
    """Return a device's selects of wake words, the first first."""
    found = [e for e in entities if e.domain == "select" and e.platform == "esphome" and _SELECT.search(e.unique_id)]
    return [entity.entity_id for entity in sorted(found, key=lambda entity: entity.unique_id)]


async def refresh_wake_words(asking: Asking) -> dict[str, Any]:
    """Have Home Assistant and these satellites see what lies in `custom_wake_words/` now.

    A satellite is told by setting what it listens for anew; one that then does not know them is connected again.
    """
    hass, entities = asking.hass, asking.texts("entities")
    offered = await reread_words(hass)
    for entity in entities:
        if not await _tell_words(hass, entity, offered):
            entry = find_entry(hass, entity)
            if entry is None:
                raise _missing(entity)
            await hass.config_entries.async_reload(entry.entry_id)
    return {}


async def _tell_words(hass: HomeAssistant, entity: str, offered: set[str]) -> bool:
    """Say whether a satellite knows exactly the words that are offered, after it was told what it listens for."""
    satellite, configuration = find_satellite(hass, entity), find_configuration(hass, entity)
    if satellite is None or not getattr(configuration, "available_wake_words", ()):
        return False
    try:
        await satellite.async_set_configuration(configuration)
    except (HomeAssistantError, OSError, TimeoutError):
        return False
    return offered <= _available(hass, entity)


async def select_wake_word(asking: Asking) -> dict[str, Any]:
    """Have a satellite listen for a word, and wait until it says that it does.

    The word takes the place of the first active one of `replaces`, else a free one, else the last; all of `replaces`
    go, others stay. Without a word they only go.

    Raises:
        Refused: `no_satellite`, `not_offered`, `not_active`.
    """
    hass, entity, word = asking.hass, asking.text("entity"), str(asking.params.get("word") or "")
    going = set(asking.texts("replaces")) - {word} if "replaces" in asking.params else set()
    deadline = asyncio.get_running_loop().time() + asking.seconds("seconds", _DEFAULT_S)
    if word:
        await asking.progress.tell(f"Waiting for {entity} to be offered {word}")
        await _wait_for_offer(hass, entity, word, deadline)

    def done() -> bool:
        active = _active(hass, entity)
        return (not word or word in active) and not going.intersection(active)

    if not done():
        await asking.progress.tell(f"Choosing {word} on {entity}" if word else f"Choosing nothing on {entity}")
        await _choose_option(hass, entity, word, going)
        await _until(min(deadline, asyncio.get_running_loop().time() + _SETTLE_S), done)
    if not done():
        await _set_words(hass, entity, word, going)
        await _until(deadline, done)
    if not done():
        raise Refused(
            f"{entity} does not say that it listens for {word}" if word else f"{entity} does not let go of its word",
            "Look at the satellite's log: it may not have been able to load the word.",
            "not_active",
            {"entity": entity, "word": word},
        )
    return {"active": _active(hass, entity)}


async def _wait_for_offer(hass: HomeAssistant, entity: str, word: str, deadline: float) -> None:
    """Wait until a satellite could listen for a word; raises as `select_wake_word`."""
    await _until(deadline, lambda: word in _available(hass, entity))
    if word in _available(hass, entity):
        return
    if find_satellite(hass, entity) is None:
        raise _missing(entity)
    raise Refused(
        f"{entity} does not know {word}",
        "Restart the satellite; if that does not help, it takes no words from Home Assistant.",
        "not_offered",
        {"entity": entity, "word": word},
    )


async def _choose_option(hass: HomeAssistant, entity: str, word: str, going: set[str]) -> None:
    """Choose by the select that shows it to the user, where words can be told apart by their names."""
    configuration = find_configuration(hass, entity)
    names = {each.id: each.wake_word for each in getattr(configuration, "available_wake_words", ())}
    option = names.get(word, "") if word else _NONE
    known = er.async_get(hass).async_get(entity)
    if known is None or known.device_id is None or list(names.values()).count(option) > 1:
        return  # two versions of one name: only the id tells which
    selects = find_selects(er.async_entries_for_device(er.async_get(hass), known.device_id))
    shown = {select: state for select in selects if (state := hass.states.get(select))}
    usable = [select for select, state in shown.items() if option in (state.attributes.get(ATTR_OPTIONS) or ())]
    usable = usable[: getattr(configuration, "max_active_wake_words", 0) or len(usable)]
    same = [select for select in usable if shown[select].state in {names.get(each) for each in going}]
    empty = [select for select in usable if shown[select].state == _NONE]
    try:
        for select in (same or empty or usable[-1:])[:1] if word else same:
            await choose(hass, select, option)
    except Refused:
        return  # it is set by its id next


async def _set_words(hass: HomeAssistant, entity: str, word: str, going: set[str]) -> None:
    """Set a satellite's words by their ids."""
    satellite, configuration = find_satellite(hass, entity), find_configuration(hass, entity)
    if satellite is None or configuration is None:
        raise _missing(entity)
    words = plan(_active(hass, entity), word, going, configuration.max_active_wake_words)
    try:
        await satellite.async_set_configuration(replace(configuration, active_wake_words=words))
    except (HomeAssistantError, OSError, TimeoutError) as error:
        raise Refused(f"{entity} did not take {word}: {error}"[:300], code="not_active") from error


def plan(active: list[str], word: str, going: set[str], most: int) -> list[str]:
    """Return what to listen for, in order; `most` words at a time, 0 for any number."""
    if not word:
        return [each for each in active if each not in going]
    place = next((at for at, each in enumerate(active) if each == word or each in going), None)
    before, after = (active, []) if place is None else (active[:place], active[place + 1 :])
    others = [[each for each in part if each != word and each not in going] for part in (before, after)]
    if place is None and most and len(others[0]) >= most:
        others[0] = others[0][: most - 1]
    return [*others[0], word, *others[1]]


async def _until(deadline: float, reached: Any) -> None:
    """Wait until something is so, or the time is over."""
    while not reached() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_LOOK_S)


def _available(hass: HomeAssistant, entity: str) -> set[str]:
    return {word.id for word in getattr(find_configuration(hass, entity), "available_wake_words", ())}


def _active(hass: HomeAssistant, entity: str) -> list[str]:
    return list(getattr(find_configuration(hass, entity), "active_wake_words", ()))


def _missing(entity: str) -> Refused:
    return Refused(
        f"{entity} is not there", "Check that the satellite is online.", "no_satellite", {"entity": entity}
    )
