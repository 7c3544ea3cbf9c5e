"""Actions: train, deploy, rollback, set_sensitivity."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import voluptuous as vol
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import config_validation as cv

from .const import DOMAIN
from .coordinator import WakesmithEntry
from .entity import explain
from .errors import WakesmithError
from .models import Satellite
from .state import AppState

ENTRY, PHRASE, LANGUAGE, PRESET, SATELLITES = "config_entry_id", "phrase", "language", "preset", "satellites"
MODEL, WORD, OVERRIDE, REPLACE, SATELLITE, OPTION = "model", "word", "override", "replace", "satellite", "option"
PRESETS = ("quick", "standard", "thorough")

type _Act = Callable[[WakesmithEntry, dict[str, Any]], Awaitable[dict[str, Any]]]

_TEXT = vol.All(cv.string, vol.Strip, vol.Length(min=1, max=100))
_ENTRY = {vol.Optional(ENTRY): cv.string}
_SATELLITES = vol.All(cv.ensure_list, [cv.string])
TRAIN = vol.Schema(
    {
        **_ENTRY,
        vol.Required(PHRASE): _TEXT,
        vol.Optional(LANGUAGE, default="auto"): cv.string,
        vol.Optional(PRESET, default="standard"): vol.In(PRESETS),
        vol.Optional(SATELLITES, default=list): _SATELLITES,
    }
)
DEPLOY = vol.Schema(
    {
        **_ENTRY,
        vol.Required(WORD): _TEXT,
        vol.Optional(MODEL): _TEXT,
        vol.Required(SATELLITES): vol.All(_SATELLITES, vol.Length(min=1)),
        vol.Optional(OVERRIDE, default=False): cv.boolean,
        vol.Optional(REPLACE, default=False): cv.boolean,
    }
)
ROLLBACK = vol.Schema({**_ENTRY, vol.Required(WORD): _TEXT})
SENSITIVITY = vol.Schema(
    {**_ENTRY, vol.Required(SATELLITE): _TEXT, vol.Required(WORD): _TEXT, vol.Required(OPTION): cv.string}
)


@callback
def register_actions(hass: HomeAssistant) -> None:
    """Register all; they say in words why they cannot do what is asked."""
    actions: tuple[tuple[str, vol.Schema, _Act], ...] = (
        ("train", TRAIN, _train),
        ("deploy", DEPLOY, _deploy),
        ("rollback", ROLLBACK, _rollback),
        ("set_sensitivity", SENSITIVITY, _set_sensitivity),
    )
    for name, schema, act in actions:
        hass.services.async_register(
            DOMAIN, name, partial(_serve, hass, act), schema=schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _serve(hass: HomeAssistant, act: _Act, call: ServiceCall) -> ServiceResponse:
    """Check who asks and of which app, and do it."""
    await _check_user(hass, call)
    entry = _choose_entry(hass, call.data.get(ENTRY))
    try:
        return await act(entry, dict(call.data))
    except WakesmithError as error:
        raise explain(error, entry, hass) from error


async def _check_user(hass: HomeAssistant, call: ServiceCall) -> None:
    """Let administrators and automations pass: devices are flashed here."""
    if call.context.user_id is None:
        return
    user = await hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    if not user.is_admin:
        raise Unauthorized(context=call.context)


def _choose_entry(hass: HomeAssistant, ident: str | None) -> WakesmithEntry:
    """Return the entry that is named, or the only one.

    Raises:
        ServiceValidationError: there is none, it is not loaded, or there are several and none is named.
    """
    entries = [e for e in hass.config_entries.async_entries(DOMAIN) if ident in (None, e.entry_id)]
    loaded = [e for e in entries if e.state is ConfigEntryState.LOADED]
    if len(loaded) == 1:
        return loaded[0]
    key = "several_apps" if loaded else "app_not_loaded" if entries else "no_app"
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


async def _train(entry: WakesmithEntry, asked: dict[str, Any]) -> dict[str, Any]:
    """Put a training in the queue."""
    coordinator = entry.runtime_data
    body = {key: asked[key] for key in (PHRASE, LANGUAGE, PRESET)}
    if asked[SATELLITES]:
        body[SATELLITES] = [_find(coordinator.data, name).id for name in asked[SATELLITES]]
    job = await coordinator.client.post("jobs", body)
    return {"job": job["id"], "state": job["state"]}


async def _deploy(entry: WakesmithEntry, asked: dict[str, Any]) -> dict[str, Any]:
    """Send a word to satellites: its newest model, unless one is named."""
    coordinator = entry.runtime_data
    state = coordinator.data
    word = _word(state, asked[WORD])
    models = [model.id for model in state.versions(word)]
    model = asked.get(MODEL, models[0] if models else "")
    if model not in models:
        raise _unknown("unknown_model", model, models)
    satellites = [_find(state, name).id for name in asked[SATELLITES]]
    body = {"model": model, "satellites": satellites, **{key: True for key in (OVERRIDE, REPLACE) if asked[key]}}
    deployment = await coordinator.client.post("deployments", body)
    return {"deployment": deployment["id"], "model": model, "state": deployment["state"]}


async def _rollback(entry: WakesmithEntry, asked: dict[str, Any]) -> dict[str, Any]:
    """Return to the version of a word that was published before, satellites included."""
    coordinator = entry.runtime_data
    word = _word(coordinator.data, asked[WORD])
    deployment = await coordinator.client.post(f"publications/{word}/rollback")
    return {"deployment": deployment["id"], "model": deployment["model"], "state": deployment["state"]}


async def _set_sensitivity(entry: WakesmithEntry, asked: dict[str, Any]) -> dict[str, Any]:
    """Choose how easily a satellite wakes by a word."""
    coordinator = entry.runtime_data
    satellite = _find(coordinator.data, asked[SATELLITE])
    word = _word(coordinator.data, asked[WORD])
    body = {"word": word, "option": asked[OPTION]}
    await coordinator.client.post(f"satellites/{satellite.id}/sensitivity", body)
    return {"satellite": satellite.id, **body}


def _find(state: AppState, name: str) -> Satellite:
    """Return the satellite of that entity, id or name.

    Raises:
        ServiceValidationError: there is none.
    """
    wanted = name.casefold()
    for satellite in state.satellites.values():
        if wanted in (satellite.id, (satellite.entity or "").casefold(), satellite.name.casefold()):
            return satellite
    raise _unknown("unknown_satellite", name, [s.entity or s.name for s in state.satellites.values()])


def _word(state: AppState, name: str) -> str:
    """Return the word of that id or phrase.

    Raises:
        ServiceValidationError: there is none.
    """
    wanted = name.casefold()
    for word, phrase in state.words.items():
        if wanted in (word, phrase.casefold()):
            return word
    raise _unknown("unknown_word", name, list(state.words.values()))


def _unknown(key: str, name: str, allowed: list[str]) -> ServiceValidationError:
    values = {"name": name, "allowed": ", ".join(sorted(allowed)) or "-"}
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=values)
