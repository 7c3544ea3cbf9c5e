"""Why a recording is not taken, in words of the one who sent it."""

from typing import Any

import pytest
from aiohttp import FormData

from addon.errors import AppError, Unsupported
from tests.addon.conftest import tone

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
