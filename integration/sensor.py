"""Sensors: what the app is doing, and how good each word is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import WakesmithEntry
from .entity import WakesmithEntity, add_words
from .models import Model
from .state import AppState

PARALLEL_UPDATES = 0
STATES = ["idle", "queued", "training", "cancelling", "sending"]
STAGES = ["phrase", "samples", "features", "training", "model", "evaluation"]


@dataclass(frozen=True, kw_only=True)
class AppSensorDescription(SensorEntityDescription):
    """A sensor of the app: its value, and what to know beside it."""

    value: Callable[[AppState], str | int | float | None]
    attributes: Callable[[AppState], dict[str, Any]] = lambda _state: {}


@dataclass(frozen=True, kw_only=True)
class WordSensorDescription(SensorEntityDescription):
    """A sensor of a word: its value and bounds, of the model that counts."""

    value: Callable[[Model], float | None]
    attributes: Callable[[Model], dict[str, Any]]


def _doing(state: AppState) -> str:
    if state.running:
        return "cancelling" if state.running.state == "cancelling" else "training"
    if state.sending:
        return "sending"
    return "queued" if state.queued else "idle"


def _about(state: AppState) -> dict[str, Any]:
    running = state.running
    return {"phrase": running.phrase, "job": running.id} if running else {"phrase": None, "job": None}


def _stage(state: AppState) -> str | None:
    stage = state.running.stage if state.running else None
    return stage if stage in STAGES else None


def _progress(state: AppState) -> int | None:
    running = state.running
    return round(100 * min(running.done / running.total, 1.0)) if running and running.total > 0 else None


def _time_left(state: AppState) -> float | None:
    return state.running.eta_s if state.running else None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


APP = (
    AppSensorDescription(
        key="state",
        translation_key="state",
        device_class=SensorDeviceClass.ENUM,
        options=STATES,
        value=_doing,
        attributes=_about,
    ),
    AppSensorDescription(
        key="stage", translation_key="stage", device_class=SensorDeviceClass.ENUM, options=STAGES, value=_stage
    ),
    AppSensorDescription(
        key="progress", translation_key="progress", native_unit_of_measurement=PERCENTAGE, value=_progress
    ),
    AppSensorDescription(
        key="time_left",
        translation_key="time_left",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        value=_time_left,
    ),
    AppSensorDescription(
        key="queue",
        translation_key="queue",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda state: len(state.queued),
        attributes=lambda state: {"phrases": [job.phrase for job in state.queued]},
    ),
    AppSensorDescription(
        key="satellites",
        translation_key="satellites",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda state: len(state.satellites),
        attributes=lambda state: {"names": sorted(satellite.name for satellite in state.satellites.values())},
    ),
)
WORD = (
    WordSensorDescription(
        key="recall",
        translation_key="recall",
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        value=lambda model: _percent(model.recall),
        attributes=lambda model: {"lower_bound": _percent(model.recall_low), "model": model.id},
    ),
    WordSensorDescription(
        key="false_accepts",
        translation_key="false_accepts",
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement="1/h",
        suggested_display_precision=2,
        value=lambda model: model.false_accepts_high,
        attributes=lambda model: {"upper_bound": model.false_accepts_high, "model": model.id},
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: WakesmithEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors."""
    async_add_entities(AppSensor(entry, description) for description in APP)
    add_words(entry, async_add_entities, lambda word: [WordSensor(entry, each, word) for each in WORD])


class AppSensor(WakesmithEntity, SensorEntity):
    """A sensor of the app."""

    entity_description: AppSensorDescription

    @property
    def native_value(self) -> str | int | float | None:
        """What it shows."""
        return self.entity_description.value(self.state_of_app)

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        """What to know beside it."""
        return self.entity_description.attributes(self.state_of_app)


class WordSensor(WakesmithEntity, SensorEntity):
    """A sensor of a word."""

    entity_description: WordSensorDescription

    @property
    def native_value(self) -> float | None:
        """What it shows."""
        model = self.state_of_app.shown(self.word)
        return self.entity_description.value(model) if model else None

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        """The bounds."""
        model = self.state_of_app.shown(self.word)
        return self.entity_description.attributes(model) if model else {}
