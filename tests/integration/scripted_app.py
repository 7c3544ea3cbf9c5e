"""The app's end of the link, as docs/satellites.md has it: says and answers what a test wants."""

import asyncio
import json
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "0123456789abcdef0123456789abcdef"
ID = "a1b2c3d4e5f60718"


class ScriptedApp:
    """A server on 127.0.0.1.

    Attributes:
        snapshot: what a new link is told first; None: nothing.
        hello: what is answered to a hello.
        early: what is said before the snapshot.
        answers: what `METHOD path` answers: (status, body); the last call's bodies stand in `calls`.
        heard: what the integration said over the link.
    """

    def __init__(self) -> None:
        self.token, self.port = TOKEN, 0
        self.hello: Any = {"type": "hello", "version": "0.1.0", "id": ID, "name": "Wakesmith"}
        self.snapshot: dict[str, Any] | None = {"type": "snapshot", "jobs": [], "models": [], "satellites": []}
        self.early: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {"DELETE link": (204, None)}
        self.calls: list[tuple[str, Any]] = []
        self.greetings: list[dict[str, Any]] = []
        self.heard: deque[dict[str, Any]] = deque()
        self.sockets: list[web.WebSocketResponse] = []
        self._heard = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def open(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get("/api/v1/link", self._link)
        app.router.add_route("*", "/api/v1/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def drop(self, code: int = 1001) -> None:
        """Close the links, as when the app ends, or a newer integration takes their place."""
        sockets, self.sockets = self.sockets, []
        for socket in sockets:
            await socket.close(code=code)

    async def say(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            await self.sockets[-1].send_str(json.dumps(message))

    async def say_text(self, text: str) -> None:
        await self.sockets[-1].send_str(text)

    async def hear(self, **wanted: Any) -> dict[str, Any]:
        """Wait for a message with these keys; those before it are forgotten."""
        async with asyncio.timeout(10), self._heard:
            while True:
                while self.heard:
                    message = self.heard.popleft()
                    if wanted.items() <= message.items():
                        return message
                await self._heard.wait()

    async def ask(self, what: str, params: dict[str, Any] | None = None, number: int = 1) -> dict[str, Any]:
        """Ask the integration; the answer's result, or the refusal's error."""
        await self.say({"type": "ask", "id": number, "what": what, "params": params or {}})
        while True:
            message = await self.hear(id=number)
            if message["type"] == "answer":
                return dict(message["result"])
            if message["type"] == "refused":
                return {"error": message["error"]}

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": {"code": "unauthorised", "message": "no", "hint": ""}}, status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.greetings.append(await socket.receive_json())
        if self.hello is not None:
            await socket.send_str(self.hello if isinstance(self.hello, str) else json.dumps(self.hello))
        for message in (*self.early, self.snapshot):
            if message is not None:
                await socket.send_json(message)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                async with self._heard:
                    self.heard.append(json.loads(message.data))
                    self._heard.notify_all()
        return socket

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        key = f"{request.method} {request.match_info['path']}"
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": {"code": "unauthorised", "message": "no", "hint": ""}}, status=401)
        self.calls.append((key, await request.json() if request.can_read_body else None))
        missing = {"error": {"code": "not_found", "message": "there is no such thing", "hint": "", "values": {}}}
        status, body = self.answers.get(key, (404, missing))
        if status == 204:
            return web.Response(status=204)
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)


def model(ident: str = "hey_jarvis_v1", **told: Any) -> dict[str, Any]:
    word, _, version = ident.rpartition("_v")
    return {
        "id": ident,
        "word": word,
        "version": int(version),
        "phrase": word.replace("_", " "),
        "language": "en",
        "created": f"2026-11-2{version}T10:00:00Z",
        "size": 50000,
        "cutoff": 200,
        "window": 5,
        "recall": 0.97,
        "recall_low": 0.94,
        "false_accepts_high": 0.25,
        "summary": "Hears you 97 times in 100.",
        "notes": "",
        "job": None,
        "deleted": None,
        **told,
    }


def job(ident: str = "j1", phrase: str = "hey jarvis", state: str = "running", **told: Any) -> dict[str, Any]:
    request = {"phrase": phrase, "language": "en", "preset": "quick", "false_accepts_per_hour": None}
    kept = {"id": ident, "request": request, "state": state, "created": f"2026-11-21T10:00:0{ident[-1]}Z"}
    figures = {"position": -1, "stage": "training", "done": 20, "total": 80, "eta_s": 90.0, "model": None}
    return kept | figures | {"message": "", "hint": ""} | told


def satellite(ident: str = "aabbccddeeff", **told: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "name": "Kitchen",
        "delivery": "external",
        "room": "Kitchen",
        "entity": "assist_satellite.kitchen",
        "active": ["hey_jarvis_v1"],
        "available": ["hey_jarvis_v1", "okay_nabu"],
        "sensitivities": [],
        **told,
    }


def deployment(ident: str = "d1", state: str = "running", *targets: dict[str, Any], **told: Any) -> dict[str, Any]:
    return {"id": ident, "model": "hey_jarvis_v2", "state": state, "targets": list(targets), **told}


def target(state: str = "compiling", percent: int | None = 40, **told: Any) -> dict[str, Any]:
    return {"satellite": "aabbccddeeff", "name": "Kitchen", "state": state, "percent": percent, "message": "", **told}


def publication(number: int = 1, *previous: str) -> dict[str, Any]:
    return {
        "word": "hey_jarvis",
        "model": f"hey_jarvis_v{number}",
        "phrase": "hey jarvis",
        "previous": list(previous),
    }
