"""Public data sets."""

from contextlib import suppress

from addon.errors import Conflict, Unavailable
from addon.library.downloads import DataSet
from addon.web.parts import Parts
from addon.web.route import Name, Route


async def list_data(parts: Parts) -> list[DataSet]:
    """List what can be fetched, with size and licence."""
    with suppress(Unavailable):  # what was known before is good enough
        await parts.datasets.look()
    return await parts.datasets.all()


async def download(parts: Parts, name: Name) -> DataSet:
    """Begin to fetch one; progress comes by the events."""
    return await parts.datasets.download(name)


async def cancel(parts: Parts, name: Name) -> DataSet:
    """Stop fetching; what has come is kept for the next time."""
    return await parts.datasets.cancel(name)


async def delete(parts: Parts, name: Name) -> None:
    """Remove one from the disk."""
    await parts.datasets.delete(name)


ROUTES = (
    Route("GET", "data", list_data),
    Route("POST", "data/{name}/download", download, status=202, cost=1, fails=(Conflict,)),
    Route("POST", "data/{name}/cancel", cancel, fails=(Conflict,)),
    Route("DELETE", "data/{name}", delete, status=204, fails=(Conflict,)),
)
