"""Sending a wake word from the panel: nothing leaves unseen or unknowingly, and every browser sees how it goes."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from panel_fleet import DEPLOYMENTS, DESK, KITCHEN, House, furnish_house, make_gate, make_home
from panel_furniture import furnish
from panel_rooms import CHROMIUM, ROOT, make_model, serve

from addon.fleet import DeploymentState, TargetState

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: script/setup --dev")
expect = playwright.expect
pytestmark = [pytest.mark.slow]

SEND = "#/send/hey_panel_v2"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("needs Chromium: script/browser")
    if not (ROOT / "addon/web/static/index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with two versions of a word."""
    from streaming_models import convert

    folder = tmp_path_factory.mktemp("fleet")
    furnish(folder / "data", [make_model(folder / f"result_{n}", convert()) for n in range(2)])
    with serve(folder / "data") as found:
        yield found


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[[House, str], Any]]:
    """Open a place in a browser of its own; any error in it fails the test."""
    contexts, errors = [], []

    def open_(house: House, place: str) -> Any:
        context = browser.new_context(locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        furnish_house(page, house)
        page.goto(f"{address}{place}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def test_those_with_an_earlier_version_are_chosen_and_sent_to(open_page: Callable[..., Any]) -> None:
    house = House()
    page = open_page(house, SEND)
    expect(page.get_by_role("checkbox", name=re.compile("^Kitchen speaker"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("^Desk"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("^garage"))).to_be_disabled()
    send = page.get_by_role("button", name=re.compile("^Send to"))
    expect(page.get_by_text("bedroom.yaml is not valid YAML")).to_be_visible()
    expect(send).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("^Bedroom")).uncheck()
    expect(page.get_by_role("region", name="Changes of kitchen.yaml")).to_contain_text("wakesmith/hey_panel_v2.json")
    send.click()
    expect(page).to_have_url(re.compile("#/deployment/new"))
    method, path, body = house.asked[-1]
    assert (method, path, body["model"]) == ("POST", "deployments", "hey_panel_v2")
    assert sorted(body["satellites"]) == [KITCHEN.id, DESK.id]
    assert body["override"] is body["replace"] is False


def test_a_weak_model_leaves_only_knowingly(open_page: Callable[..., Any]) -> None:
    house = House(gate=make_gate(good=False))
    page = open_page(house, f"{SEND}?to={DESK.id}")
    send = page.get_by_role("button", name="Send to 1 satellite")
    expect(page.get_by_text("No file of it changes")).to_be_visible()
    expect(send).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("^Send it all the same")).check()
    expect(send).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("^Replace hey panel · Version 1")).check()
    send.click()
    expect(page).to_have_url(re.compile("#/deployment/new"))
    assert house.asked[-1][2]["override"] is house.asked[-1][2]["replace"] is True


def test_what_no_satellite_runs_never_leaves(open_page: Callable[..., Any]) -> None:
    page = open_page(House(gate=make_gate(compatible=False)), SEND)
    expect(page.get_by_text("RESIZE_BILINEAR")).to_be_visible()
    expect(page.get_by_text("it cannot be sent")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)


def test_two_browsers_follow_a_deployment_and_find_it_again(open_page: Callable[..., Any]) -> None:
    house = House()
    one, other = open_page(house, "#/deployment/running"), open_page(house, "#/satellites")
    expect(one.get_by_text("Compiling · 42 %")).to_be_visible()
    expect(other.get_by_role("heading", name="Under way")).to_be_visible()
    running = DEPLOYMENTS[0]
    done = [replace(target, state=TargetState.DONE, percent=None, line="") for target in running.targets]
    ended = replace(running, state=DeploymentState.DONE, targets=tuple(done))
    compiling = replace(running.targets[1], percent=80, line="Linking firmware.elf")
    told = replace(running, targets=(running.targets[0], compiling, running.targets[2]))
    house.tell(type="deployment", deployment=asdict(told))
    expect(one.get_by_text("Compiling · 80 %")).to_be_visible()
    one.get_by_text("Log", exact=False).first.click()
    expect(one.get_by_role("region", name=re.compile("Kitchen speaker"))).to_contain_text("Linking firmware.elf")
    house.deployments = (ended, *DEPLOYMENTS[1:])
    house.tell(type="deployment", deployment=asdict(ended))
    expect(one.get_by_text("3 satellites now listen for it")).to_be_visible()
    expect(other.get_by_role("heading", name="Under way")).to_have_count(0)
    one.reload()
    expect(one.get_by_text("3 satellites now listen for it")).to_be_visible()
    one.get_by_role("button", name="Undo").click()
    expect(one).to_have_url(re.compile("#/deployment/new"))
    assert house.asked[-1][:2] == ("POST", "deployments/running/undo")


def test_an_answer_does_not_undo_what_was_said_before_it(open_page: Callable[..., Any]) -> None:
    house = House()
    page = open_page(house, "#/deployment/sent")
    queued = replace(DEPLOYMENTS[0], id="quick", kind="rollback", state=DeploymentState.QUEUED, targets=())

    def answer_late(route: Any) -> None:
        house.tell(type="deployment", deployment=asdict(replace(queued, state=DeploymentState.DONE)))
        page.wait_for_timeout(200)
        route.fulfill(json=asdict(queued))

    page.route(re.compile("/rollback$"), answer_late)
    page.get_by_role("button", name=re.compile("^Back to")).click()
    expect(page).to_have_url(re.compile("#/deployment/quick"))
    expect(page.get_by_role("heading", name="Back to “hey panel · Version 2”")).to_be_visible()
    expect(page.get_by_text("only the published files changed")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_failure_shows_what_the_tool_said(open_page: Callable[..., Any]) -> None:
    page = open_page(House(), "#/deployment/failed")
    expect(page.get_by_text("The satellite is as it was before.")).to_be_visible()
    page.locator("ws-target summary").click()
    expect(page.get_by_role("region", name=re.compile("Kitchen speaker"))).to_contain_text("part_59.cpp.o")
    again = page.get_by_role("link", name="Try the rest again")
    expect(again).to_have_attribute("href", re.compile(KITCHEN.id))


def test_a_threshold_is_a_number(open_page: Callable[..., Any]) -> None:
    house = House()
    page = open_page(house, "#/satellites")
    field = page.get_by_label(re.compile("^Threshold of"))
    expect(field).to_have_value("0.55")
    field.fill("0.7")
    field.press("Tab")
    expect(page.get_by_role("status").filter(has_text="Desk: sensitivity")).to_be_visible()
    assert house.asked == [("POST", f"satellites/{DESK.id}/sensitivity", {"word": "okay_nabu", "option": "0.7"})]


def test_sensitivity_is_chosen_and_withdrawing_asks_twice(open_page: Callable[..., Any]) -> None:
    house = House()
    page = open_page(house, "#/satellites")
    page.get_by_label(re.compile("^Sensitivity of")).select_option("high")
    expect(page.get_by_role("status").filter(has_text="Kitchen speaker: sensitivity")).to_be_visible()
    asked = ("POST", f"satellites/{KITCHEN.id}/sensitivity", {"word": "hey_panel_v1", "option": "high"})
    assert house.asked == [asked]
    page.goto(page.url.replace("#/satellites", "#/model/hey_panel_v2"))
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Really withdraw?").click()
    expect(page.get_by_text("Published", exact=True)).to_have_count(0)
    assert house.asked[-1][:2] == ("DELETE", "publications/hey_panel")


def test_a_training_takes_its_satellites_along(open_page: Callable[..., Any]) -> None:
    page = open_page(House(), "#/create")
    sent: list[Any] = []
    page.route(re.compile("/jobs/preflight$"), lambda route: (sent.append(route.request.post_data), route.abort()))
    page.get_by_text("Send to satellites when it is done").click()
    page.get_by_role("checkbox", name=re.compile("^Desk")).check()
    page.locator("#phrase").fill("hey panels")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert json.loads(sent[0])["satellites"] == [DESK.id]


def test_without_the_integration_it_says_what_to_do(open_page: Callable[..., Any]) -> None:
    house = House((), (), (), make_home(linked=False))
    page = open_page(house, "#/satellites")
    expect(page.get_by_text("No satellite was found")).to_be_visible()
    page.get_by_role("button", name="Install").click()
    house.tell(type="home", home=house.home | {"integration": house.home["integration"] | {"needs_restart": True}})
    expect(page.get_by_text("Restart Home Assistant")).to_be_visible()
    assert house.asked[-1][:2] == ("POST", "home/integration")
    house.tell(type="home", home=make_home())
    expect(page.get_by_text("Restart Home Assistant")).to_have_count(0)
