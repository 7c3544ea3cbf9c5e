"""Updates: a word's newest model against the one that is published; installing publishes and sends it."""

import asyncio
from typing import Any

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription, UpdateEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import WakesmithEntry
from .entity import WakesmithEntity, add_words, explain
from .errors import WakesmithError
from .models import Deployment

PARALLEL_UPDATES = 1
NONE_YET = "0"  # Home Assistant offers no installation where nothing is installed
WORD = UpdateEntityDescription(key="version", translation_key="version")


async def async_setup_entry(
    hass: HomeAssistant, entry: WakesmithEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the updates."""
    add_words(entry, async_add_entities, lambda word: [Version(entry, WORD, word)])


class Version(WakesmithEntity, UpdateEntity):
    """The version of a word."""

    _attr_supported_features = (
        UpdateEntityFeature.INSTALL | UpdateEntityFeature.PROGRESS | UpdateEntityFeature.RELEASE_NOTES
    )

    @property
    def installed_version(self) -> str | None:
        """The published version; "0" where none is."""
        publication = self.state_of_app.publications.get(self.word)
        if publication is None:
            return NONE_YET
        model = self.state_of_app.models.get(publication.model)
        return str(model.version) if model else publication.model.rpartition("_v")[2]

    @property
    def latest_version(self) -> str | None:
        """The newest model's version; the published one where all models are deleted."""
        newest = next(iter(self.state_of_app.versions(self.word)), None)
        return str(newest.version) if newest else self.installed_version

    @property
    def title(self) -> str | None:
        """The phrase."""
        return self.state_of_app.words.get(self.word)

    @property
    def release_summary(self) -> str | None:
        """The report in plain words."""
        newest = next(iter(self.state_of_app.versions(self.word)), None)
        return newest.summary[:255] or None if newest else None

    async def async_release_notes(self) -> str | None:
        """Return the report in plain words, with the user's notes and the figures."""
        newest = next(iter(self.state_of_app.versions(self.word)), None)
        if newest is None:
            return None
        figures = []
        if newest.recall is not None:
            low = "" if newest.recall_low is None else f" (≥ {newest.recall_low:.1%}, 95 %)"
            figures.append(f"- {newest.recall:.1%}{low}")
        if newest.false_accepts_high is not None:
            figures.append(f"- ≤ {newest.false_accepts_high:.2g} / h (95 %)")
        return "\n\n".join(part for part in (newest.summary, newest.notes, "\n".join(figures)) if part) or None

    @property
    def in_progress(self) -> bool:
        """Whether a model of the word is on its way to satellites."""
        return self._sending() is not None

    @property
    def update_percentage(self) -> int | None:
        """How far that is, over all satellites."""
        sending = self._sending()
        if sending is None or not sending.targets:
            return None
        parts = [1.0 if target.ended else (target.percent or 0) / 100 for target in sending.targets]
        return round(100 * sum(parts) / len(parts))

    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        """Publish the newest model, and send it to the satellites that listen for the word; returns when it is there.

        Raises:
            HomeAssistantError: the app will not (its quality, a comparison lost), or a satellite could not take it.
        """
        state = self.state_of_app
        newest = next(iter(state.versions(self.word)), None)
        if newest is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_model")
        satellites = [satellite.id for satellite in state.listeners(self.word) if satellite.delivery != "none"]
        try:
            if not satellites:
                await self.coordinator.client.post(f"models/{newest.id}/publish", {})
                return
            body = {"model": newest.id, "satellites": satellites}
            told = Deployment.read(await self.coordinator.client.post("deployments", body))
        except WakesmithError as error:
            raise explain(error, self.coordinator.config_entry, self.hass) from error
        await self._wait(told)

    async def _wait(self, deployment: Deployment) -> None:
        """Wait until a deployment has ended; what the app tells of it moves the progress."""
        changed = asyncio.Event()
        end = self.coordinator.async_add_listener(changed.set)
        try:
            while not deployment.ended:
                await changed.wait()
                changed.clear()
                deployment = self.state_of_app.deployments.get(deployment.id, deployment)
        finally:
            end()
        if deployment.state != "done":
            failed = next((target for target in deployment.targets if target.state == "failed"), None)
            values = {
                "name": failed.name if failed else "",
                "message": failed.message if failed else deployment.state,
            }
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="not_sent", translation_placeholders=values
            )

    def _sending(self) -> Deployment | None:
        models = {model.id for model in self.state_of_app.versions(self.word)}
        return next((d for d in self.state_of_app.sending if d.model in models), None)
