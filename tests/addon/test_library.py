"""Models, recordings, data sets and the disk, through the API, with a trainer that answers at once."""

import asyncio
import io
import os
import time
import zipfile
from typing import Any

import pytest
from aiohttp import FormData

from addon.library.downloads import DataState

pytestmark = pytest.mark.asyncio


async def ask(house: Any, method: str, path: str, status: int = 200, **body: Any) -> Any:
    async with house.browser.request(method, house.api(path), **body) as response:
        assert response.status == status, await response.text()
        if response.content_type == "application/json" and status != 204:
            return await response.json()
        return await response.read()


def form(sound: bytes, name: str = "a.wav", **fields: str) -> FormData:
    data = FormData()
    for key, value in fields.items():
        data.add_field(key, value)
    data.add_field("file", sound, filename=name, content_type="audio/wav")
    return data


async def test_a_model_from_job_to_trash_and_back(open_house: Any, make_result: Any, make_job: Any) -> None:
    async with open_house() as house:
        models = house.app.parts.models
        result = make_result(house.data.parent / "result")
        first = await models.adopt(make_job(), result)
        assert first.id == "hey_jarvis_v1"
        assert (await models.adopt(make_job(), result)) == first  # asked again: the same
        assert first.ipa == ("hˈeɪ dʒˈɑːvɪs", "hˈeɪ dʒˈɑːɹvɪs")
        second = await models.adopt(make_job("job_2"), result, "Hears you, mostly.\n")
        assert second.summary == "Hears you, mostly."
        assert second.id == "hey_jarvis_v2"
        folder = house.data / "models" / "hey_jarvis_v2"
        assert sorted(p.name for p in folder.iterdir()) == [
            "hey_jarvis_v2.json", "hey_jarvis_v2.tflite", "report.html", "report.json",
        ]  # fmt: skip
        assert '"hey_jarvis_v2.tflite"' in (folder / "hey_jarvis_v2.json").read_text()

        assert [m["id"] for m in await ask(house, "GET", "models")] == ["hey_jarvis_v1", "hey_jarvis_v2"]
        told = await ask(house, "GET", "models/hey_jarvis_v1")
        assert (told["recall"], told["recall_low"], told["false_accepts_high"]) == (0.97, 0.9, 0.3)
        assert (told["cutoff"], told["window"], told["size"], told["language"]) == (216, 5, 4000, "en")
        assert "97 times in 100" in told["summary"]
        assert (await ask(house, "PATCH", "models/hey_jarvis_v1", json={"notes": "mine"}))["notes"] == "mine"
        assert (await ask(house, "GET", "models/hey_jarvis_v1/report"))["model"]["cutoff"] == 216
        assert b"<title>" in await ask(house, "GET", "models/hey_jarvis_v1/report.html")

        packed = zipfile.ZipFile(io.BytesIO(await ask(house, "GET", "models/hey_jarvis_v1/download")))
        assert packed.testzip() is None
        assert packed.read("hey_jarvis_v1/hey_jarvis_v1.tflite") == b"TFL3" * 1000

        await ask(house, "DELETE", "models/hey_jarvis_v1", 204)
        await ask(house, "GET", "models/hey_jarvis_v1", 404)
        assert not (house.data / "models" / "hey_jarvis_v1").exists()
        assert [m["id"] for m in await ask(house, "GET", "models?deleted=true")] == ["hey_jarvis_v1"]
        await ask(house, "POST", "models/hey_jarvis_v1/restore")
        assert await ask(house, "GET", "models?deleted=true") == []
        assert (await ask(house, "GET", "models/hey_jarvis_v1"))["notes"] == "mine"
        await ask(house, "DELETE", "models/hey_jarvis_v2", 204)
        await ask(house, "POST", "system/clean", json={})
        await ask(house, "POST", "models/hey_jarvis_v2/restore", 404)
        third = await models.adopt(make_job("job_3"), result)
        assert third.id == "hey_jarvis_v3"  # an id is never used twice


async def test_a_copy_that_was_cut_off_is_no_model(open_house: Any, make_result: Any, make_job: Any) -> None:
    async with open_house() as house:
        (house.data / "models" / "hey_jarvis_v1").mkdir()  # copied, and the power went before the record was written
        (house.data / "models" / "hey_jarvis_v1" / "half").write_text("")
        (house.data / "models" / "x_v1.partial").mkdir()
        model = await house.app.parts.models.adopt(make_job(), make_result(house.data.parent / "result"))
        assert not (house.data / "models" / model.id / "half").exists()
    async with open_house() as house:
        assert not (house.data / "models" / "x_v1.partial").exists()
        with pytest.raises(Exception, match="not a model's folder"):
            await house.app.parts.models.adopt(make_job("job_9"), house.data)


