"""The LAN listener: finished models to read, and with a token an inbox for satellites' recordings. Nothing else."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, StringConstraints

from addon.errors import Forbidden, NotFound, Unauthorised
from addon.records import Sample, SampleLabel
from addon.web.bodies import SOUND_LIMIT, Form
from addon.web.failures import Next
from addon.web.fields import Asked, Line, Phrase
from addon.web.parts import PARTS, Parts
from addon.web.route import Route
from addon.web.tokens import check_token


class LanModel(BaseModel):
    """A model as satellites find it; the addresses are relative to this list's."""

    id: str
    phrase: str
    language: str
    size: int
    manifest: str
    model: str


class InboxIn(Asked):
    """What a satellite knows of its recording; `satellite` is its name."""

    phrase: Phrase
    satellite: Line = ""
    label: SampleLabel = SampleLabel.PHRASE


FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}\.(json|tflite)$")]


async def list_models(parts: Parts) -> list[LanModel]:
    """List all finished wake words."""
    return [
        LanModel(
            id=m.id,
            phrase=m.phrase,
            language=m.language,
            size=m.size,
            manifest=f"models/{m.id}.json",
            model=f"models/{m.id}.tflite",
        )
        for m in await parts.models.all()
    ]


async def read(parts: Parts, name: FileName) -> web.StreamResponse:
    """Return a model's manifest or its flatbuffer."""
    ident, _, kind = name.rpartition(".")
    media = {"json": "application/json", "tflite": "application/octet-stream"}[kind]
    return web.FileResponse(await parts.models.file(ident, kind), headers={"Content-Type": media})


async def inbox(parts: Parts, body: Form[InboxIn]) -> Sample:
    """Take in a satellite's recording."""
    known = body.fields
    return await parts.samples.add(
        body.sound.path,
        "".join(sign for sign in body.sound.name if sign.isprintable()),
        phrase=known.phrase,
        speaker=known.satellite,
        label=known.label,
        source="satellite",
    )


@web.middleware
async def token(request: web.Request, handler: Next) -> web.StreamResponse:
    """Ask for the token where something is sent."""
    if request.method not in ("GET", "HEAD"):
        expected = request.app[PARTS].options.lan_token
        if not expected:
            raise Forbidden("recordings are not taken", hint="Set a LAN token in the app's options.", code="no_token")
        check_token(request, expected)
    return await handler(request)


ROUTES = (
    Route("GET", "models", list_models),
    Route("GET", "models/{name}", read, media="application/octet-stream", fails=(NotFound,)),
    Route("POST", "inbox", inbox, status=201, cost=2, limit=SOUND_LIMIT, fails=(Unauthorised,)),
)
