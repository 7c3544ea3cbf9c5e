"""Recordings."""

from typing import Literal

from aiohttp import web

from addon.errors import Invalid, NotFound
from addon.records import Sample, SampleLabel, SampleState
from addon.web.bodies import SOUND_LIMIT, Form
from addon.web.fields import Asked, Line, Phrase, Seconds
from addon.web.parts import Parts
from addon.web.route import Id, Route


class SampleQuery(Asked):
    """Which recordings."""

    state: SampleState | None = None
    label: SampleLabel | None = None
    phrase: Line | None = None
    deleted: bool = False


class SampleIn(Asked):
    """What is known of a recording that is sent."""

    phrase: Phrase
    speaker: Line = ""
    label: SampleLabel = SampleLabel.PHRASE
    source: Literal["panel", "upload"] = "upload"


class SampleChange(Asked):
    """What the user may change."""

    label: SampleLabel | None = None
    state: SampleState | None = None
    speaker: Line | None = None


class TrimIn(Asked):
    """The part to keep, in seconds of the recording as it is now; neither: the whole original again."""

    begin_s: Seconds | None = None
    end_s: Seconds | None = None


async def list_samples(parts: Parts, query: SampleQuery) -> list[Sample]:
    """List recordings, newest first, or those in the trash."""
    if query.deleted:
        return await parts.samples.deleted()
    return await parts.samples.all(query.state, query.label, query.phrase)


async def add(parts: Parts, body: Form[SampleIn]) -> Sample:
    """Take in a recording of any common format."""
    known = body.fields
    return await parts.samples.add(
        body.sound.path,
        "".join(sign for sign in body.sound.name if sign.isprintable()),
        phrase=known.phrase,
        speaker=known.speaker,
        label=known.label,
        source=known.source,
    )


async def read(parts: Parts, id: Id) -> Sample:
    """Return one recording."""
    return await parts.samples.get(id)


async def change(parts: Parts, id: Id, body: SampleChange) -> Sample:
    """Change label, state or speaker."""
    return await parts.samples.change(id, **body.model_dump(exclude_none=True))


async def delete(parts: Parts, id: Id) -> None:
    """Move one to the trash."""
    await parts.samples.delete(id)


async def audio(parts: Parts, id: Id) -> web.StreamResponse:
    """Return the WAV."""
    path = await parts.samples.audio(id)
    return web.FileResponse(path, headers={"Content-Type": "audio/wav", "Cache-Control": "no-cache"})


async def restore(parts: Parts, id: Id) -> Sample:
    """Put a deleted one back."""
    return await parts.samples.restore(id)


async def trim(parts: Parts, id: Id, body: TrimIn) -> Sample:
    """Keep a part of it; the original stays."""
    if body.begin_s is None and body.end_s is None:
        return await parts.samples.untrim(id)
    sample = await parts.samples.get(id)
    return await parts.samples.trim(id, body.begin_s or 0.0, sample.seconds if body.end_s is None else body.end_s)


ROUTES = (
    Route("GET", "samples", list_samples),
    Route("POST", "samples", add, status=201, cost=1, limit=SOUND_LIMIT),
    Route("GET", "samples/{id}", read),
    Route("PATCH", "samples/{id}", change),
    Route("DELETE", "samples/{id}", delete, status=204),
    Route("GET", "samples/{id}/audio", audio, media="audio/wav", fails=(NotFound,)),
    Route("POST", "samples/{id}/restore", restore),
    Route("POST", "samples/{id}/trim", trim, cost=1, fails=(Invalid,)),
)
