"""What deployments change about what is published, and what an undo gives back."""

import logging

from addon.errors import AppError
from addon.fleet import Deployment, word_of
from addon.satellites.means import Means

_log = logging.getLogger(__name__)


class Publications:
    """The published versions, as deployments move them."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def publish(self, model: str, override: bool, replace_rival: bool) -> str:
        """Publish a model unless it is; return the version that was published before it, "" where nothing changed."""
        before = await self.of_word((await self._means.store.models.get(model)).word)
        if before == model:
            return ""
        await self._means.publisher.publish(model, override=override, replace=replace_rival)
        return before

    async def of_word(self, word: str) -> str:
        """Return the version of a word that is published, "" where none is."""
        return next((one.model for one in await self._means.store.publications.all() if one.word == word), "")

    async def return_to_before(self, undone: Deployment) -> None:
        """Publish again what an undone deployment had replaced, unless another version was published since."""
        word = word_of(undone.model)
        if not undone.replaced or await self.of_word(word) != undone.model:
            return
        publication = await self._means.store.publications.get(word)
        try:
            if undone.replaced in publication.previous:
                await self._means.publisher.rollback(word)
            else:  # what is undone was a rollback itself
                await self._means.publisher.publish(undone.replaced, override=True, replace=True)
        except AppError as error:  # the satellites are as they were all the same
            _log.error("%s cannot be published again: %s", undone.replaced, error.message)

    async def tidy(self) -> None:
        """Have Home Assistant offer no versions that no satellite listens for and no rollback returns to."""
        try:
            await self._means.publisher.tidy({id for one in self._means.roster.all() for id in one.active})
        except AppError as error:
            _log.warning("earlier versions are still offered: %s", error.message)
