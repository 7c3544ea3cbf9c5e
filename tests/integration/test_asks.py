"""What the app asks: dashboard, wake words, sensitivity, notifications; and asking itself."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientResponseError, ClientSession, web
from esphome_dashboard_api import ESPHomeDashboardAPI
from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry
from scripted_app import ScriptedApp

SATELLITE = "assist_satellite.kitchen"


class Dashboard:
    """ESPHome's dashboard in core: its API, as a test wants it."""

    def __init__(self) -> None:
        self.api, self.data = self, {}
        self.lines: list[str] = []
        self.good: bool | Exception = True
        self.done: list[tuple[str, ...]] = []
        self.hold: asyncio.Event | None = None
        self.devices: Any = {"configured": [], "importable": []}

    async def _run(self, hear: Callable[[str], None], *what: str) -> bool:
        for line in self.lines:
            hear(line)
            await asyncio.sleep(0)
        if self.hold:
            await self.hold.wait()
        self.done.append(what)
        if isinstance(self.good, Exception):
            raise self.good
        return self.good

    async def compile(self, configuration: str, hear: Callable[[str], None]) -> bool:
        return await self._run(hear, "compile", configuration)

    async def upload(self, configuration: str, port: str, hear: Callable[[str], None]) -> bool:
        return await self._run(hear, "upload", configuration, port)

    async def request(self, *what: Any, params: dict[str, str]) -> dict[str, Any]:
        self.done.append((*what, params["configuration"]))
        if isinstance(self.good, Exception):
            raise self.good
        return {}

    def speaks(self, url: str, session: ClientSession) -> Any:
        """Return its API with the real client's streams."""
        real = ESPHomeDashboardAPI(url, session)
        return SimpleNamespace(
            url=url, session=session, stream_logs=real.stream_logs, request=self.request, compile=self.compile
        )

    async def get_devices(self) -> Any:
        if isinstance(self.devices, Exception):
            raise self.devices
        return self.devices


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    from custom_components.wakesmith.asks import dashboard as asking
    from custom_components.wakesmith.asks import satellites

    dashboard = Dashboard()
    monkeypatch.setattr(asking, "get_dashboard", lambda _hass: dashboard)
    monkeypatch.setattr(satellites, "find_dashboard", lambda _hass: dashboard)
    return dashboard


def status(code: int) -> ClientResponseError:
    return ClientResponseError(SimpleNamespace(real_url="http://x"), (), status=code)


async def test_check_compile_and_upload(app: ScriptedApp, setup: Any, dashboard: Dashboard) -> None:
    await setup()
    for what in ("check", "compile", "upload"):
        assert await app.ask(what, {"configuration": "kitchen.yaml"}) == {}
    assert dashboard.done == [
        ("GET", "json-config", "kitchen.yaml"),
        ("compile", "kitchen.yaml"),
        ("upload", "kitchen.yaml", "OTA"),
    ]


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (status(422), "config"),
        (status(404), "no_configuration"),
        (status(503), "dashboard"),
        (ClientConnectionError("refused"), "dashboard"),
        (TimeoutError(), "dashboard"),
    ],
)
async def test_a_check_says_what_is_wrong(
    app: ScriptedApp, setup: Any, dashboard: Dashboard, failure: Exception, code: str
) -> None:
    await setup()
    dashboard.good = failure
    assert (await app.ask("check", {"configuration": "kitchen.yaml"}))["error"]["code"] == code


