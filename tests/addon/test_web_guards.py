"""Who may ask, and how often; what is said when it fails."""

import asyncio
import gzip
import json
import socket
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from addon.web import guards
from addon.web.rates import Buckets

pytestmark = pytest.mark.asyncio
JSON = {"Content-Type": "application/json"}


async def error_of(response: Any) -> dict[str, str]:
    data = await response.json()
    assert set(data) == {"error"}
    assert set(data["error"]) == {"code", "message", "hint", "values"}
    assert data["error"]["code"]
    assert data["error"]["message"]
    return data["error"]


async def test_every_failure_is_json(open_house: Any) -> None:
    async with open_house() as house:
        cases = [
            ("GET", "jobs/nothing", {}, 404),
            ("GET", "no/such/thing", {}, 404),
            ("PUT", "jobs", {}, 405),
            ("POST", "jobs", {"data": b"{", "headers": JSON}, 400),
            ("POST", "jobs", {"data": b"\xff", "headers": JSON}, 400),
            ("POST", "jobs", {"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
            ("POST", "jobs", {"json": {"phrase": "a\x00b"}}, 422),
            ("POST", "jobs", {"json": {"phrase": "hey", "sey": []}}, 422),
            ("POST", "jobs", {"data": b"[" * 200_000, "headers": JSON}, 400),
            ("POST", "jobs", {"data": b" " * 300_000, "headers": JSON}, 413),
            ("GET", "samples?state=lost", {}, 422),
            ("GET", "listen?model=x", {}, 404),
            ("GET", "events", {}, 400),
            ("POST", "verify", {"data": b""}, 422),
            ("POST", "verify", {"data": b"a sound, and no model"}, 404),
            ("POST", "samples", {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
            ("GET", "models/..%2f..%2fetc%2fpasswd/report", {}, 404),
        ]
        for method, path, body, status in cases:
            async with house.browser.request(method, house.api(path), **body) as response:
                assert response.status == status, (method, path, await response.text())
                await error_of(response)
        async with house.browser.put(house.api("jobs")) as response:
            assert "POST" in response.headers["Allow"]


async def test_an_unexpected_failure_names_the_log(open_house: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with open_house() as house:

        async def burst() -> list[Any]:
            raise ZeroDivisionError

        house.app.parts.jobs.all = burst  # type: ignore[method-assign]
        async with house.browser.get(house.api("jobs")) as response:
            assert response.status == 500
            error = await error_of(response)
    ident = error["hint"].split()[-1].rstrip(".")
    assert any(ident in r.getMessage() and r.exc_info for r in caplog.records)
    assert "ZeroDivision" not in json.dumps(error)


async def test_ingress_takes_only_supervisor(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(ingress=True) as house:
        async with house.browser.get(house.api("jobs")) as response:
            assert response.status == 403
            await error_of(response)
        async with house.browser.get(house.api("jobs"), headers={"X-Forwarded-For": "172.30.32.2"}) as response:
            assert response.status == 403
        monkeypatch.setattr(guards, "SUPERVISOR", "127.0.0.1")
        async with house.browser.get(house.api("jobs")) as response:
            assert response.status == 200


async def test_ingress_records_who_asked(
    open_house: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guards, "SUPERVISOR", "127.0.0.1")
    caplog.set_level("INFO")
    user = {"X-Remote-User-Id": "u1", "X-Remote-User-Name": "ann", "X-Ingress-Path": "/api/hassio_ingress/t"}
    async with (
        open_house(ingress=True) as house,
        house.browser.patch(house.api("settings"), json={"concurrent": 2}, headers=user) as response,
    ):
        assert response.status == 200
    (found,) = [r.__dict__ for r in caplog.records if r.__dict__.get("path") == "/api/v1/settings"]
    assert (found["who"], found["user"], found["ingress"]) == ("u1", "ann", "/api/hassio_ingress/t")


async def test_strangers_pages_change_nothing(open_house: Any) -> None:
    async with open_house() as house:
        own = house.url("").rstrip("/")
        for headers, status in (
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": own, "Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": own}, 200),
            ({"Origin": own, "Sec-Fetch-Site": "same-origin"}, 200),
        ):
            async with house.browser.patch(house.api("settings"), json={}, headers=headers) as response:
                assert response.status == status, headers
        with pytest.raises(WSServerHandshakeError) as refused:
            await house.browser.ws_connect(house.api("events"), origin="http://evil.example")
        assert refused.value.status == 403
        forwarded = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
        async with house.browser.patch(house.api("settings"), json={}, headers=forwarded) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_a_strangers_name_that_points_here_opens_nothing(
    open_house: Any, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(host=host) as house:
        for name, status in (
            ("evil.example:8099", 403),
            (f"{socket.gethostname()}.evil.example", 403),
            ("127.0.0.1.evil.example", 403),
            ("[", 403),
            ("localhost:8099", 200),
            ("192.168.1.5", 200),
            ("[fe80::1]:8099", 200),
            (socket.gethostname(), 200),
        ):
            async with house.browser.get(house.api("jobs"), headers={"Host": name}) as response:
                assert response.status == status, name
        evil = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
        async with house.browser.patch(house.api("settings"), json={}, headers=evil) as response:
            assert response.status == 403
    warned = [r for r in caplog.records if r.__dict__.get("address") == host]
    assert len(warned) == (host == "0.0.0.0")


async def test_pages_are_told_what_they_may_do(open_house: Any) -> None:
    async with open_house() as house, house.browser.get(house.url("")) as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "not built" in await response.text()


async def test_the_panels_files(open_house: Any, tmp_path: Any) -> None:
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text("<!doctype html>" + "panel " * 500)
    (tmp_path / "static" / "assets" / "panel-ABCD1234.js").write_text("1;")
    async with open_house() as house:
        async with house.browser.get(
            house.url(""), headers={"Accept-Encoding": "gzip"}, auto_decompress=False
        ) as got:
            assert got.headers["Content-Encoding"] == "gzip"
            assert b"panel" in gzip.decompress(await got.read())
            tag = got.headers["ETag"]
            assert got.headers["Cache-Control"] == "no-cache"
        async with house.browser.get(house.url(""), headers={"If-None-Match": tag}) as got:
            assert got.status == 304
        async with house.browser.get(house.url("assets/panel-ABCD1234.js")) as got:
            assert "immutable" in got.headers["Cache-Control"]
            assert "javascript" in got.headers["Content-Type"]
        for path in ("assets/", "assets/..%2f..%2fdata%2fwakesmith.db", "..%2fdata%2fwakesmith.db"):
            async with house.browser.get(house.url(path)) as got:
                assert got.status == 404, path


async def test_rates_are_limited(open_house: Any) -> None:
    async with open_house(buckets=Buckets(burst=2, rate=0.01)) as house:
        statuses = []
        for _ in range(12):
            async with house.browser.get(house.api("voices")) as response:
                statuses.append(response.status)
        assert statuses[0] == 200
        assert statuses[-1] == 429
        async with house.browser.get(house.api("jobs")) as response:
            assert response.status == 200  # cheap ones go on


async def test_buckets_fill_again() -> None:
    now = [0.0]
    buckets = Buckets(burst=2, rate=1, clock=lambda: now[0])

    class Asker(dict[str, str]):
        remote = "10.0.0.1"

    asker: Any = Asker()
    buckets.take(asker, 2)
    with pytest.raises(Exception, match="too often"):
        buckets.take(asker, 1)
    now[0] = 1.0
    buckets.take(asker, 1)


async def test_lan_is_off_until_switched_on(open_house: Any) -> None:
    async with open_house() as house:
        assert not house.app.lan.is_open
        async with house.browser.patch(house.api("settings"), json={"lan": True}) as response:
            assert (await response.json())["lan"] is True
        async with house.browser.get(house.lan("models")) as response:
            assert (response.status, await response.json()) == (200, [])
        for path in ("", "api/v1/jobs", "api/health"):
            async with house.browser.get(house.lan(path)) as response:
                assert response.status == 404
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            async with house.browser.request(method, house.lan("models/x_v1.json")) as response:
                assert response.status in (401, 405)
        async with house.browser.patch(house.api("settings"), json={"lan": False}) as response:
            assert response.status == 200
        assert not house.app.lan.is_open
    async with open_house() as house:
        assert not house.app.lan.is_open  # it was kept


async def test_a_graceful_stop_is_quick(open_house: Any) -> None:
    loop = asyncio.get_running_loop()
    async with ClientSession() as other:
        async with open_house() as house:
            socket = await other.ws_connect(house.api("events"))
            await socket.receive_json()
            async with house.browser.post(house.api("jobs"), json={"phrase": "hey jarvis"}) as response:
                assert response.status == 201
            began = loop.time()
        assert loop.time() - began < 10
        closed = await socket.receive()
        while closed.type.name == "TEXT":
            closed = await socket.receive()
        assert closed.data == 1001


async def test_a_taken_lan_port_does_not_take_the_panel_down(open_house: Any, unused_tcp_port: int) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", unused_tcp_port)
    async with taken:
        async with open_house(lan_port=unused_tcp_port) as house:
            async with house.browser.patch(house.api("settings"), json={"lan": True}) as response:
                assert response.status == 503
                assert (await error_of(response))["code"] == "port_taken"
            async with house.browser.get(house.api("settings")) as response:
                assert (await response.json())["lan"] is False
        async with (
            open_house(lan=True, lan_port=unused_tcp_port) as house,
            house.browser.get(house.url("api/health")) as response,
        ):
            assert response.status == 200


async def test_health_is_the_databases_too(open_house: Any) -> None:
    async with open_house() as house:
        connection = house.app.parts.store._connection
        await connection.execute("ALTER TABLE jobs RENAME TO elsewhere")
        async with house.browser.get(house.url("api/health")) as response:
            assert response.status == 503
            assert (await error_of(response))["code"] == "database"
        await connection.execute("ALTER TABLE elsewhere RENAME TO jobs")
        async with house.browser.get(house.url("api/health")) as response:
            assert (response.status, await response.json()) == (200, {"status": "ok"})
