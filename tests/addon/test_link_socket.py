"""The integration's listener: who comes in, hellos, questions, answers, and a newer one in the place of an older."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from addon.errors import Unavailable
from addon.homeassistant.identity import met_integration
from addon.web import link
from addon.web.rates import Buckets
from tests.addon.integration_double import HELLO, connected, until

pytestmark = pytest.mark.asyncio


async def question_of(socket: ClientWebSocketResponse, what: str) -> dict[str, Any]:
    """Read until the app asks for this."""
    while (question := await until(socket, "ask"))["what"] != what:
        pass
    return question


async def closed(socket: ClientWebSocketResponse) -> tuple[int, str]:
    """Read until the app closes the link, and return how."""
    async with asyncio.timeout(10):
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.CLOSE:
                return int(message.data), str(message.extra)
            assert message.type is WSMsgType.TEXT, message


async def test_the_api_is_there_for_whoever_has_the_token(open_house: Any) -> None:
    async with open_house() as house:
        async with house.browser.get(house.link("jobs"), headers=house.token) as response:
            assert (response.status, await response.json()) == (200, [])
        async with house.browser.post(
            house.link("jobs"), headers=house.token, json={"phrase": "hey jarvis"}
        ) as response:
            assert response.status == 201
        for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": house.token["Authorization"][7:]}):
            for path in ("jobs", "home", "events", "nothing"):
                async with house.browser.get(house.link(path), headers=headers) as response:
                    assert response.status == 401, (headers, path)
            with pytest.raises(WSServerHandshakeError) as refused:
                await house.browser.ws_connect(house.link("link"), headers=headers)
            assert refused.value.status == 401


async def test_no_page_is_served_there(open_house: Any) -> None:
    async with open_house() as house:
        root = house.link("").removesuffix("api/v1/")
        for path in ("", "index.html", "api/openapi.json"):
            async with house.browser.get(root + path, headers=house.token) as response:
                assert response.status == 404, path


async def test_guessing_is_slow_and_keeps_nobody_out(open_house: Any) -> None:
    async with open_house(buckets=Buckets(burst=20, rate=0.01)) as house:
        statuses = []
        for _ in range(4):
            async with house.browser.get(house.link("jobs"), headers={"Authorization": "Bearer x"}) as response:
                statuses.append(response.status)
        assert statuses == [401, 401, 429, 429]
        async with house.browser.get(house.link("jobs"), headers=house.token) as response:
            assert response.status == 200


async def test_both_say_hello_and_the_app_asks(open_house: Any) -> None:
    async with open_house() as house, connected(house) as socket:
        home = house.app.parts.home
        assert (home.link.peer.version, home.link.peer.home_assistant) == ("1.0.0", "2026.11.0")
        asked = asyncio.create_task(home.link.ask("check", {"a": 1}))
        question = await question_of(socket, "check")
        assert question["params"] == {"a": 1}
        await socket.send_json({"type": "answer", "id": question["id"], "result": {"b": []}})
        assert await asked == {"b": []}


async def test_what_happens_is_told(open_house: Any) -> None:
    async with open_house() as house, connected(house) as socket:
        async with house.browser.post(house.api("jobs"), json={"phrase": "hey jarvis"}) as response:
            ident = (await response.json())["id"]
        assert (await until(socket, "job"))["job"]["id"] == ident


async def test_changes_reach_who_watches(open_house: Any) -> None:
    async with open_house() as house:
        told: asyncio.Queue[str] = asyncio.Queue()
        house.app.parts.home.link.watch(told.put_nowait)
        async with connected(house) as socket:
            await socket.send_json({"type": "changed", "what": "satellites"})
            assert [await asyncio.wait_for(told.get(), 5) for _ in range(2)] == ["link", "satellites"]
        assert await asyncio.wait_for(told.get(), 5) == "link"
        assert house.app.parts.home.link.peer is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 5000, "not JSON"),
        ("[]", "JSON object"),
        (json.dumps({"type": "hello", "version": "1"}), "must be a hello"),
        (json.dumps({**HELLO, "version": "\x00"}), "must be a hello"),
        (json.dumps({"type": "changed", "what": "satellites"}), "must be a hello"),
        (b"\x00", "text frames"),
    ],
)
async def test_a_bad_first_message_closes_with_a_reason(open_house: Any, text: str | bytes, reason: str) -> None:
    async with (
        open_house() as house,
        house.browser.ws_connect(house.link("link"), headers=house.token) as socket,
    ):
        await (socket.send_bytes(text) if isinstance(text, bytes) else socket.send_str(text))
        code, said = await closed(socket)
        assert code == 1008
        assert reason in said
        assert house.app.parts.home.link.peer is None


async def test_who_says_nothing_is_closed(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_HELLO_S", 0.2)
    async with (
        open_house() as house,
        house.browser.ws_connect(house.link("link"), headers=house.token) as socket,
    ):
        code, said = await closed(socket)
        assert (code, "no hello" in said) == (1008, True)


@pytest.mark.parametrize(
    ("text", "code"), [("{", 1008), ("7", 1008), (b"x", 1008), (json.dumps({"a": "x" * (1 << 20)}), 1009)]
)
async def test_a_bad_message_later_closes_too(open_house: Any, text: str | bytes, code: int) -> None:
    async with open_house() as house, connected(house) as socket:
        await (socket.send_bytes(text) if isinstance(text, bytes) else socket.send_str(text))
        assert (await closed(socket))[0] == code
        async with asyncio.timeout(5):
            while house.app.parts.home.link.peer is not None:
                await asyncio.sleep(0.01)


async def test_what_belongs_to_no_question_is_passed_over(open_house: Any) -> None:
    async with open_house() as house, connected(house) as socket:
        for message in ({"type": "answer", "id": [1]}, {"type": "answer", "id": 99}, {"type": "news"}, {}):
            await socket.send_json(message)
        asked = asyncio.create_task(house.app.parts.home.link.ask("dismiss", {"tag": "a"}))
        question = await question_of(socket, "dismiss")
        await socket.send_json({"type": "answer", "id": question["id"]})
        assert await asked == {}


async def test_a_newer_one_takes_the_place_and_the_older_is_told(open_house: Any) -> None:
    async with open_house() as house, connected(house) as older:
        asked = asyncio.create_task(house.app.parts.home.link.ask("check"))
        await question_of(older, "check")
        async with connected(house) as newer:
            with pytest.raises(Unavailable, match="anew"):
                await asked
            assert await closed(older) == (link.REPLACED, "another integration took the place of this one")
            again = asyncio.create_task(house.app.parts.home.link.ask("check"))
            question = await question_of(newer, "check")
            await newer.send_json({"type": "answer", "id": question["id"], "result": {}})
            assert await again == {}


async def test_who_only_looks_takes_nobodys_place(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house() as house:
        home = house.app.parts.home
        monkeypatch.setattr(link, "_VISIT_S", 0.5)

        async def look() -> None:
            async with house.browser.ws_connect(house.link("link"), headers=house.token) as visitor:
                await visitor.send_json(HELLO | {"version": "9.9.9"})
                await until(visitor, "hello")

        await look()
        await asyncio.sleep(0.6)
        assert not home.set_up
        async with connected(house) as socket:
            await look()
            await asyncio.sleep(0.6)
            asked = asyncio.create_task(home.link.ask("check"))
            question = await question_of(socket, "check")
            await socket.send_json({"type": "answer", "id": question["id"]})
            assert await asked == {}
            assert home.met == "1.0.0"


async def test_what_is_said_at_once_is_heard(open_house: Any) -> None:
    async with open_house() as house:
        told: asyncio.Queue[str] = asyncio.Queue()
        house.app.parts.home.link.watch(told.put_nowait)
        async with house.browser.ws_connect(house.link("link"), headers=house.token) as socket:
            await socket.send_json(HELLO)
            await socket.send_json({"type": "changed", "what": "satellites"})
            assert [await asyncio.wait_for(told.get(), 5) for _ in range(2)] == ["link", "satellites"]


async def test_an_integration_is_set_up_until_its_entry_is_removed(open_house: Any) -> None:
    async with open_house() as house:
        home = house.app.parts.home
        assert not home.set_up
        async with connected(house):
            assert home.set_up
        assert await met_integration(house.app.parts.store) is not None
    async with open_house() as house:
        home = house.app.parts.home
        assert home.set_up
        async with house.browser.get(house.api("home")) as response:
            told = await response.json()
        assert (told["integration"]["set_up"], told["integration"]["linked"]) == (True, False)
        assert told["link"] == {"port": house.app.link.port, "token": home.identity.token}
        async with house.browser.delete(house.link("link"), headers=house.token) as response:
            assert response.status == 204
        assert not home.set_up
        assert await met_integration(house.app.parts.store) is None


async def test_the_end_of_the_app_ends_the_link(open_house: Any) -> None:
    async with open_house() as house:
        browser = house.browser
        socket = await browser.ws_connect(house.link("link"), headers=house.token)
        await socket.send_json(HELLO)
        await until(socket, "snapshot")
        ending = asyncio.create_task(closed(socket))
        await house.app.link.close()
        assert (await ending)[0] == 1001


async def test_a_taken_port_does_not_take_the_panel_down(open_house: Any, unused_tcp_port: int) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", unused_tcp_port)
    async with (
        taken,
        open_house(link_port=unused_tcp_port) as house,
        house.browser.get(house.url("api/health")) as response,
    ):
        assert response.status == 200