class Words:
    """The WebSocket of a dashboard, whatever speaks there: `/ws` of the device builder, `/validate` before it."""

    def __init__(self, path: str, *frames: Any) -> None:
        self.path, self.frames, self.asked = path, frames, list[Any]()
        self.port = 0

    async def open(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get(self.path, self._speak)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _speak(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.asked.append(await socket.receive_json())
        for frame in self.frames:
            await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_json(frame))
        await socket.close()
        return socket


REFUSED = (
    "\\033[32mINFO Reading configuration /config/esphome/kitchen.yaml...\\033[0m",
    "\\033[1;31mFailed config\\033[0m",
    "",
    "\\033[1;31mwifi:\\033[0m \\033[36m[source /config/esphome/kitchen.yaml:5]\\033[0m",
    "  ssid: \\033[8mMyNet\\033[28m",
    "  password: topsecret",
    "  \\033[1;31mPassword topsecret has no length of 8 to 63.\\033[0m",
    "  text: |-",
    "    another secret",
    "\x1b[1;31mlogger:\x1b[0m \x1b[36m[source /config/esphome/kitchen.yaml:9]\x1b[0m",
    "  \x1b[1;31mUnknown value.\x1b[0m",
)
TOLD = "wifi: [source /config/esphome/kitchen.yaml:5]\n  ssid: ***\n  password: ***\n  Password *** has no length"
WORDS = "ESPHome does not accept kitchen.yaml: Password *** has no length of 8 to 63 (kitchen.yaml:5)"
OUTPUT = [{"message_id": "1", "event": "output", "data": line} for line in REFUSED]
DONE = {"message_id": "1", "event": "result", "data": {"success": False, "code": 2}}


@pytest.mark.parametrize(
    ("path", "frames"),
    [
        ("/ws", [{"server_version": "1.26.0"}, *OUTPUT, DONE]),
        ("/validate", [*({"event": "line", "data": f"{line}\n"} for line in REFUSED), {"event": "exit", "code": 2}]),
    ],
)
async def test_a_refused_configuration_is_told_in_esphome_s_own_words(
    app: ScriptedApp, setup: Any, dashboard: Dashboard, path: str, frames: list[Any]
) -> None:
    words = Words(path, *frames)
    runner = await words.open()
    await setup()
    dashboard.good = status(422)
    async with ClientSession() as session:
        dashboard.api = dashboard.speaks(f"http://127.0.0.1:{words.port}", session)
        error = (await app.ask("check", {"configuration": "kitchen.yaml"}))["error"]
    await runner.cleanup()
    assert (error["code"], error["message"]) == ("config", WORDS)
    assert TOLD in error["values"]["lines"]
    assert error["values"]["lines"].endswith("Unknown value.")
    assert "secret" not in str(error)
    assert "kitchen.yaml" in str(words.asked)


@pytest.mark.parametrize(
    ("path", "frames"),
    [
        ("/ws", [{"message_id": "", "error_code": "not_authenticated"}]),  # it wants a password
        ("/ws", [{"message_id": "1", "error_code": "invalid_command"}]),
        ("/ws", [b"\x00"]),
        ("/ws", [["odd"]]),
        ("/ws", [{"message_id": "1", "event": "output", "data": "all is well"}, DONE]),
        ("/validate", [{"event": "exit", "code": 2}]),
        ("/validate", [{"event": "line", "data": 3}, {"event": "exit", "code": 2}]),
        ("/another", []),
    ],
)
async def test_a_dashboard_that_does_not_say_why(
    app: ScriptedApp, setup: Any, dashboard: Dashboard, path: str, frames: list[Any]
) -> None:
    words = Words(path, *frames)
    runner = await words.open()
    await setup()
    dashboard.good = status(422)
    async with ClientSession() as session:
        dashboard.api = dashboard.speaks(f"http://127.0.0.1:{words.port}", session)
        error = (await app.ask("check", {"configuration": "kitchen.yaml"}))["error"]
    await runner.cleanup()
    assert (error["code"], error["message"]) == ("config", "ESPHome does not accept kitchen.yaml")
    assert "Validate" in error["hint"]


@pytest.mark.parametrize(
    ("said", "error", "place"),
    [
        (
            ["\\033[31mERROR Error while reading config: Invalid YAML syntax:", "", "Secret 'x' not defined",
             '  in a.yaml, line 5\\033[0m'],
            "Error while reading config: Invalid YAML syntax: Secret 'x' not defined in a.yaml, line 5",
            "",
        ),
        (["\\033[1;31mPlatform not found: 'sensor.x'\\033[0m"], "Platform not found: 'sensor.x'", ""),
        (
            ["\\033[1;31ma:\\033[0m None", "  \\033[31mon_boot:\\033[0m \\033[36m[source b.yaml:7]\\033[0m",
             "    \\033[31m- \\033[0m", "      \\033[1;31mNo such action.\\033[0m"],
            "No such action",
            "b.yaml:7",
        ),
    ],
)  # fmt: skip
async def test_the_first_error_is_read(said: list[str], error: str, place: str) -> None:
    from custom_components.wakesmith.asks.validation import read_explanation

    found = read_explanation(said)
    assert found is not None
    assert (found.error, found.place) == (error, place)


@pytest.mark.parametrize("name", ["", "../secrets.yaml", "kitchen", "a/b.yaml", None, 3])
async def test_a_configuration_is_a_name(app: ScriptedApp, setup: Any, dashboard: Dashboard, name: Any) -> None:
    await setup()
    for what in ("check", "compile", "upload"):
        assert (await app.ask(what, {"configuration": name}))["error"]["code"] == "params"
    assert dashboard.done == []


async def test_progress_is_told_as_it_can_be_read(app: ScriptedApp, setup: Any, dashboard: Dashboard) -> None:
    await setup()
    dashboard.lines = ["\x1b[32mINFO Reading\x1b[0m\n", *(f"[{n}/200] Building x.o\n" for n in range(1, 201))]
    await app.say({"type": "ask", "id": 5, "what": "compile", "params": {"configuration": "a.yaml"}})
    told = []
    while (message := await app.hear(id=5))["type"] == "progress":
        told.append((message["line"], message["percent"]))
    assert message == {"type": "answer", "id": 5, "result": {}}
    assert told[0] == ("INFO Reading", None)
    assert told[-1] == ("[200/200] Building x.o", 100)
    assert len(told) <= 105, "not every line"


async def test_a_failure_brings_its_last_lines(app: ScriptedApp, setup: Any, dashboard: Dashboard) -> None:
    await setup()
    dashboard.lines = [*(f"line {n}\n" for n in range(90)), "src/main.cpp:1: error: no such thing\n", "Failed\n"]
    dashboard.good = False
    error = (await app.ask("compile", {"configuration": "a.yaml"}))["error"]
    assert error["code"] == "compile"
    assert error["message"] == "ESPHome could not compile a.yaml: src/main.cpp:1: error: no such thing"
    lines = error["values"]["lines"].split("\n")
    assert (len(lines), lines[-1]) == (40, "Failed")
    dashboard.lines = []
    error = (await app.ask("upload", {"configuration": "a.yaml"}))["error"]
    assert (error["code"], error["values"]) == ("upload", {"lines": ""})
    dashboard.good = ClientConnectionError("refused")
    assert (await app.ask("upload", {"configuration": "a.yaml"}))["error"]["code"] == "dashboard"


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("[ 12%] Building", 12),
        ("[3/4] Linking", 75),
        ("[3/0] odd", None),
        ("Uploading: [=====     ] 40% ", 40),
        ("RAM:   [==        ]  15.2% (used 49848 bytes)", None),
        ("Flash: 99 %", None),
        ("[INFO] 300% of it", None),
        ("nothing", None),
    ],
)
async def test_percentages_are_read_where_they_are_progress(line: str, percent: int | None) -> None:
    from custom_components.wakesmith.asks.dashboard import read_percent

    assert read_percent(line) == percent


