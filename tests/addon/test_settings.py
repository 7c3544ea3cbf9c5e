"""Of the panel's choice and the app's option, the one that was changed last counts."""

from pathlib import Path
from typing import Any

import pytest

from addon.library.settings import begin_settings, change_settings
from addon.options import Options
from addon.store import NAME, Store

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([False], True),  # the option is as it was when the panel chose: the panel's choice stays
        ([True], True),
        ([True, False], False),  # closed in the options afterwards: closed
        ([True, True], True),
    ],
)
async def test_an_option_that_is_changed_later_overrules_the_panel(
    tmp_path: Path, options: list[bool], expected: bool
) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        await begin_settings(store, Options(lan=False))
        await change_settings(store, Options(lan=False), {"lan": True, "concurrent": 3})
    for lan in options:
        async with await Store.open(tmp_path / NAME) as store:
            chosen = await begin_settings(store, Options(lan=lan))
    assert chosen.lan is expected
    assert chosen.concurrent == 3  # that option was left alone


async def test_closing_the_lan_in_the_options_closes_it(open_house: Any) -> None:
    async with open_house(lan=True) as house:
        for lan in (False, True):
            async with house.browser.patch(house.api("settings"), json={"lan": lan}) as response:
                assert response.status == 200
        assert house.app.lan.is_open
    async with open_house(lan=False) as house:
        assert not house.app.lan.is_open
        async with house.browser.get(house.api("settings")) as response:
            assert (await response.json())["lan"] is False
