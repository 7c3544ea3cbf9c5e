"""An installation knows itself again."""

from pathlib import Path

import pytest

from addon.homeassistant.identity import (
    forget_integration,
    met_integration,
    note_integration,
    read_identity,
)
from addon.store import NAME, Store

pytestmark = pytest.mark.asyncio


async def test_it_is_made_once(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        made = await read_identity(store)
        assert len(made.id) == 32
        assert int(made.id, 16)
        assert len(made.token) >= 40
        assert made.token not in repr(made)
    async with await Store.open(tmp_path / NAME) as store:
        assert await read_identity(store) == made


async def test_an_integration_comes_and_goes(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        assert await met_integration(store) is None
        await note_integration(store, "1.2.3")
        assert await met_integration(store) == "1.2.3"
        await forget_integration(store)
        assert await met_integration(store) is None
