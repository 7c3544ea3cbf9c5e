"""Whatever the integration says, the link hears it without harm."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.errors import AppError
from addon.homeassistant.link import Link, Peer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["answer", "refused", "progress", "changed", "ask", "cancel", "hello"])
FIELDS = st.sampled_from(["id", "result", "error", "line", "percent", "what", "message"])
ERRORS = st.dictionaries(st.sampled_from(["code", "message", "hint", "values"]), JSON)
MESSAGES = st.builds(
    lambda kind, number, rest, error: {**rest, "type": kind, "id": number, "error": error},
    TYPES | JSON,
    st.sampled_from([1, 1, 1, 2, "1", None, True]) | JSON,
    st.dictionaries(FIELDS, JSON),
    ERRORS | JSON,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(MESSAGES, max_size=6))
def test_no_message_breaks_it(messages: list[dict[str, Any]]) -> None:
    asyncio.run(converse(messages))


async def converse(messages: list[dict[str, Any]]) -> None:
    link, sent = Link(), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    link.begin(Peer("1.0.0", "2026.11.0"), send)
    asked = asyncio.create_task(link.ask("check", timeout_s=5))
    await asyncio.sleep(0)
    for message in messages:
        link.hear(message)
    link.end(send)
    (told,) = await asyncio.gather(asked, return_exceptions=True)
    if not isinstance(told, dict):
        assert isinstance(told, AppError), told
        assert json.dumps(told.told(), allow_nan=False), "a browser can read it"
        assert told.code
        assert told.message


@pytest.mark.parametrize("number", ["1", None, [1], {}])
async def test_an_answer_to_nothing_changes_nothing(number: Any) -> None:
    link, sent = Link(), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    link.begin(Peer("1.0.0", "2026.11.0"), send)
    asked = asyncio.create_task(link.ask("check", timeout_s=0.1))
    await asyncio.sleep(0)
    link.hear({"type": "answer", "id": number, "result": {"wrong": True}})
    with pytest.raises(AppError):
        await asked
