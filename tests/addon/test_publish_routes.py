"""Publishing over HTTP: the gate, the errors with their figures, the events."""

import asyncio
from pathlib import Path
from typing import Any

from tests.addon.conftest import finished_job
from tests.addon.pressroom import GOOD, PASSING, result_of

WEAK = GOOD | {"conditions": [{"name": "clean", "recall": {"value": 0.5, "low": 0.4, "high": 0.6, "total": 70}}]}


async def test_a_model_is_published_by_the_api(open_house: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    async with open_house(trainer=PASSING, homeassistant=str(home)) as house:
        assert (home / "custom_wake_words").is_dir()
        parts, browser = house.app.parts, house.browser
        for number, report in enumerate((GOOD, WEAK)):
            folder = result_of(tmp_path / str(number), "hey_jarvis", "hey_jarvis", report)
            await parts.models.adopt(finished_job(f"job_{number}"), folder)

        async def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
            given = {} if body is None else {"json": body}
            async with browser.request(method, house.api(path), **given) as response:
                return response.status, await response.json() if response.status != 204 else None

        status, gate = await ask("GET", "models/hey_jarvis_v1/gate")
        assert status == 200
        assert gate["passes"]
        assert {"passes", "compatible", "checks", "quality", "rival", "comparison"} <= set(gate)
        assert set(gate["checks"][0]) == {"name", "ok", "message"}
        async with browser.ws_connect(house.api("events")) as socket:
            snapshot = await socket.receive_json()
            assert snapshot["publications"] == []
            assert (await ask("POST", "models/hey_jarvis_v1/publish", {"force": True}))[0] == 422
            status, publication = await ask("POST", "models/hey_jarvis_v1/publish", {})
            assert (status, publication["model"]) == (200, "hey_jarvis_v1")
            async with asyncio.timeout(5):
                while (message := await socket.receive_json())["type"] != "publication":
                    pass
            assert message["publication"] == publication
        assert await ask("GET", "publications") == (200, [publication])
        status, refused = await ask("POST", "models/hey_jarvis_v2/publish", {})
        assert (status, refused["error"]["code"]) == (409, "quality")
        status, refused = await ask("POST", "models/hey_jarvis_v2/publish", {"override": True})
        assert (status, refused["error"]["code"]) == (409, "loses")
        assert {"clips", "found", "rival", "hours", "verdict"} <= set(refused["error"]["values"])
        status, gate = await ask("GET", "models/hey_jarvis_v2/gate")
        assert (gate["passes"], gate["rival"], gate["comparison"]["wins"]) == (False, "hey_jarvis_v1", False)
        status, second = await ask("POST", "models/hey_jarvis_v2/publish", {"override": True, "replace": True})
        assert (second["previous"], second["overridden"]) == (["hey_jarvis_v1"], ["recall"])
        status, refused = await ask("DELETE", "models/hey_jarvis_v2")
        assert (status, refused["error"]["code"]) == (409, "published")
        assert (await ask("DELETE", "publications/hey_jarvis"))[0] == 204
        assert (await ask("DELETE", "publications/hey_jarvis"))[0] == 404
        assert (await ask("DELETE", "models/hey_jarvis_v2"))[0] == 204
        assert (await ask("GET", "models/hey_jarvis_v2/gate"))[0] == 404


async def test_without_home_assistant_nothing_is_published(open_house: Any, tmp_path: Path) -> None:
    async with open_house(trainer=PASSING) as house:
        folder = result_of(tmp_path / "result", "hey_jarvis", "hey_jarvis", GOOD)
        await house.app.parts.models.adopt(finished_job(), folder)
        async with house.browser.post(house.api("models/hey_jarvis_v1/publish"), json={}) as response:
            assert response.status == 409
            assert (await response.json())["error"]["code"] == "no_home"