async def test_a_recording_from_upload_to_trash(open_house: Any, sound: bytes) -> None:
    async with open_house() as house:
        made = await ask(house, "POST", "samples", 201, data=form(sound, "../../x.wav", phrase="hey", speaker="ann"))
        ident = made["id"]
        assert (made["state"], made["source"], made["label"], made["seconds"]) == ("inbox", "upload", "phrase", 1.0)
        assert sorted(p.name for p in (house.data / "samples").iterdir()) == [f"{ident}.wav", "originals"]
        assert (house.data / "samples" / "originals" / ident).read_bytes() == sound

        trimmed = await ask(house, "POST", f"samples/{ident}/trim", json={"begin_s": 0.25, "end_s": 0.75})
        assert trimmed["seconds"] == 0.5
        await ask(house, "POST", f"samples/{ident}/trim", 422, json={"begin_s": 0.45, "end_s": 0.5})
        assert (await ask(house, "POST", f"samples/{ident}/trim", json={}))["seconds"] == 1.0  # the original again
        assert len(await ask(house, "GET", f"samples/{ident}/audio")) == len(sound)

        changed = await ask(house, "PATCH", f"samples/{ident}", json={"label": "near_miss", "state": "good"})
        assert (changed["label"], changed["state"], changed["speaker"]) == ("near_miss", "good", "ann")
        assert len(await ask(house, "GET", "samples?label=near_miss&state=good&phrase=hey")) == 1
        assert await ask(house, "GET", "samples?phrase=other") == []

        await ask(house, "DELETE", f"samples/{ident}", 204)
        assert await ask(house, "GET", "samples") == []
        await ask(house, "GET", f"samples/{ident}/audio", 404)
        await ask(house, "POST", f"samples/{ident}/restore")
        assert (house.data / "samples" / "originals" / ident).is_file()
        await ask(house, "DELETE", f"samples/{ident}", 204)
        await ask(house, "POST", "system/clean", json={"what": ["trash"]})
        await ask(house, "POST", f"samples/{ident}/restore", 404)


async def test_what_is_no_sound_leaves_nothing(open_house: Any) -> None:
    async with open_house() as house:
        await ask(house, "POST", "samples", 415, data=form(b"MZ not a sound", phrase="hey"))
        await ask(house, "POST", "samples", 422, data=form(b"", phrase="hey"))
        await ask(house, "POST", "samples", 422, data=form(b"RIFF", phrase=""))
        assert [p.name for p in (house.data / "samples").rglob("*")] == ["originals"]
        assert not list((house.data / "arriving").iterdir())


async def test_models_hear_compare_and_judge(open_house: Any, make_result: Any, make_job: Any, sound: bytes) -> None:
    async with open_house() as house:
        await ask(house, "POST", "verify", 404, data=sound)
        results = house.data.parent
        for n, (word, low) in enumerate((("hey_jarvis", 0.9), ("alexa", 0.95))):
            result = make_result(results / word, word, word.replace("_", " "), low)
            await house.app.parts.models.adopt(make_job(f"job_{n}"), result)
        heard = await ask(house, "POST", "models/alexa_v1/hear", data=sound)
        assert (heard["cutoff"], len(heard["means"])) == (127, 33)
        both = await ask(house, "POST", "models/compare", data=form(sound, a="alexa_v1", b="hey_jarvis_v1"))
        assert set(both) == {"a", "b"}
        await ask(house, "POST", "models/compare", 404, data=form(sound, a="alexa_v1", b="nobody_v1"))
        verdict = await ask(house, "POST", "verify", data=sound)
        assert verdict == {"prediction": True, "confidence": 0.75, "label": "alexa", "model": "alexa_v1"}
        assert (await ask(house, "POST", "verify", data=form(sound)))["model"] == "alexa_v1"


