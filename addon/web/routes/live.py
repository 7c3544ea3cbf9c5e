"""`events`: what is there, then whatever happens, to any number of browsers."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from aiohttp import WSMsgType, web

from addon.bus import (
    DataProgress,
    DeploymentChanged,
    Gone,
    HomeChanged,
    JobChanged,
    JobEvent,
    Message,
    Messages,
    Missed,
    ModelChanged,
    Overrun,
    PublicationChanged,
    SampleChanged,
    SatellitesChanged,
)
from addon.web.parts import Parts
from addon.web.route import Route
from addon.web.sockets import open_socket, send


async def events(parts: Parts, request: web.Request) -> web.StreamResponse:
    """Open a WebSocket: a snapshot of jobs and models, then all that happens."""
    async with open_socket(request) as socket, parts.bus.listen() as messages:
        parts.assistant.wake()
        sender = asyncio.create_task(relay(socket, parts, messages))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break  # nothing is asked here; texts are passed over
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
    return socket


async def relay(socket: web.WebSocketResponse, parts: Parts, messages: Messages) -> None:
    """Send a snapshot and all that happens, until the other side leaves or cannot follow: then it connects again."""
    try:
        await send(socket, json.dumps(await take_snapshot(parts)))
        while not socket.closed:
            for message in await messages.take():
                await send(socket, json.dumps(tell(message)))
    except (Overrun, ConnectionError):
        await socket.close()


async def take_snapshot(parts: Parts) -> dict[str, Any]:
    """Return what is there, as `events` and the link begin."""
    jobs, models, deployments = (
        await parts.jobs.all(),
        await parts.models.all(),
        await parts.household.deployments.all(),
    )
    return {
        "type": "snapshot",
        "jobs": [asdict(j) for j in jobs],
        "models": [asdict(m) for m in models],
        "satellites": [asdict(s) for s in parts.household.roster.all()],
        "deployments": [asdict(d) for d in deployments],
        "publications": [asdict(p) for p in await parts.publisher.all()],
        "home": parts.home.show(),
    }


def tell(message: Message) -> dict[str, Any]:
    """Return a message as the panel reads it."""
    match message:
        case JobChanged(job):
            return {"type": "job", "job": asdict(job)}
        case JobEvent(job, event):
            return {"type": "event", "job": job, "event": {"kind": event.kind, **asdict(event)}}
        case ModelChanged(model):
            return {"type": "model", "model": asdict(model)}
        case SampleChanged(sample):
            return {"type": "sample", "sample": asdict(sample)}
        case DataProgress(_, values):
            return {"type": "data", "data": values}
        case SatellitesChanged(satellites):
            return {"type": "satellites", "satellites": [asdict(s) for s in satellites]}
        case PublicationChanged(publication):
            return {"type": "publication", "publication": asdict(publication)}
        case DeploymentChanged(deployment):
            return {"type": "deployment", "deployment": asdict(deployment)}
        case HomeChanged(values):
            return {"type": "home", "home": values}
        case Gone(what, ident):
            return {"type": "gone", "what": what, "id": ident}
        case Missed(count):
            return {"type": "missed", "count": count}


ROUTES = (Route("GET", "events", events, status=101, media="websocket"),)
