"""Events: a training finished or failed, a word was published, a satellite was given it."""

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import WakesmithEntry
from .entity import WakesmithEntity, add_words
from .state import HAPPENINGS, Happening

PARALLEL_UPDATES = 0
APP = EventEntityDescription(key="happening", translation_key="happening", event_types=list(HAPPENINGS))
WORD = EventEntityDescription(key="happening", translation_key="word_happening", event_types=list(HAPPENINGS))


async def async_setup_entry(
    hass: HomeAssistant, entry: WakesmithEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the app's event entity, which tells of all, and one of each word."""
    async_add_entities([Happenings(entry, APP)])
    add_words(entry, async_add_entities, lambda word: [Happenings(entry, WORD, word)])


class Happenings(WakesmithEntity, EventEntity):
    """What happened, last."""

    async def async_added_to_hass(self) -> None:
        """Listen as long as the entity is there."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_hear(self._hear))

    @callback
    def _hear(self, happening: Happening) -> None:
        if self.word in ("", happening.word):
            self._trigger_event(happening.kind, {"word": happening.word, **happening.data})
            self.async_write_ha_state()