async def test_data_sets_are_fetched_watched_stopped_and_removed(open_house: Any) -> None:
    async with open_house() as house:
        data = house.app.parts.datasets
        assert {row["name"]: row["state"] for row in await ask(house, "GET", "data")} == {
            "hiss": "absent", "slow": "absent", "gone": "absent",
        }  # fmt: skip
        await ask(house, "POST", "data/none/download", 404)
        for name in ("hiss", "slow", "gone"):
            assert (await ask(house, "POST", f"data/{name}/download", 202))["state"] == "downloading"
        await ask(house, "POST", "data/slow/download", 409)
        await ask(house, "DELETE", "data/slow", 409)
        async with asyncio.timeout(20):
            while (await data.get("hiss")).state is DataState.DOWNLOADING or (await data.get("slow")).done != 1:
                await asyncio.sleep(0.02)
            while (await data.get("gone")).state is DataState.DOWNLOADING:
                await asyncio.sleep(0.02)
        assert (await data.get("hiss")).state is DataState.HERE
        assert "404" in (await data.get("gone")).message
        assert (await ask(house, "POST", "data/slow/cancel"))["state"] == "absent"
        await ask(house, "POST", "data/slow/cancel", 409)
        assert (house.data / "datasets" / "hiss" / "a.wav").is_file()
        await ask(house, "DELETE", "data/hiss", 204)
        assert not (house.data / "datasets" / "hiss").exists()


async def test_the_disk_is_counted_and_cleaned(open_house: Any, sound: bytes) -> None:
    async with open_house() as house:
        async with house.browser.post(house.api("phrases/preview"), json={"text": "hey", "voice": "v"}) as spoken:
            assert spoken.content_type == "audio/wav"
            assert (await spoken.read())[:4] == b"RIFF"
        before = await ask(house, "GET", "system")
        assert before["storage"]["previews"] > 0
        assert before["hardware"]["cores"] == 2
        assert before["free_mb"] > 0
        old = house.data / "trash" / "sample-old"
        old.write_bytes(b"x")
        os.utime(old, (0, time.time() - 31 * 86400))
        await house.app.parts.storage.empty_trash()
        assert not old.exists()
        await ask(house, "POST", "system/clean", json={"what": ["previews"]})
        assert (await ask(house, "GET", "system"))["storage"]["previews"] == 0
        assert not list((house.data / "previews").iterdir())


async def test_profiles_and_settings_are_kept(open_house: Any) -> None:
    async with open_house() as house:
        asked = {"phrase": "hey", "preset": "quick", "settings": {"training.batch": 64}}
        await ask(house, "PUT", "profiles/My best 1", json=asked)
        await ask(house, "PATCH", "settings", json={"concurrent": 3, "language": "de"})
        await ask(house, "PATCH", "settings", 422, json={"concurrent": 99})
        await ask(house, "PATCH", "settings", 422, json={"unknown": 1})
    async with open_house() as house:
        (kept,) = await ask(house, "GET", "profiles")
        assert (kept["name"], kept["request"]["settings"]) == ("My best 1", {"training.batch": 64})
        assert await ask(house, "GET", "settings") == {"concurrent": 3, "lan": False, "language": "de"}
        await ask(house, "DELETE", "profiles/My best 1", 204)
        await ask(house, "DELETE", "profiles/My best 1", 404)


async def test_satellites_read_models_and_send_recordings(
    open_house: Any, make_result: Any, make_job: Any, sound: bytes
) -> None:
    async with open_house(lan=True) as house:
        await house.app.parts.models.adopt(make_job(), make_result(house.data.parent / "result"))
        async with house.browser.get(house.lan("models")) as response:
            (model,) = await response.json()
        async with house.browser.get(house.lan(model["model"])) as response:
            assert await response.read() == b"TFL3" * 1000
        async with house.browser.get(house.lan(model["manifest"])) as response:
            assert (await response.json())["wake_word"] == "hey jarvis"
        for given, status in (("", 401), ("Bearer wrong", 401), ("Bearer a-token-of-the-tests", 201)):
            data = form(sound, phrase="hey jarvis", satellite="kitchen")
            headers = {"Authorization": given} if given else {}
            async with house.browser.post(house.lan("inbox"), data=data, headers=headers) as response:
                assert response.status == status, await response.text()
        (kept,) = await ask(house, "GET", "samples?state=inbox")
        assert (kept["source"], kept["speaker"]) == ("satellite", "kitchen")


async def test_a_phrase_is_compared_with_what_each_word_was_taught(
    open_house: Any, make_result: Any, make_job: Any
) -> None:
    async with open_house() as house:
        result = make_result(house.data.parent / "result")
        for number in (1, 2):
            await house.app.parts.models.adopt(make_job(f"job_{number}"), result)
        told = await ask(house, "POST", "phrases/advise", json={"text": "hey marvin"})
        assert [(c["id"], c["said"]) for c in told["collisions"]] == [("hey_jarvis_v2", "hˈeɪ dʒˈɑːvɪs")]