async def test_lines_are_cleaned() -> None:
    from custom_components.wakesmith.asks.dashboard import read_lines

    assert read_lines("a\r\n\n\x1b[1mb\x1b[0m\x07\n 10%\r 20%\r\n") == ["a", "b", " 20%"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["a.yaml:6:7: error: 'x' was not declared", "b.cpp:1: error: x", "ERROR Host build failed"], 0),
        (["INFO Connecting", "ERROR Authentication invalid. Is the password correct?", "WARNING Failed"], 1),
        (["nothing", "said"], 1),
    ],
)
async def test_the_reason_is_the_first_error_of_the_compiler_else_the_last(lines: list[str], why: int) -> None:
    from custom_components.wakesmith.asks.dashboard import find_reason

    assert find_reason(lines) == lines[why]


async def test_an_upload_is_done_to_the_end_though_the_link_is_lost(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, dashboard: Dashboard, until: Any, quick: None
) -> None:
    await setup()
    dashboard.hold = asyncio.Event()
    await app.say({"type": "ask", "id": 1, "what": "upload", "params": {"configuration": "a.yaml"}})
    await app.say({"type": "ask", "id": 2, "what": "compile", "params": {"configuration": "b.yaml"}})
    await asyncio.sleep(0.05)
    await app.drop()
    await until(lambda: len(app.greetings) == 2)
    dashboard.hold.set()
    await until(lambda: dashboard.done)
    assert dashboard.done == [("upload", "a.yaml", "OTA")]


async def test_what_is_cancelled_stops(app: ScriptedApp, setup: Any, dashboard: Dashboard) -> None:
    await setup()
    dashboard.hold = asyncio.Event()
    await app.say({"type": "ask", "id": 1, "what": "compile", "params": {"configuration": "a.yaml"}})
    await app.say({"type": "cancel", "id": 9}, {"type": "cancel", "id": 1})
    await asyncio.sleep(0.05)
    dashboard.hold.set()
    assert await app.ask("dismiss", {"tag": "x"}, 2) == {}
    assert dashboard.done == []


