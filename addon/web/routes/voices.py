"""Voices that can be downloaded: the public catalogue, asked only when the user wants it."""

from typing import Annotated

from pydantic import StringConstraints

from addon.errors import Conflict
from addon.library.downloads import DataSet
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Route

VoiceName = Annotated[str, StringConstraints(pattern=r"^\w[\w-]{0,99}$")]
VoiceLanguage = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}_[A-Z]{2,3}$")]


class CatalogueOf(Asked):
    """Which part: the voices of one language come with their licences."""

    language: VoiceLanguage | None = None


async def list_catalogue(parts: Parts, query: CatalogueOf) -> list[DataSet]:
    """List the voices that can be fetched; asks the internet."""
    return await parts.voices.look(query.language or "")


async def download(parts: Parts, name: VoiceName) -> DataSet:
    """Begin to fetch one; progress comes by the events."""
    return await parts.voices.download(name)


async def cancel(parts: Parts, name: VoiceName) -> DataSet:
    """Stop fetching; what has come is kept for the next time."""
    return await parts.voices.cancel(name)


async def delete(parts: Parts, name: VoiceName) -> None:
    """Remove one from the disk."""
    await parts.voices.delete(name)


ROUTES = (
    Route("GET", "voices/catalogue", list_catalogue, cost=1),
    Route("POST", "voices/{name}/download", download, status=202, cost=1, fails=(Conflict,)),
    Route("POST", "voices/{name}/cancel", cancel, fails=(Conflict,)),
    Route("DELETE", "voices/{name}", delete, status=204, fails=(Conflict,)),
)
