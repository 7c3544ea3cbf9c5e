"""A satellite that needs no flashing: a word that Home Assistant offers is chosen, downloaded, and wakes it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pymicro_wakeword
import pytest
from spoken import in_a_room

from tests.real.core import Core
from tests.real.programs import wait_until
from tests.real.satellite import Satellite
from trainer.core.audio import write_wav

pytestmark = [pytest.mark.parts, pytest.mark.slow, pytest.mark.voices]

MODELS = Path(pymicro_wakeword.__file__).parent / "models"
WORD, PHRASE, SAID = "test_word_v1", "Test word", "hey jarvis"


def put_word(folder: Path) -> None:
    """Publish an official model under another name, as the app publishes its own."""
    manifest: dict[str, Any] = json.loads((MODELS / "hey_jarvis.json").read_text())
    manifest |= {"wake_word": PHRASE, "model": f"{WORD}.tflite"}
    shutil.copy(MODELS / "hey_jarvis.tflite", folder / f"{WORD}.tflite")
    (folder / f"{WORD}.json").write_text(json.dumps(manifest))


async def test_a_published_word_wakes_a_satellite(core: Core, satellite: Satellite, tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    write_wav(clip, in_a_room(SAID))
    async with await core.home() as home:
        entry = await home.accept("esphome")
        assert entry["title"] == satellite.name
        choice = await home.entity("esphome", f"{satellite.host.mac}-wake_word")
        before = await home.until(choice, lambda state: state["state"] != "unavailable")
        assert PHRASE not in before["attributes"]["options"]

    put_word(core.folder / "custom_wake_words")
    core.restart()
    async with await core.home() as home:
        await home.until(choice, lambda state: PHRASE in state["attributes"].get("options", []), 60)
        assert not satellite.hears(clip)
        await home.call("select.select_option", choice, option=PHRASE)
        await home.until(choice, lambda state: state["state"] == PHRASE)
        wait_until((satellite.external / f"{WORD}.tflite").exists, 10, "it is downloaded")
        assert satellite.hears(clip), satellite.said()[-3000:]
        assert satellite.woken() == [PHRASE]
