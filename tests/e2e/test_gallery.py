"""Every page of the panel as it looks: empty and full, light and dark, desktop and phone; pictures to be looked at.

`WAKESMITH_GALLERY` names the folder of the pictures; without it they lie in pytest's own.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from panel_fleet import House, furnish_house, make_gate, make_home
from panel_furniture import furnish
from panel_rooms import CHROMIUM, ROOT, make_model, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: script/setup --dev")
expect = playwright.expect
pytestmark = [pytest.mark.slow]

AXE = ROOT / "addon/frontend/node_modules/axe-core/axe.min.js"
PATIENCE_MS = 60_000
MOST_SHIFT = 0.05  # half of what the Web Vitals call good
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
EMPTY = {"home": "#/", "recordings": "#/recordings", "settings": "#/settings", "missing": "#/model/nothing_v1"}
FULL = {
    "home": "#/",
    "create": "#/create",
    "job_done": "#/job/done",
    "job_stopped": "#/job/stopped",
    "job_failed": "#/job/failed",
    "model": "#/model/hey_panel_v2",
    "recordings": "#/recordings",
    "settings": "#/settings",
}
# What the service says of satellites, and the pages that show it.
STREETS: dict[str, tuple[House, dict[str, str]]] = {
    "linked": (
        House(),
        {
            "satellites": "#/satellites",
            "send": "#/send/hey_panel_v2?to=aabbccddee01,aabbccddee02",
            "running": "#/deployment/running",
            "failed": "#/deployment/failed",
            "sent": "#/deployment/sent",
            "published": "#/model/hey_panel_v2",
            "job_done": "#/job/done",
            "job_stopped": "#/job/stopped",
            "home": "#/",
            "create": "#/create",
            "settings": "#/settings",
        },
    ),
    "refused": (
        House(gate=make_gate(good=False)),
        {"send": "#/send/hey_panel_v2?to=aabbccddee01,aabbccddee03", "no_deployment": "#/deployment/nothing"},
    ),
    "incompatible": (House(gate=make_gate(compatible=False)), {"send": "#/send/hey_panel_v2"}),
    "alone": (
        House((), (), (), make_home(linked=False)),
        {"satellites": "#/satellites", "send": "#/send/hey_panel_v2", "settings": "#/settings"},
    ),
    "elsewhere": (House((), (), (), make_home(linked=False, folder=False)), {"satellites": "#/satellites"}),
}
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "locale": "de-DE"},
    "phone_dark": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("WAKESMITH_GALLERY") or tmp_path_factory.mktemp("gallery"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("needs Chromium: script/browser")
    if not (ROOT / "addon/web/static/index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    if not AXE.is_file():
        pytest.skip("needs axe, of the panel's packages: script/panel")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty service and one that has everything."""
    from streaming_models import official

    folder = tmp_path_factory.mktemp("houses")
    tflite = official("hey_jarvis").read_bytes()
    results = [make_model(folder / f"result_{n}", tflite) for n in range(2)]
    furnish(folder / "full", results)
    with serve(folder / "empty") as empty, serve(folder / "full") as full:
        yield {"empty": empty, "full": full}


@pytest.fixture
def look(browser: Any, gallery: Path) -> Iterator[Callable[..., Any]]:
    """Open a page as `look` says; any error in it fails the test."""
    contexts, errors = [], []

    def open_(how: str) -> Any:
        context = browser.new_context(**({"locale": "en-GB", "reduced_motion": "reduce"} | LOOKS[how]))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Any) -> None:
    """Wait until nothing is a skeleton any more."""
    page.locator("ws-app main > *").first.wait_for()
    expect(page.locator(".skeleton")).to_have_count(0, timeout=PATIENCE_MS)


def findings(page: Any) -> dict[str, list[str]]:
    """Return what axe finds serious."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return {
        violation["id"]: [str(node["target"]) for node in violation["nodes"]]
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
    }


def visit(page: Any, address: str, picture: Path) -> dict[str, Any]:
    """Go there, take its picture, and return what is wrong with it."""
    page.goto("about:blank")
    page.goto(address)
    settle(page)
    page.screenshot(path=picture, full_page=True)
    wrong: dict[str, Any] = findings(page)
    if (shift := page.evaluate("window.shifts")) >= MOST_SHIFT:
        wrong["layout shift"] = shift
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong["overflow"] = page.evaluate("document.documentElement.scrollWidth")
    return wrong


@pytest.mark.parametrize("how", LOOKS)
def test_every_page_in_every_look(houses: dict[str, str], look: Callable[..., Any], gallery: Path, how: str) -> None:
    page = look(how)
    wrong = {}
    for house, places in (("empty", EMPTY), ("full", FULL)):
        for name, place in places.items():
            picture = gallery / f"{house}_{name}_{how}.png"
            if found := visit(page, f"{houses[house]}{place}", picture):
                wrong[picture.stem] = found
    assert wrong == {}


@pytest.mark.parametrize("street", STREETS)
@pytest.mark.parametrize("how", LOOKS)
def test_satellites_in_every_look(
    houses: dict[str, str], look: Callable[..., Any], gallery: Path, how: str, street: str
) -> None:
    house, places = STREETS[street]
    page = look(how)
    furnish_house(page, house)
    wrong = {}
    for name, place in places.items():
        picture = gallery / f"{street}_{name}_{how}.png"
        if found := visit(page, f"{houses['full']}{place}", picture):
            wrong[picture.stem] = found
    assert wrong == {}


@pytest.mark.parametrize("how", LOOKS)
def test_typing_and_what_follows(houses: dict[str, str], look: Callable[..., Any], gallery: Path, how: str) -> None:
    page = look(how)
    page.goto(f"{houses['full']}#/create")
    page.locator("#phrase").fill("hey panels")
    expect(page.locator("ws-verdict .head")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("ws-verdict")).to_contain_text("hey panel")  # what it collides with
    page.locator("ws-advanced summary").click()
    page.screenshot(path=gallery / f"full_advanced_{how}.png", full_page=True)
    wrong = findings(page)
    page.locator("button[type=submit]").first.click()
    page.locator("dialog li").first.wait_for()
    page.screenshot(path=gallery / f"full_preflight_{how}.png")
    assert wrong | findings(page) == {}
