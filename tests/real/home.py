"""What a user of Home Assistant does in the browser, by REST and WebSocket."""

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse

CLIENT = "http://127.0.0.1/"
State = dict[str, Any]


async def onboard(url: str) -> str:
    """Make the first user of a new house, answer the other questions, and return a token of that user."""
    async with ClientSession(url, raise_for_status=True) as browser:
        user = {"name": "Test", "username": "test", "password": "test", "language": "en", "client_id": CLIENT}
        async with browser.post("/api/onboarding/users", json=user) as answer:
            code = (await answer.json())["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT}
        async with browser.post("/auth/token", data=grant) as answer:
            token = str((await answer.json())["access_token"])
        bearer = {"Authorization": f"Bearer {token}"}
        for step, data in {
            "core_config": {}, "analytics": {}, "integration": {"client_id": CLIENT, "redirect_uri": CLIENT},
        }.items():  # fmt: skip
            async with browser.post(f"/api/onboarding/{step}", json=data, headers=bearer):
                pass
    return token


class Home:
    """An administrator's browser: `ask` for WebSocket commands, `get` and `post` for REST."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: dict[int, asyncio.Queue[Any]] = {}

    async def __aenter__(self) -> Self:
        self._browser = ClientSession(self.url, headers={"Authorization": f"Bearer {self.token}"})
        async with asyncio.timeout(60):
            while not (await self.get("config", raw=True)).ok:
                await asyncio.sleep(0.1)
        self._socket: ClientWebSocketResponse = await self._browser.ws_connect("/api/websocket", max_msg_size=0)
        assert (await self._socket.receive_json())["type"] == "auth_required"
        await self._socket.send_json({"type": "auth", "access_token": self.token})
        assert (await self._socket.receive_json())["type"] == "auth_ok"
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await self._socket.close()
        await self._browser.close()

    async def _read(self) -> None:
        async for message in self._socket:
            data = message.json()
            if data["type"] == "event":
                self._events[data["id"]].put_nowait(data["event"])
            elif waiting := self._answers.pop(data["id"], None):
                waiting.set_result(data)

    async def _send(self, number: int, kind: str, more: dict[str, Any]) -> Any:
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": kind, **more})
        data = await asyncio.wait_for(answer, 30)
        assert data["success"], f"{kind} {more}: {data['error']}"
        return data["result"]

    async def ask(self, kind: str, **more: Any) -> Any:
        """Send a WebSocket command, and return its result."""
        return await self._send(next(self._numbers), kind, more)

    async def follow(self, kind: str = "subscribe_events", **more: Any) -> asyncio.Queue[Any]:
        """Subscribe, and return what its events come into."""
        number = next(self._numbers)
        events: asyncio.Queue[Any] = asyncio.Queue()
        self._events[number] = events
        await self._send(number, kind, more)
        return events

    async def get(self, path: str, *, raw: bool = False) -> Any:
        """`GET /api/PATH`."""
        async with self._browser.get(f"/api/{path}") as answer:
            assert raw or answer.ok, f"GET {path}: {answer.status} {await answer.text()}"
            return answer if raw else await answer.json()

    async def post(self, path: str, data: Any = None) -> Any:
        """`POST /api/PATH`."""
        async with self._browser.post(f"/api/{path}", json={} if data is None else data) as answer:
            assert answer.ok, f"POST {path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def call(self, action: str, target: str | None = None, **data: Any) -> Any:
        """Call an action such as `select.select_option` on an entity."""
        domain, service = action.split(".")
        whom = {"target": {"entity_id": target}} if target else {}
        return await self.ask("call_service", domain=domain, service=service, service_data=data, **whom)

    async def states(self) -> dict[str, State]:
        return {state["entity_id"]: state for state in await self.ask("get_states")}

    async def entity(self, platform: str, unique_id: str, limit: float = 30) -> str:
        """Return the id of an integration's entity, once it is there."""
        found: dict[tuple[str, str], str] = {}
        async with asyncio.timeout(limit):
            while (platform, unique_id) not in found:
                await asyncio.sleep(0.1)
                entities = await self.ask("config/entity_registry/list")
                found = {(entity["platform"], entity["unique_id"]): entity["entity_id"] for entity in entities}
        return found[platform, unique_id]

    async def until(self, entity: str, good: Callable[[State], object], limit: float = 30) -> State:
        """Wait until the entity is there and its state is `good`."""
        state: State | None = None
        try:
            async with asyncio.timeout(limit):
                while not ((state := (await self.states()).get(entity)) and good(state)):
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise AssertionError(f"{entity} stays so: {state}; there are {sorted(await self.states())}") from error
        return state

    async def set_up(self, domain: str, *answers: dict[str, Any]) -> dict[str, Any]:
        """Go through an integration's config flow, one answer a step, and return the entry."""
        step = await self.post("config/config_entries/flow", {"handler": domain, "show_advanced_options": True})
        return await self._answer(step, answers)

    async def accept(self, domain: str, *answers: dict[str, Any], limit: float = 30) -> dict[str, Any]:
        """Wait until Home Assistant has discovered something for an integration, and go through that flow."""
        async with asyncio.timeout(limit):
            while not (
                found := [f for f in await self.ask("config_entries/flow/progress") if f["handler"] == domain]
            ):
                await asyncio.sleep(0.1)
        step = await self.get(f"config/config_entries/flow/{found[0]['flow_id']}")
        return await self._answer(step, answers or ({},))

    async def _answer(self, step: dict[str, Any], answers: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        for given in answers:
            assert step["type"] in {"form", "menu"}, step
            step = await self.post(f"config/config_entries/flow/{step['flow_id']}", given)
        assert step["type"] == "create_entry", step
        return dict(step["result"])

    async def set_up_mqtt(self, host: str, port: int, user: str, password: str) -> dict[str, Any]:
        """Add the MQTT integration with a broker."""
        other = {"set_client_cert": False, "set_ca_cert": "off"}
        broker = {"broker": host, "port": port, "username": user, "password": password, "other_settings": other}
        return await self.set_up("mqtt", broker)