async def test_what_is_not_known_is_refused(app: ScriptedApp, setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from custom_components.wakesmith import asks

    await setup()
    error = (await app.ask("fly"))["error"]
    assert (error["code"], error["hint"]) == ("unknown", "Update the Wakesmith integration.")

    async def fail(_asking: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(asks, "ANSWERS", {"fail": fail})
    assert (await app.ask("fail"))["error"]["code"] == "unexpected"


async def test_without_a_dashboard_it_is_said_in_words(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.wakesmith.asks import esphome

    await setup()
    error = (await app.ask("compile", {"configuration": "a.yaml"}))["error"]
    assert error["code"] == "no_dashboard"
    assert "Device Builder" in error["hint"]
    monkeypatch.setattr(esphome, "find_dashboard", lambda _hass: SimpleNamespace(api=None))
    error = (await app.ask("compile", {"configuration": "a.yaml"}))["error"]
    assert (error["code"], "Restart" in error["hint"]) == ("core_changed", True)


async def test_core_tells_of_its_dashboard(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    from custom_components.wakesmith.asks import esphome
    from homeassistant.components.esphome import dashboard

    assert esphome.find_dashboard(hass) is None
    hass.config.components.add("esphome")
    assert esphome.find_dashboard(hass) is None
    there = Dashboard()
    monkeypatch.setattr(dashboard, "async_get_dashboard", lambda _hass: there)
    assert esphome.get_dashboard(hass) is there
    monkeypatch.delattr(dashboard, "async_get_dashboard")
    assert esphome.find_dashboard(hass) is None


class Satellite:
    """An assist satellite's entity: takes words as ESPHome's does."""

    def __init__(self, hass: HomeAssistant, most: int = 1) -> None:
        from homeassistant.components.assist_satellite import AssistSatelliteConfiguration

        self.hass, self.configuration = hass, AssistSatelliteConfiguration([], [], most)
        self.offered: dict[str, str] = {}
        self.deaf, self.set = False, 0
        self.failure: Exception | None = None
        self.learn("okay_nabu", "Okay Nabu")
        self.configuration.active_wake_words = ["okay_nabu"]

    def learn(self, ident: str, name: str = "Hey Jarvis") -> None:
        from homeassistant.components.assist_satellite import AssistSatelliteWakeWord

        self.configuration.available_wake_words.append(AssistSatelliteWakeWord(ident, name, ["en"]))

    def async_get_configuration(self) -> Any:
        return self.configuration

    async def async_set_configuration(self, configuration: Any) -> None:
        self.set += 1
        if self.failure:
            raise self.failure
        for ident, name in self.offered.items():
            self.learn(ident, name)
        self.offered = {}
        if not self.deaf:
            self.configuration.active_wake_words = list(configuration.active_wake_words)


@pytest.fixture
def satellite(hass: HomeAssistant) -> Satellite:
    found = Satellite(hass)
    hass.data["assist_satellite"] = SimpleNamespace(get_entity={SATELLITE: found}.get)
    return found


@pytest.fixture
def esphome_entry(hass: HomeAssistant) -> MockConfigEntry:
    """An ESPHome device with its assist satellite and the selects of its two words."""
    entry = MockConfigEntry(domain="esphome", title="kitchen", data={"host": "10.0.0.9", "device_name": "kitchen"})
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        connections={("mac", "aa:bb:cc:dd:ee:ff")},
        name="Kitchen",
        model="ESP32",
        sw_version="2026.10.0 (Oct 1 2026)",
    )
    registry = er.async_get(hass)
    for domain, key in (("assist_satellite", "assist_satellite"), ("select", "wake_word"), ("select", "wake_word_2")):
        suggested = "kitchen" if domain == "assist_satellite" else f"kitchen_{key}"
        registry.async_get_or_create(
            domain,
            "esphome",
            f"aa:bb:cc:dd:ee:ff-{key}",
            suggested_object_id=suggested,
            config_entry=entry,
            device_id=device.id,
        )
    return entry


class Selects:
    """The selects of a satellite's words: they set what it listens for, as ESPHome's do."""

    def __init__(self, hass: HomeAssistant, satellite: Satellite) -> None:
        self.hass, self.satellite = hass, satellite
        self.chosen: list[tuple[str, str]] = []
        self.states = {"select.kitchen_wake_word": "Okay Nabu", "select.kitchen_wake_word_2": "no_wake_word"}
        self.show()
        hass.services.async_register("select", "select_option", self.choose)

    def show(self) -> None:
        names = {word.wake_word for word in self.satellite.configuration.available_wake_words}
        for entity, option in self.states.items():
            self.hass.states.async_set(entity, option, {"options": ["no_wake_word", *sorted(names)]})

    async def choose(self, call: ServiceCall) -> None:
        entity, option = call.data["entity_id"], call.data["option"]
        self.chosen.append((entity, option))
        self.states[entity] = option
        self.show()
        ids = {word.wake_word: word.id for word in self.satellite.configuration.available_wake_words}
        active = [ids[option] for option in self.states.values() if option in ids]
        if not self.satellite.deaf:
            self.satellite.configuration.active_wake_words = active


async def select(app: ScriptedApp, word: str, *replaces: str, seconds: float = 1) -> Any:
    asked = {"entity": SATELLITE, "word": word, "replaces": list(replaces), "seconds": seconds}
    return await app.ask("select_wake_word", asked)


async def test_a_word_is_chosen_by_its_id(app: ScriptedApp, setup: Any, satellite: Satellite) -> None:
    await setup()
    satellite.learn("hey_jarvis_v1")
    assert await select(app, "hey_jarvis_v1") == {"active": ["hey_jarvis_v1"]}
    satellite.learn("hey_jarvis_v2")
    assert await select(app, "hey_jarvis_v2", "hey_jarvis_v1") == {"active": ["hey_jarvis_v2"]}
    assert await select(app, "hey_jarvis_v2", "hey_jarvis_v1") == {"active": ["hey_jarvis_v2"]}
    assert satellite.set == 2, "what is so is not set again"
    assert await select(app, "", "hey_jarvis_v2") == {"active": []}


async def test_a_word_is_waited_for(app: ScriptedApp, setup: Any, satellite: Satellite) -> None:
    await setup()
    asyncio.get_running_loop().call_later(0.1, satellite.learn, "hey_jarvis_v1")
    assert await select(app, "hey_jarvis_v1") == {"active": ["hey_jarvis_v1"]}


async def test_a_word_is_chosen_by_the_select_that_shows_it(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite, esphome_entry: MockConfigEntry
) -> None:
    await setup()
    satellite.configuration.max_active_wake_words = 2
    satellite.learn("hey_jarvis_v1")
    selects = Selects(hass, satellite)
    assert await select(app, "hey_jarvis_v1") == {"active": ["okay_nabu", "hey_jarvis_v1"]}
    assert selects.chosen == [("select.kitchen_wake_word_2", "Hey Jarvis")]
    satellite.learn("computer_v1", "Computer")
    selects.show()
    assert await select(app, "computer_v1", "okay_nabu") == {"active": ["computer_v1", "hey_jarvis_v1"]}
    assert selects.chosen[-1] == ("select.kitchen_wake_word", "Computer")
    assert await select(app, "", "computer_v1") == {"active": ["hey_jarvis_v1"]}
    assert selects.chosen[-1] == ("select.kitchen_wake_word", "no_wake_word")
    assert satellite.set == 0
    # two versions of one name: the select cannot tell them apart, the id can
    satellite.learn("hey_jarvis_v2")
    assert await select(app, "hey_jarvis_v2", "hey_jarvis_v1") == {"active": ["hey_jarvis_v2"]}
    assert satellite.set == 1


async def test_a_select_that_refuses_is_passed_by(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite, esphome_entry: MockConfigEntry
) -> None:
    async def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError("offline")

    await setup()
    satellite.learn("hey_jarvis_v1")
    Selects(hass, satellite)
    hass.services.async_register("select", "select_option", fail)
    assert await select(app, "hey_jarvis_v1") == {"active": ["hey_jarvis_v1"]}
    assert satellite.set == 1


@pytest.mark.parametrize(
    ("active", "word", "going", "most", "planned"),
    [
        ([], "a", set(), 1, ["a"]),
        (["x"], "a", set(), 1, ["a"]),
        (["x"], "a", set(), 2, ["x", "a"]),
        (["x", "y"], "a", set(), 2, ["x", "a"]),
        (["x", "y", "z"], "a", {"y"}, 3, ["x", "a", "z"]),
        (["b", "x", "c"], "a", {"b", "c"}, 3, ["a", "x"]),
        (["x", "y"], "a", set(), 0, ["x", "y", "a"]),
        (["x", "a"], "a", {"x"}, 2, ["a"]),
        (["x", "a"], "", {"a"}, 2, ["x"]),
    ],
)
async def test_what_makes_room(active: list[str], word: str, going: set[str], most: int, planned: list[str]) -> None:
    from custom_components.wakesmith.asks.wake_words import plan

    assert plan(active, word, going, most) == planned


async def test_why_a_word_is_not_active(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.wakesmith.asks import wake_words

    monkeypatch.setattr(wake_words, "_SETTLE_S", 0.05)
    await setup()
    assert (await select(app, "x_v1", seconds=0.1))["error"]["code"] == "not_offered"
    satellite.learn("hey_jarvis_v1")
    satellite.deaf = True
    error = (await select(app, "hey_jarvis_v1", seconds=0.1))["error"]
    assert (error["code"], error["values"]) == ("not_active", {"entity": SATELLITE, "word": "hey_jarvis_v1"})
    assert (await select(app, "", "okay_nabu", seconds=0.1))["error"]["code"] == "not_active"
    satellite.failure = HomeAssistantError("not connected")
    assert "not connected" in (await select(app, "hey_jarvis_v1", seconds=0.1))["error"]["message"]
    hass.data["assist_satellite"] = SimpleNamespace(get_entity={}.get)
    assert (await select(app, "hey_jarvis_v1", seconds=0.1))["error"]["code"] == "no_satellite"
    assert (await select(app, "", "okay_nabu", seconds=0.1)) == {"active": []}
    assert (await app.ask("select_wake_word", {"word": "x"}))["error"]["code"] == "params"
    assert (await app.ask("refresh_wake_words", {"entities": "all"}))["error"]["code"] == "params"


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`custom_wake_words/` of Home Assistant, with one word that it has already cached."""
    hass.config.config_dir = str(tmp_path)
    hass.config.internal_url = "http://10.0.0.1:8123"
    folder = tmp_path / "custom_wake_words"
    folder.mkdir()
    return folder


def put(folder: Any, ident: str) -> None:
    (folder / f"{ident}.json").write_text('{"type": "micro", "wake_word": "Hey Jarvis", "model": "x.tflite"}')
    (folder / f"{ident}.tflite").write_bytes(b"model")


async def test_a_new_word_is_seen_without_a_restart(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite, folder: Any
) -> None:
    from homeassistant.components.esphome import assist_satellite

    await setup()
    assert await assist_satellite.async_get_custom_wake_words(hass) == {}
    put(folder, "hey_jarvis_v1")
    assert await assist_satellite.async_get_custom_wake_words(hass) == {}, "Home Assistant keeps what it has read"
    satellite.offered = {"hey_jarvis_v1": "Hey Jarvis"}
    assert await app.ask("refresh_wake_words", {"entities": [SATELLITE]}) == {}
    assert set(await assist_satellite.async_get_custom_wake_words(hass)) == {"hey_jarvis_v1"}
    assert satellite.configuration.active_wake_words == ["okay_nabu"], "it listens for what it listened for"


async def test_a_satellite_that_does_not_see_it_is_connected_again(
    hass: HomeAssistant,
    app: ScriptedApp,
    setup: Any,
    satellite: Satellite,
    folder: Any,
    esphome_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reloaded: list[str] = []

    async def reload(ident: str) -> bool:
        reloaded.append(ident)
        return True

    await setup()
    monkeypatch.setattr(hass.config_entries, "async_reload", reload)
    put(folder, "hey_jarvis_v1")
    assert await app.ask("refresh_wake_words", {"entities": [SATELLITE]}) == {}
    satellite.failure = TimeoutError()
    assert await app.ask("refresh_wake_words", {"entities": [SATELLITE]}) == {}
    satellite.configuration.available_wake_words.clear()
    assert await app.ask("refresh_wake_words", {"entities": [SATELLITE]}) == {}
    assert reloaded == [esphome_entry.entry_id] * 3
    monkeypatch.undo()
    error = (await app.ask("refresh_wake_words", {"entities": ["assist_satellite.attic"]}))["error"]
    assert error["code"] == "no_satellite"


async def test_a_core_that_caches_in_another_way(
    app: ScriptedApp, setup: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from homeassistant.components.esphome import assist_satellite

    await setup()
    monkeypatch.delattr(assist_satellite, "_get_custom_wake_words")
    error = (await app.ask("refresh_wake_words", {"entities": []}))["error"]
    assert (error["code"], "Restart" in error["hint"]) == ("core_changed", True)


async def test_sensitivity_is_chosen(hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite) -> None:
    await setup()
    entity = "select.kitchen_sensitivity"
    asked = {"entity": entity, "option": "high"}
    assert (await app.ask("set_sensitivity", asked))["error"]["code"] == "no_entity"
    hass.states.async_set(entity, "low", {"options": ["low", "high"]})
    chosen: list[Any] = []

    async def choose(call: ServiceCall) -> None:
        chosen.append(call.data["option"])
        if len(chosen) > 1:
            raise HomeAssistantError("offline")

    hass.services.async_register("select", "select_option", choose)
    assert await app.ask("set_sensitivity", asked) == {}
    assert chosen == ["high"]
    error = (await app.ask("set_sensitivity", asked))["error"]
    assert (error["code"], "offline" in error["message"]) == ("select", True)
    error = (await app.ask("set_sensitivity", {"entity": entity, "option": "highest"}))["error"]
    assert (error["code"], "low, high" in error["message"]) == ("option", True)


async def test_a_threshold_is_set_as_a_number(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    await setup()
    entity = "number.kitchen_wake_word_1_sensitivity"
    hass.states.async_set(entity, "0.7", {"min": 0.0, "max": 1.0, "step": 0.001})
    told: list[Any] = []

    async def take(call: ServiceCall) -> None:
        told.append((call.data["entity_id"], call.data["value"]))

    hass.services.async_register("number", "set_value", take)
    assert await app.ask("set_sensitivity", {"entity": entity, "option": "0.55"}) == {}
    assert told == [(entity, 0.55)]
    for option in ("high", "1.5", "nan"):
        error = (await app.ask("set_sensitivity", {"entity": entity, "option": option}))["error"]
        assert (error["code"], "0 to 1" in error["message"]) == ("option", True)


@pytest.mark.parametrize(
    ("slug", "home", "link"),
    [
        (None, {}, ""),
        ("local_wakesmith", {}, "](/app/local_wakesmith/job/j1)"),
        (None, {"panel": "/app/x_wakesmith"}, "](/app/x_wakesmith/job/j1)"),
    ],
)
async def test_notifications_lead_to_the_panel(
    hass: HomeAssistant, app: ScriptedApp, entry: MockConfigEntry, setup: Any, slug: str | None, home: Any, link: str
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "app": slug})
    app.snapshot |= {"home": home}
    await setup()
    shown = persistent_notification._async_get_or_create_notifications(hass)
    asked = {"tag": "job_j1", "title": "Ready", "message": "Hey Jarvis is ready.", "page": "job/j1"}
    assert await app.ask("notify", asked) == {}
    assert shown["wakesmith_job_j1"]["title"] == "Ready"
    assert (link in shown["wakesmith_job_j1"]["message"]) is True
    assert ("](" in shown["wakesmith_job_j1"]["message"]) is bool(link)
    assert await app.ask("dismiss", {"tag": "job_j1"}) == {}
    assert shown == {}
    assert (await app.ask("notify", {"tag": "x", "title": "y"}))["error"]["code"] == "params"


def runtime(**told: Any) -> Any:
    """What ESPHome's entry knows of a connected device."""
    info = SimpleNamespace(
        name="kitchen",
        project_name=told.pop("project", ""),
        model="esp32-s3-box-3",
        esphome_version="2026.10.2",
        voice_assistant_feature_flags_compat=lambda _version: 27,
    )
    return SimpleNamespace(device_info=info, api_version=(1, 12), available=True, **told)


async def test_satellites_are_told_with_all_that_is_known(
    hass: HomeAssistant,
    app: ScriptedApp,
    setup: Any,
    satellite: Satellite,
    dashboard: Dashboard,
    esphome_entry: MockConfigEntry,
) -> None:
    await setup()
    registry = er.async_get(hass)
    device = dr.async_entries_for_config_entry(dr.async_get(hass), esphome_entry.entry_id)[0]
    for key, name in (("s", "Wakesmith hey jarvis sensitivity"), ("t", "Wake word sensitivity"), ("u", "Mode")):
        row = registry.async_get_or_create(
            "select", "esphome", key, config_entry=esphome_entry, device_id=device.id, original_name=name
        )
        hass.states.async_set(row.entity_id, "low" if key == "s" else "unavailable", {"options": ["low", "high"]})
    for name, value in (("Wake Word 1 Sensitivity", "0.55"), ("Wake Word 2 Sensitivity", "0.7"), ("Volume", "0.5")):
        row = registry.async_get_or_create(
            "number", "esphome", name, config_entry=esphome_entry, device_id=device.id, original_name=name
        )
        hass.states.async_set(row.entity_id, value, {"min": 0.0, "max": 1.0, "step": 0.001})
    esphome_entry.mock_state(hass, ConfigEntryState.LOADED)
    esphome_entry.runtime_data = runtime()
    MockConfigEntry(domain="esphome", title="without a device").add_to_hass(hass)
    rows = [
        {"name": "kitchen", "configuration": "kitchen.yaml", "loaded_integrations": ["wifi", "micro_wake_word"]},
        {"name": "hall", "friendly_name": "Hall", "configuration": "hall.yaml", "address": "hall.local"},
        {"name": "", "configuration": "odd.yaml"},
        "odd",
    ]
    dashboard.devices = {"configured": rows}
    answer = await app.ask("satellites")
    assert answer["dashboard"] is True
    kitchen, hall = answer["satellites"]
    sensitivities = kitchen.pop("sensitivities")
    assert [(s["word"], s["options"], s["option"]) for s in sensitivities] == [
        ("hey_jarvis", ["low", "high"], "low"),
        ("", ["low", "high"], ""),
        ("okay_nabu", [], "0.55"),
    ]
    assert [sensitivities[2][key] for key in ("low", "high", "step")] == [0.0, 1.0, 0.001]
    assert kitchen == {
        "mac": "aa:bb:cc:dd:ee:ff",
        "name": "Kitchen",
        "room": "",
        "board": "esp32-s3-box-3",
        "version": "2026.10.2",
        "project": "",
        "online": True,
        "address": "10.0.0.9",
        "configuration": "kitchen.yaml",
        "uses_wake_word": True,
        "voice": True,
        "entity": SATELLITE,
        "external": False,
        "active": ["okay_nabu"],
        "available": ["okay_nabu"],
        "most_active": 1,
        "selects": ["select.kitchen_wake_word", "select.kitchen_wake_word_2"],
    }
    assert (hall["name"], hall["mac"], hall["online"], hall["uses_wake_word"]) == ("Hall", "", None, None)
    assert hall.keys() == kitchen.keys() | {"sensitivities"}


async def test_a_satellite_that_is_off_is_told_from_the_registry(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, dashboard: Dashboard, esphome_entry: MockConfigEntry
) -> None:
    from homeassistant.helpers import area_registry as ar

    await setup()
    device = dr.async_entries_for_config_entry(dr.async_get(hass), esphome_entry.entry_id)[0]
    area = ar.async_get(hass).async_create("Galley")
    dr.async_get(hass).async_update_device(device.id, area_id=area.id, name_by_user="Cook")
    dashboard.data = {
        "kitchen": {"name": "Kitchen", "configuration": "kitchen.yaml", "loaded_integrations": ["wifi"]}
    }
    dashboard.devices = ClientConnectionError()
    answer = await app.ask("satellites")
    assert answer["dashboard"] is False
    told = answer["satellites"][0]
    wanted = {"name": "Cook", "room": "Galley", "board": "ESP32", "version": "2026.10.0", "online": False}
    assert {key: told[key] for key in wanted} == wanted
    assert (told["configuration"], told["uses_wake_word"], told["voice"]) == ("kitchen.yaml", False, True)


@pytest.mark.parametrize("how", ["project", "offered"])
async def test_which_load_words_by_themselves(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, satellite: Satellite, esphome_entry: MockConfigEntry, how: str
) -> None:
    await setup()
    esphome_entry.mock_state(hass, ConfigEntryState.LOADED)
    project = "Open Home Foundation.Linux Voice Assistant" if how == "project" else ""
    esphome_entry.runtime_data = runtime(project=project)
    if how == "offered":
        hass.data["wake_word_cache"] = {"hey_jarvis_v1": object()}
        assert (await app.ask("satellites"))["satellites"][0]["external"] is False
        satellite.learn("hey_jarvis_v1")
    answer = await app.ask("satellites")
    assert answer["dashboard"] is False
    assert answer["satellites"][0]["external"] is True


async def test_a_satellite_that_says_nothing_is_told_all_the_same(hass: HomeAssistant) -> None:
    from custom_components.wakesmith.asks.esphome import find_configuration, voice_flags

    assert find_configuration(hass, SATELLITE) is None

    def fail() -> Any:
        raise NotImplementedError

    silent = SimpleNamespace(async_get_configuration=fail)
    hass.data["assist_satellite"] = SimpleNamespace(get_entity=lambda _entity: silent)
    assert find_configuration(hass, SATELLITE) is None
    assert voice_flags(SimpleNamespace(device_info=SimpleNamespace(voice_assistant_feature_flags=3))) == 3
    assert voice_flags(runtime()) == 27
    assert voice_flags(None) == 0


async def test_the_app_hears_that_satellites_changed(
    hass: HomeAssistant,
    app: ScriptedApp,
    setup: Any,
    esphome_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from custom_components.wakesmith import watch

    monkeypatch.setattr(watch, "_PAUSE_S", 0.01)
    hass.states.async_set(SATELLITE, "idle")
    hass.states.async_set("select.kitchen_wake_word", "a", {"options": ["a"]})
    registry = er.async_get(hass)
    threshold, volume = (
        registry.async_get_or_create("number", "esphome", name, config_entry=esphome_entry, original_name=name)
        for name in ("Wake Word 2 Sensitivity", "Volume")
    )
    await setup()
    await asyncio.sleep(0.1)
    app.heard.clear()
    hass.states.async_set(volume.entity_id, "0.4")
    hass.states.async_set(SATELLITE, "listening")
    hass.states.async_set("select.other", "on")
    hass.states.async_set("sensor.other", "on")
    hass.states.async_set("select.kitchen_wake_word", "a", {"options": ["a"], "icon": "x"})
    await asyncio.sleep(0.1)
    assert list(app.heard) == []
    for change in (
        lambda: hass.states.async_set(SATELLITE, "unavailable"),
        lambda: hass.states.async_set("select.kitchen_wake_word", "a", {"options": ["a", "b"]}),
        lambda: hass.states.async_set(threshold.entity_id, "0.55"),
        lambda: hass.states.async_remove(SATELLITE),
        lambda: er.async_get(hass).async_update_entity(SATELLITE, name="New"),
        lambda: hass.config_entries.async_update_entry(esphome_entry, title="New"),
    ):
        change()
        assert await app.hear(type="changed") == {"type": "changed", "what": "satellites"}
