"""Buttons: cancel what runs; train a word again, cancel its training, return to the version before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Client
from .coordinator import WakesmithEntry
from .entity import WakesmithEntity, add_words, explain
from .errors import WakesmithError
from .models import Job
from .state import AppState

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class WakesmithButtonDescription(ButtonEntityDescription):
    """A button: whether it can be pressed now, and what it does; `word` is "" for the app's."""

    possible: Callable[[AppState, str], bool]
    press: Callable[[Client, AppState, str], Awaitable[None]]


def _current(state: AppState, word: str) -> Job | None:
    """Return the training that a cancel button ends: the running one, else the next that waits."""
    if not word:
        return state.running if state.running and state.running.state == "running" else None
    going = [job for job in state.trainings(word) if job.state in ("running", "queued")]
    return min(going, key=lambda job: (job.state != "running", job.position), default=None)


async def _cancel(client: Client, state: AppState, word: str) -> None:
    if job := _current(state, word):
        await client.post(f"jobs/{job.id}/cancel")


async def _train(client: Client, state: AppState, word: str) -> None:
    """Train with the choices of the last time, or with none where that is not known."""
    last = next(iter(state.trainings(word)), None)
    model = state.shown(word)
    fresh = {"phrase": state.words[word], "language": model.language if model and model.language else "auto"}
    await client.post("jobs", last.request if last and last.request else fresh)


async def _roll_back(client: Client, state: AppState, word: str) -> None:
    await client.post(f"publications/{word}/rollback")


def _can_roll_back(state: AppState, word: str) -> bool:
    publication = state.publications.get(word)
    return publication is not None and bool(publication.previous)


CANCEL = WakesmithButtonDescription(
    key="cancel",
    translation_key="cancel",
    possible=lambda state, word: _current(state, word) is not None,
    press=_cancel,
)
WORD = (
    WakesmithButtonDescription(
        key="train", translation_key="train", possible=lambda state, word: _current(state, word) is None, press=_train
    ),
    CANCEL,
    WakesmithButtonDescription(
        key="rollback",
        translation_key="rollback",
        entity_category=EntityCategory.CONFIG,
        possible=_can_roll_back,
        press=_roll_back,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: WakesmithEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    async_add_entities([Button(entry, CANCEL)])
    add_words(entry, async_add_entities, lambda word: [Button(entry, each, word) for each in WORD])


class Button(WakesmithEntity, ButtonEntity):
    """A button that can be pressed while there is something to do."""

    entity_description: WakesmithButtonDescription

    @property
    def available(self) -> bool:
        """Whether pressing it would do something."""
        return super().available and self.entity_description.possible(self.state_of_app, self.word)

    async def async_press(self) -> None:
        """Do it."""
        try:
            await self.entity_description.press(self.coordinator.client, self.state_of_app, self.word)
        except WakesmithError as error:
            raise explain(error, self.coordinator.config_entry, self.hass) from error
