"""The panel in a real browser, against the real service, with a real model and a microphone that plays a file."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from panel_rooms import CHROMIUM, ROOT, keep_model, make_model, make_tone, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: script/setup --dev")
expect = playwright.expect

pytestmark = [pytest.mark.slow]
PAGES = ("#/", "#/create", "#/model/hey_panel_v1", "#/recordings", "#/settings")
AXE = ROOT / "addon/frontend/node_modules/axe-core/axe.min.js"
PATIENCE_MS = 60_000  # the helper process starts when it is first asked
# The user takes a while to allow the microphone; what was opened is kept to be looked at.
SLOW_MICROPHONE = """
window.tracks = [];
window.asked = 0;
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  window.asked += 1;
  await new Promise((resolve) => setTimeout(resolve, 800));
  const stream = await open(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("needs Chromium: script/browser")
    if not (ROOT / "addon/web/static/index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    sound = make_tone(tmp_path_factory.mktemp("microphone") / "tone.wav")
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}",
    ]
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("empty") / "data") as address:
        yield address


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose library holds one model."""
    from streaming_models import convert

    folder = tmp_path_factory.mktemp("house")
    keep_model(folder / "data", make_model(folder / "result", convert()))
    with serve(folder / "data") as address:
        yield address


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page in a browser of its own; any error in it fails the test."""
    contexts, errors = [], []

    def open_(address: str, **options: Any) -> Any:
        context = browser.new_context(permissions=["microphone"], **({"locale": "en-GB"} | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Any) -> None:
    """Wait until nothing is a skeleton any more."""
    page.locator("ws-app main > *").first.wait_for()
    expect(page.locator(".skeleton")).to_have_count(0, timeout=PATIENCE_MS)


def test_first_screen_is_one_field_that_advises(empty: str, open_page: Callable[..., Any]) -> None:
    page = open_page(empty)
    field = page.get_by_label("What should your house listen for?")
    expect(field).to_be_focused()
    create = page.get_by_role("button", name="Create")
    expect(create).to_be_disabled()
    field.fill("banana pancake robot")
    expect(page.locator("ws-verdict .head")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Hear it")).to_be_visible()
    assert page.get_by_label("Phonetic (IPA)").first.input_value()
    field.fill("go")
    expect(page.locator("ws-verdict .head")).to_have_class(re.compile("bad"), timeout=PATIENCE_MS)
    page.locator("ws-verdict .chip").first.click()
    assert len(field.input_value()) > len("go")
    create.click()
    expect(page.get_by_role("dialog")).to_contain_text("Disk", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_job_is_seen_by_two_browsers_and_found_again(empty: str, open_page: Callable[..., Any]) -> None:
    one, other = open_page(empty), open_page(empty)
    one.get_by_label("What should your house listen for?").fill("hey two browsers")
    one.get_by_text("A first try, in minutes.").click()
    one.get_by_role("button", name="Create").click()
    one.get_by_role("button", name=re.compile("^Start")).click(timeout=PATIENCE_MS)
    expect(one.get_by_role("heading", name="hey two browsers")).to_be_visible(timeout=PATIENCE_MS)
    card = other.locator("ws-job-card", has_text="hey two browsers")
    expect(card).to_be_visible(timeout=PATIENCE_MS)
    one.reload()
    expect(one.get_by_role("heading", name="hey two browsers")).to_be_visible(timeout=PATIENCE_MS)
    one.get_by_role("button", name="Stop").click()
    expect(card).to_contain_text("Stopped", timeout=PATIENCE_MS)
    expect(one.get_by_role("button", name="Resume")).to_be_visible()
    one.get_by_role("button", name="Delete").click()
    one.get_by_role("button", name="Really delete?").click()
    expect(card).to_have_count(0)


def test_what_is_said_while_a_job_is_read_is_not_lost(house: str, open_page: Callable[..., Any]) -> None:
    held: list[Any] = []
    sockets: list[Any] = []
    heard: list[str] = []
    page = open_page("about:blank")

    def join(socket: Any) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile(r"/api/v1/events$"), join)
    page.route(re.compile(r"/jobs/held/events$"), lambda route: held.append(route))
    page.route(
        re.compile(r"/jobs/held/samples/"), lambda route: (heard.append(route.request.url), route.fulfill(status=404))
    )
    page.goto(house)
    expect(page.locator("ws-model-card")).to_be_visible()  # its snapshot has come
    page.goto(f"{house}#/job/held")
    page.wait_for_timeout(300)
    clips = [{"kind": "sample", "path": f"samples/{name}.wav", "label": name} for name in ("one", "two", "three")]
    steps = [{"kind": "metric", "step": step, "values": {"loss": 0.5}} for step in (100, 200)]
    for event in (clips[1], *steps, clips[2]):
        sockets[-1].send(json.dumps({"type": "event", "job": "held", "event": event}))
    page.wait_for_timeout(300)
    job = {
        "id": "held", "request": {"phrase": "hey held"}, "state": "running", "created": "2026-01-01T00:00:00Z",
        "position": 0, "attempt": 1, "started": "2026-01-01T00:00:00Z", "ended": None, "stage": "samples", "done": 0,
        "total": 0, "eta_s": None, "code": "", "message": "", "hint": "", "model": None,
    }  # fmt: skip
    snapshot = {"job": job, "stages": [], "progress": None, "metrics": steps, "warnings": [], "samples": clips[:2]}
    held[0].fulfill(json=snapshot | {"ending": None})  # read between the second clip and the third
    expect(page.locator("ws-clips li")).to_have_text(["one", "two", "three"])
    page.get_by_role("button", name=re.compile("three")).click()
    page.wait_for_timeout(300)
    assert [url.rsplit("/", 1)[1] for url in heard] == ["2"]


def test_report_in_plain_words_and_live_microphone(house: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{house}#/model/hey_panel_v1")
    expect(page.locator("ws-facts")).to_contain_text("Hears you 94 times in 100 (at least 87, 95 % sure).")
    expect(page.locator("ws-facts")).to_contain_text("less than once in 2 hours")
    page.get_by_role("button", name="Listen with the microphone").click()
    expect(page.locator("ws-try [role=status]")).to_contain_text("Say", timeout=PATIENCE_MS)
    page.wait_for_function(
        "() => document.querySelector('ws-app').shadowRoot.querySelector('ws-model-page').shadowRoot"
        ".querySelector('ws-try').shadowRoot.querySelector('ws-chart').data[0].length > 60"
    )
    page.get_by_text("Very sensitive").click()  # another cutoff: it listens anew
    expect(page.locator("ws-try [role=status]")).to_contain_text(re.compile("Say|woke"), timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop listening").click()
    expect(page.get_by_role("button", name="Listen with the microphone")).to_be_enabled()


@pytest.mark.parametrize(("place", "button"), [("#/model/hey_panel_v1", "Listen with"), ("#/recordings", "Start")])
def test_no_microphone_stays_on_when_the_page_is_left(
    house: str, open_page: Callable[..., Any], place: str, button: str
) -> None:
    page = open_page(f"{house}{place}")
    page.add_init_script(SLOW_MICROPHONE)
    page.reload()
    if place == "#/recordings":
        page.get_by_label("Who speaks").fill("Ada")
    page.get_by_role("button", name=button).click()
    page.wait_for_function("() => window.asked === 1")
    page.goto(f"{house}#/")
    page.wait_for_function("() => window.tracks.length === 1")
    page.wait_for_function("() => window.tracks.every((track) => track.readyState === 'ended')", timeout=3000)
    page.wait_for_timeout(500)
    assert page.evaluate("window.asked") == 1  # none is opened after that either


def test_another_sensitivity_while_the_microphone_opens_leaves_one_session(
    house: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{house}#/model/hey_panel_v1")
    page.add_init_script(SLOW_MICROPHONE)
    page.reload()
    page.get_by_role("button", name="Listen with").click()
    page.wait_for_function("() => window.asked === 1")
    page.get_by_text("Very sensitive").click()
    page.wait_for_function("() => window.tracks.length === 2", timeout=10_000)
    live = "() => window.tracks.filter((track) => track.readyState === 'live').length"
    page.wait_for_function(f"() => ({live})() === 1")
    expect(page.locator("ws-try [role=status]")).to_contain_text("Say", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop listening").click()
    page.wait_for_function(f"() => ({live})() === 0")


def test_notes_are_kept_and_a_deleted_model_comes_back(house: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{house}#/model/hey_panel_v1")
    page.get_by_label("Notes").fill("for the kitchen")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Notes saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("for the kitchen")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("ws-model-card", has_text="hey panel")).to_be_visible()


def test_guided_recording_is_checked_labelled_and_deleted(house: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{house}#/recordings")
    page.get_by_label("Who speaks").fill("Ada")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Next take")).to_be_visible(timeout=PATIENCE_MS)
    sample = page.locator("ws-sample", has_text="Ada")
    expect(sample).to_have_count(1)
    sample.get_by_label("What Ada holds").select_option("near_miss")
    page.reload()
    expect(sample.get_by_label("What Ada holds")).to_have_value("near_miss")
    sample.get_by_role("button", name="Delete Ada").click()
    expect(sample).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(sample).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_finding_of_axe(house: str, open_page: Callable[..., Any], scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs the panel's packages: script/panel")
    page = open_page(house, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for place in PAGES:
        page.goto("about:blank")
        page.goto(f"{house}{place}")
        settle(page)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [str(node["target"]) for node in violation["nodes"]]
                found[f"{place} {violation['id']}"] = nodes
    assert found == {}


def test_fits_a_phone_and_speaks_german(house: str, open_page: Callable[..., Any]) -> None:
    page = open_page(house, viewport={"width": 360, "height": 740}, locale="de-DE")
    for place in PAGES:
        page.goto("about:blank")
        page.goto(f"{house}{place}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        expect(page.get_by_role("link", name="Einstellungen")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"
