"""The helper process: answers in any order, errors with their names, deaths, hangs, silence, idleness."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from addon.assistant import Assistant
from addon.errors import AppError, Invalid, NotFound, Unavailable, Unsupported
from addon.programs import trainer_command

pytestmark = pytest.mark.asyncio
SCRIPT = (sys.executable, str(Path(__file__).with_name("scripted_helper.py")))
NO_TIMES: Mapping[str, float] = {}


@asynccontextmanager
async def helper(command: tuple[str, ...] = SCRIPT, **more: Any) -> AsyncIterator[Assistant]:
    assistant = Assistant(command, **more)
    try:
        yield assistant
    finally:
        await assistant.stop()


async def test_it_is_started_by_the_first_question_and_ended_when_idle() -> None:
    async with helper(idle_s=0.3) as assistant:
        assert assistant.pid is None
        first = await assistant.ask("echo", text="ä\n\u2028")
        assert first["text"] == "ä\n\u2028"
        assert (await assistant.ask("echo"))["pid"] == first["pid"] == assistant.pid
        async with asyncio.timeout(5):
            while assistant.pid is not None or psutil.pid_exists(first["pid"]):
                await asyncio.sleep(0.05)
        assert (await assistant.ask("echo"))["pid"] != first["pid"]


async def test_it_is_woken_before_it_is_asked_once(tmp_path: Path) -> None:
    async with helper(idle_s=0.5) as assistant:
        assistant.wake()
        assistant.wake()
        async with asyncio.timeout(5):
            while assistant.pid is None:
                await asyncio.sleep(0.01)
        woken = assistant.pid
        assistant.wake()
        assert (await assistant.ask("echo"))["pid"] == woken
        async with asyncio.timeout(5):
            while assistant.pid is not None:
                await asyncio.sleep(0.05)
    async with helper(("/nonexistent",)) as absent:
        absent.wake()
        with pytest.raises(Unavailable):
            await absent.ask("echo")


async def test_a_slow_answer_holds_nobody_up_and_keeps_it_awake() -> None:
    async with helper(idle_s=0.2) as assistant:
        slow = asyncio.create_task(assistant.ask("sleep", seconds=0.8))
        quick = await assistant.ask("echo", n=1)
        assert not slow.done()
        assert (await slow)["slept"] == 0.8
        assert assistant.pid == quick["pid"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("phrase_empty", Invalid), ("no_session", NotFound), ("not_audio", Unsupported), ("crash", AppError)],
)
async def test_its_errors_keep_code_message_and_hint(code: str, kind: type[AppError]) -> None:
    async with helper() as assistant:
        with pytest.raises(kind) as failed:
            await assistant.ask("fail", code=code)
        assert (failed.value.code, failed.value.message, failed.value.hint) == (code, "no", "do this")


async def test_a_death_fails_what_waits_and_the_next_question_starts_it_anew() -> None:
    async with helper() as assistant:
        waiting = asyncio.create_task(assistant.ask("sleep", seconds=30))
        before = await assistant.ask("echo")
        with pytest.raises(Unavailable, match="ended unexpectedly"):
            await assistant.ask("die")
        with pytest.raises(Unavailable):
            await waiting
        assert (await assistant.ask("echo"))["pid"] != before["pid"]


async def test_one_that_keeps_dying_is_left_alone_for_a_while() -> None:
    async with helper((sys.executable, "-c", "raise SystemExit(1)")) as assistant:
        codes = []
        for _ in range(6):
            with pytest.raises(Unavailable) as failed:
                await assistant.ask("echo")
            codes.append(failed.value.code)
            await asyncio.sleep(0.05)
        assert codes[0] == "helper_died"
        assert codes[-1] == "helper_dies"


async def test_one_that_is_missing_is_named() -> None:
    async with helper(("/nonexistent/wakesmith", "serve")) as assistant:
        with pytest.raises(Unavailable) as failed:
            await assistant.ask("echo")
        assert failed.value.code == "helper_missing"


async def test_one_that_hangs_is_ended_and_one_that_is_only_slow_is_not() -> None:
    async with helper(timeouts={"hang": 0.5, "sleep": 0.5}) as assistant:
        before = await assistant.ask("echo")
        slow = asyncio.create_task(assistant.ask("sleep", seconds=5))
        await asyncio.sleep(0.1)
        await assistant.ask("echo")
        with pytest.raises(Unavailable) as failed:
            await slow
        assert failed.value.code == "helper_slow"
        assert (await assistant.ask("echo"))["pid"] == before["pid"]
        with pytest.raises(Unavailable):
            await assistant.ask("hang")
        assert not psutil.pid_exists(before["pid"])
        assert (await assistant.ask("echo"))["pid"] != before["pid"]


async def test_noise_between_the_answers_is_passed_over() -> None:
    async with helper() as assistant:
        assert await assistant.ask("noise") == {"quiet": True}
        assert len((await assistant.ask("large"))["values"]) == 200_000


async def test_listening_opens_feeds_and_closes() -> None:
    async with helper(idle_s=0.1) as assistant:
        async with assistant.listen(Path("model.tflite"), cutoff=200) as heard:
            assert (heard.stride, heard.cutoff, heard.window, heard.step_s) == (3, 200, 5, 0.03)
            assert (await heard.feed(b"\0\0" * 160))["probabilities"] == [0.5]
            await asyncio.sleep(0.4)  # idle for longer than it may be, but for the open session
            assert (await heard.feed(b"\0\0"))["at_s"] == 0.1
        assert (await assistant.ask("listen_close", session="x"))["open"] == 0


async def test_a_session_does_not_survive_the_helper() -> None:
    async with helper() as assistant, assistant.listen("model.tflite") as heard:
        with pytest.raises(Unavailable):
            await assistant.ask("die")
        with pytest.raises(NotFound):
            await heard.feed(b"\0\0")


@pytest.mark.slow
@pytest.mark.voices
async def test_the_real_program_answers(tmp_path: Path) -> None:
    async with helper((*trainer_command(), "serve")) as assistant:
        advice, voices = await asyncio.gather(
            assistant.ask("advise", text="hey jarvis", language="en", say=[], rivals=[]), assistant.ask("voices")
        )
        assert (advice["id"], advice["syllables"]) == ("hey_jarvis", 3)
        assert voices["voices"]
        hardware = await assistant.ask("hardware")
        assert hardware["cores"] >= 1
        with pytest.raises(Invalid) as failed:
            await assistant.ask("sing")
        assert failed.value.code == "unknown_method"
        (tmp_path / "a.wav").write_bytes(b"no sound")
        with pytest.raises(Unsupported):
            await assistant.ask("inspect", path=str(tmp_path / "a.wav"))
