"""What all entities share: of the app, and of a word, which come and go."""

from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import WakesmithCoordinator, WakesmithEntry
from .devices import describe_app, describe_word
from .errors import InvalidAuth, Rejected, WakesmithError
from .state import AppState


class WakesmithEntity(CoordinatorEntity[WakesmithCoordinator]):
    """An entity of the app, or of a word of it.

    Attributes:
        word: "" for the app's own.
    """

    _attr_has_entity_name = True

    def __init__(self, entry: WakesmithEntry, description: EntityDescription, word: str = "") -> None:
        super().__init__(entry.runtime_data)
        self.entity_description = description
        self.word = word
        owner = f"{entry.unique_id}_{word}" if word else str(entry.unique_id)
        self._attr_unique_id = f"{owner}_{description.key}"
        self._attr_device_info = describe_word(entry, word) if word else describe_app(entry)

    @property
    def state_of_app(self) -> AppState:
        """The app as it is now."""
        return self.coordinator.data

    @property
    def available(self) -> bool:
        """Whether the app is there, and has the word."""
        return super().available and (not self.word or self.word in self.state_of_app.words)


@callback
def add_words(
    entry: WakesmithEntry, add: AddConfigEntryEntitiesCallback, make: Callable[[str], Iterable[Entity]]
) -> None:
    """Add the entities of every word, now and whenever a new one comes; one that returns is added again."""
    known: set[str] = set()

    @callback
    def compare() -> None:
        words = set(entry.runtime_data.data.words)
        new = words - known
        known.clear()
        known.update(words)
        if new:
            add([entity for word in sorted(new) for entity in make(word)])

    compare()
    entry.async_on_unload(entry.runtime_data.async_add_listener(compare))


def explain(error: WakesmithError, entry: Any, hass: Any) -> HomeAssistantError:
    """Return a failure of the app as Home Assistant says it; a refused token has the user asked for another."""
    values = {"message": _sentence(error.message), "hint": error.hint}
    if isinstance(error, InvalidAuth):
        entry.async_start_reauth(hass)
        return HomeAssistantError(translation_domain=DOMAIN, translation_key="invalid_auth")
    if isinstance(error, Rejected) and error.status < 500:
        return ServiceValidationError(
            translation_domain=DOMAIN, translation_key="rejected", translation_placeholders=values
        )
    key = "failed" if isinstance(error, Rejected) else "cannot_connect"
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=values)


def _sentence(message: str) -> str:
    """Return a message as a sentence without its full stop; an id at its beginning stays as it is."""
    first = message.partition(" ")[0]
    return (f"{message[:1].upper()}{message[1:]}" if first.isalpha() else message).rstrip(".")
