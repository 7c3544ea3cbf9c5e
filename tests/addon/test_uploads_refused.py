"""Why a recording is not taken, in words of the one who sent it."""

from typing import Any

import pytest
from aiohttp import FormData

from addon.errors import AppError, Unsupported
from addon.library import samples
from addon.web import bodies
from addon.web.rates import Buckets
from tests.addon.conftest import TOKEN, tone

pytestmark = pytest.mark.asyncio


def form(sound: bytes, filename: str = "kitchen.wav", **fields: str) -> FormData:
    data = FormData()
    for name, value in ({"phrase": "hey jarvis"} | fields).items():
        data.add_field(name, value)
    data.add_field("file", sound, filename=filename)
    return data


async def refused(house: Any, path: str, status: int, **body: Any) -> dict[str, Any]:
    async with house.browser.post(house.api(path), **body) as response:
        assert response.status == status, await response.text()
        error: dict[str, Any] = (await response.json())["error"]
    assert str(house.data) not in str(error)
    return error


async def test_a_file_is_called_as_its_sender_calls_it(open_house: Any) -> None:
    async with open_house() as house:

        async def refuse(method: str, **params: Any) -> dict[str, Any]:
            raise Unsupported(f"{params['path']} is not sound", values={"path": params["path"]})

        house.app.parts.assistant.ask = refuse
        error = await refused(house, "samples", 415, data=form(b"MZ"))
        assert error["message"] == "'kitchen.wav' is not sound"
        assert error["values"] == {"path": "'kitchen.wav'"}


async def test_a_recording_that_lost_its_original_says_so(open_house: Any) -> None:
    async with open_house() as house:
        async with house.browser.post(house.api("samples"), data=form(tone())) as response:
            ident = (await response.json())["id"]

        async def refuse(method: str, **params: Any) -> dict[str, Any]:
            raise AppError(f"{params['path']} does not exist")

        house.app.parts.assistant.ask = refuse
        error = await refused(house, f"samples/{ident}/trim", 500, json={})
        assert error["message"] == "the recording does not exist"


async def test_the_last_of_the_disk_is_left_to_the_database(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house() as house:
        monkeypatch.setattr(bodies, "LEAST_FREE", 10**18)
        assert (await refused(house, "samples", 503, data=form(tone())))["code"] == "disk_full"
        assert (await refused(house, "verify", 503, data=tone()))["code"] == "disk_full"
        async with house.browser.patch(house.api("settings"), json={"concurrent": 2}) as response:
            assert response.status == 200  # no sound
        assert not list((house.data / "arriving").iterdir())


async def test_the_inbox_holds_only_so_many(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_UNDECIDED", 1)
    async with open_house() as house:
        async with house.browser.post(house.api("samples"), data=form(tone())) as response:
            assert response.status == 201
            first = (await response.json())["id"]
        assert (await refused(house, "samples", 409, data=form(tone())))["code"] == "inbox_full"
        async with house.browser.post(house.api("samples"), data=form(tone(), source="panel")) as response:
            assert response.status == 201  # what the user records here is good at once
        async with house.browser.patch(house.api(f"samples/{first}"), json={"state": "good"}) as response:
            assert response.status == 200
        async with house.browser.post(house.api("samples"), data=form(tone())) as response:
            assert response.status == 201


async def test_wrong_tokens_do_not_lock_out_the_right_one(open_house: Any) -> None:
    async with open_house(buckets=Buckets(burst=17, rate=0.01), lan=True) as house:
        statuses = []
        for given in ("wrong", "wrong", "wrong", TOKEN):
            headers = {"Authorization": f"Bearer {given}"}
            sent = form(tone(), satellite="kitchen")
            async with house.browser.post(house.lan("inbox"), data=sent, headers=headers) as response:
                statuses.append(response.status)
        assert statuses == [401, 401, 429, 201]
