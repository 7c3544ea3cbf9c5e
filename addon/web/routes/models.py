"""Finished wake words."""

import asyncio
import json
from typing import Any

from aiohttp import web

from addon.records import Model
from addon.web.fields import Asked, Notes
from addon.web.parts import Parts
from addon.web.route import Id, Route

# The report is a page of its own: no scripts, nothing from elsewhere.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


class ModelChange(Asked):
    """What the user may change."""

    notes: Notes


class ModelQuery(Asked):
    """Which wake words."""

    deleted: bool = False


async def list_models(parts: Parts, query: ModelQuery) -> list[Model]:
    """List all finished wake words, or those in the trash."""
    return await (parts.models.deleted() if query.deleted else parts.models.all())


async def read(parts: Parts, id: Id) -> Model:
    """Return one, with its report in plain words."""
    return await parts.models.get(id)


async def change(parts: Parts, id: Id, body: ModelChange) -> Model:
    """Write notes."""
    return await parts.models.set_notes(id, body.notes)


async def delete(parts: Parts, id: Id) -> None:
    """Move one to the trash."""
    await parts.models.delete(id)


async def restore(parts: Parts, id: Id) -> Model:
    """Put a deleted one back."""
    return await parts.models.restore(id)


async def report(parts: Parts, id: Id) -> dict[str, Any]:
    """Return the whole report."""
    path = await parts.models.file(id, "report")
    found: dict[str, Any] = json.loads(await asyncio.to_thread(path.read_bytes))
    return found


async def manifest(parts: Parts, id: Id) -> dict[str, Any]:
    """Return the manifest as ESPHome reads it."""
    path = await parts.models.file(id, "json")
    found: dict[str, Any] = json.loads(await asyncio.to_thread(path.read_bytes))
    return found


async def page(parts: Parts, id: Id) -> web.FileResponse:
    """Return the report as a page."""
    path = await parts.models.file(id, "page")
    return web.FileResponse(
        path, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _REPORT_POLICY}
    )


async def download(parts: Parts, request: web.Request, id: Id) -> web.StreamResponse:
    """Return a zip of the model's folder."""
    pieces = await parts.models.zip(id)
    response = web.StreamResponse(
        headers={"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{id}.zip"'}
    )
    await response.prepare(request)
    while piece := await asyncio.to_thread(next, pieces, b""):
        await response.write(piece)
    await response.write_eof()
    return response


ROUTES = (
    Route("GET", "models", list_models),
    Route("GET", "models/{id}", read),
    Route("PATCH", "models/{id}", change),
    Route("DELETE", "models/{id}", delete, status=204),
    Route("POST", "models/{id}/restore", restore),
    Route("GET", "models/{id}/report", report),
    Route("GET", "models/{id}/manifest", manifest),
    Route("GET", "models/{id}/report.html", page, media="text/html"),
    Route("GET", "models/{id}/download", download, media="application/zip", cost=1),
)
