"""A link of Home Assistant to one of our pages opens that page, in the panel that Home Assistant embeds."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from panel_rooms import CHROMIUM, ROOT, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: script/setup --dev")
expect = playwright.expect
pytestmark = [pytest.mark.slow]
# Home Assistant's page of an app: the app's own address is always the same; a link changes the page's address alone,
# and tells it by this event.
OUTER = """<!doctype html><title>Home Assistant</title><iframe src="/" style="width: 100%; height: 90vh"></iframe>
<script>
window.go = (path) => { history.pushState(null, "", path); dispatchEvent(new Event("location-changed")); };
</script>"""


@pytest.fixture
def outer(tmp_path: Path) -> Iterator[Any]:
    """Open the page, with the path below the origin."""
    if not CHROMIUM:
        pytest.skip("needs Chromium: script/browser")
    if not (ROOT / "addon/web/static/index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    with serve(tmp_path / "data") as address, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=address)
        page.route("**/*_wakesmith**", lambda route: route.fulfill(body=OUTER, content_type="text/html"))
        yield page
        browser.close()


def place(page: Any) -> str:
    return str(page.frames[1].evaluate("location.hash"))


@pytest.mark.parametrize("panel", ["/app/local_wakesmith", "/a0d7b954_wakesmith"])
def test_a_link_opens_its_page(outer: Any, panel: str) -> None:
    outer.goto(f"{panel}/model/hey_panel_v1")
    frame = outer.frame_locator("iframe")
    expect(frame.locator("ws-model-page")).to_be_attached(timeout=30_000)
    assert place(outer) == "#/model/hey_panel_v1"

    outer.frames[1].evaluate("location.hash = '#/create'")
    expect(frame.locator("ws-create-page")).to_be_visible()
    outer.evaluate("path => go(path)", f"{panel}/settings")
    expect(frame.locator("ws-settings-page")).to_be_visible()

    outer.frames[1].evaluate("location.hash = '#/create'")
    expect(frame.locator("ws-create-page")).to_be_visible()
    outer.evaluate("path => go(path)", f"{panel}/settings?more-info-entity-id=sun.sun")
    outer.wait_for_timeout(300)
    assert place(outer) == "#/create", "a dialog over us is no link to us"


def test_without_a_page_it_begins_at_home(outer: Any) -> None:
    outer.goto("/app/local_wakesmith")
    expect(outer.frame_locator("iframe").locator("ws-home-page")).to_be_visible(timeout=30_000)
    assert place(outer) == ""
