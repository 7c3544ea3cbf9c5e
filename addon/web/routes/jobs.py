"""Trainings."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from addon.errors import Conflict, Invalid, NotFound
from addon.jobs import JobSnapshot, Preflight
from addon.records import Job, JobRequest
from addon.web.fields import Asked, Language, Phrase, Setting, Text
from addon.web.parts import Parts
from addon.web.route import Id, Route

_Texts = Annotated[tuple[Text, ...], Field(max_length=1000)]
_Key = Annotated[str, Field(pattern=r"^[a-z_]{1,40}(\.[a-z_]{1,40})?$")]


class JobIn(Asked):
    """What the user asks for; the job's own check says more."""

    phrase: Phrase
    language: Language = "auto"
    say: _Texts = ()
    veto: _Texts = ()
    preset: Annotated[str, Field(pattern=r"^(quick|standard|thorough)$")] = "standard"
    settings: Annotated[dict[_Key, Setting], Field(max_length=200)] = Field(default_factory=dict)
    recordings: bool = True
    false_accepts_per_hour: Annotated[float, Field(gt=0, le=100)] | None = None
    satellites: Annotated[tuple[Id, ...], Field(max_length=64)] = ()

    def record(self) -> JobRequest:
        """Return it as it is kept."""
        return JobRequest(**self.model_dump())


class MoveIn(Asked):
    """A place in the queue, 0 first."""

    position: Annotated[int, Field(ge=0, le=100_000)]


class LogQuery(Asked):
    """How much of a log."""

    lines: Annotated[int, Field(ge=1, le=10_000)] = 400


async def preflight(parts: Parts, body: JobIn) -> Preflight:
    """Say what a training would need, before it starts."""
    return await parts.jobs.preflight(body.record())


async def list_jobs(parts: Parts) -> list[Job]:
    """List all trainings."""
    return await parts.jobs.all()


async def create(parts: Parts, body: JobIn) -> Job:
    """Put a training in the queue."""
    return await parts.jobs.create(body.record())


async def read(parts: Parts, id: Id) -> Job:
    """Return one training."""
    return await parts.jobs.get(id)


async def delete(parts: Parts, id: Id) -> None:
    """Delete a training that has ended, with its folder; its model stays."""
    await parts.jobs.delete(id)


async def cancel(parts: Parts, id: Id) -> Job:
    """Stop a training; what is finished is kept."""
    return await parts.jobs.cancel(id)


async def resume(parts: Parts, id: Id) -> Job:
    """Go on with a training that was stopped."""
    return await parts.jobs.resume(id)


async def move(parts: Parts, id: Id, body: MoveIn) -> Job:
    """Change a training's place in the queue."""
    return await parts.jobs.move(id, body.position)


async def snapshot(parts: Parts, id: Id) -> JobSnapshot:
    """Return all that a new browser needs to know of a training."""
    return await parts.jobs.snapshot(id)


async def log(parts: Parts, id: Id, query: LogQuery) -> web.Response:
    """Return the last lines of a training's log."""
    return web.Response(text=await parts.jobs.log(id, query.lines))


async def sample(parts: Parts, id: Id, n: Annotated[int, Field(ge=0, le=100_000)]) -> web.StreamResponse:
    """Return the n-th clip that a training reported, as WAV."""
    path = await parts.jobs.sample_path(id, n)
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})


ROUTES = (
    Route("POST", "jobs/preflight", preflight, cost=0.5),
    Route("GET", "jobs", list_jobs),
    Route("POST", "jobs", create, status=201, cost=1, fails=(Conflict, Invalid)),
    Route("GET", "jobs/{id}", read),
    Route("DELETE", "jobs/{id}", delete, status=204, fails=(Conflict,)),
    Route("POST", "jobs/{id}/cancel", cancel, fails=(Conflict,)),
    Route("POST", "jobs/{id}/resume", resume, fails=(Conflict,)),
    Route("POST", "jobs/{id}/move", move, fails=(Conflict,)),
    Route("GET", "jobs/{id}/events", snapshot),
    Route("GET", "jobs/{id}/log", log, media="text/plain"),
    Route("GET", "jobs/{id}/samples/{n}", sample, media="audio/wav", fails=(NotFound,)),
)
