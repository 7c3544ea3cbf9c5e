"""Whoever listens hears every state in order; figures may be left out, and then it is said so."""

import asyncio
import time
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.bus import Bus, Gone, JobChanged, JobEvent, Message, Messages, Missed, Overrun
from addon.records import Job, JobRequest, JobState
from trainer.events import Failed, Finished, Metric, Progress, Stage, StageState


def job(number: int, state: JobState = JobState.RUNNING) -> Job:
    return Job(f"job_{number}", JobRequest("hey jarvis"), state, "2026-01-01T00:00:00Z")


def message(kind: int, number: int, of: int) -> Message:
    events = (
        Progress(number, 100), Metric(number, {"loss": 1.0}), Stage(f"s{number}", StageState.DONE),
        Failed("x", str(number)), Finished(str(number)),
    )  # fmt: skip
    if kind < len(events):
        return JobEvent(f"job_{of}", events[kind])
    return JobChanged(job(of, list(JobState)[number % 7])) if kind == len(events) else Gone("model", str(number))


def is_figure(told: Message) -> bool:
    return isinstance(told, JobEvent) and isinstance(told.event, Progress | Metric)


TOLD = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 2), st.booleans()), max_size=300)


@settings(deadline=None)
@given(TOLD)
def test_states_come_whole_and_in_order(told: list[tuple[int, int, int, bool]]) -> None:
    async def listen() -> None:
        bus, limit = Bus(limit=2 * len(told) + 40), 2 * len(told) + 40
        heard: list[Message] = []
        async with bus.listen() as messages:
            sent = []
            for kind, number, of, pause in told:
                sent.append(message(kind, number, of))
                bus.publish(sent[-1])
                assert len(messages) <= limit
                if pause:
                    heard += await messages.take()
            if len(messages):
                heard += await messages.take()
        assert [m for m in heard if not is_figure(m)] == [m for m in sent if not is_figure(m)]
        for of in ("job_0", "job_1", "job_2"):
            last = [m for m in sent if isinstance(m, JobEvent) and m.job == of and isinstance(m.event, Progress)][-1:]
            got = [m for m in heard if isinstance(m, JobEvent) and m.job == of and isinstance(m.event, Progress)][-1:]
            assert last == got, "the newest progress always comes"

    asyncio.run(listen())


@settings(deadline=None)
@given(TOLD, st.integers(4, 40))
def test_a_slow_listener_loses_only_figures_or_is_told(told: list[tuple[int, int, int, bool]], limit: int) -> None:
    messages = Messages(limit)
    sent = [message(*row[:3]) for row in told]
    for one in sent:
        messages.put(one)
        assert len(messages) <= limit
    if not sent:
        return
    try:
        heard = asyncio.run(messages.take())
    except Overrun:
        assert sum(not is_figure(m) for m in sent) > limit // 2
        return
    missed = sum(m.count for m in heard if isinstance(m, Missed))
    assert [m for m in heard if not is_figure(m) and not isinstance(m, Missed)] == [
        m for m in sent if not is_figure(m)
    ]
    metrics = [m for m in sent if isinstance(m, JobEvent) and isinstance(m.event, Metric)]
    got = [m for m in heard if isinstance(m, JobEvent) and isinstance(m.event, Metric)]
    assert got == metrics[len(metrics) - len(got) :]
    assert len(got) == len(metrics) or missed


def test_a_listener_that_goes_is_forgotten() -> None:
    async def listen() -> None:
        bus = Bus()
        with pytest.raises(RuntimeError):
            async with bus.listen() as gone:
                raise RuntimeError
        bus.publish(Gone("job", "x"))
        assert len(gone) == 0

    asyncio.run(listen())


def test_two_listeners_hear_the_same_each_at_its_pace() -> None:
    async def listen() -> None:
        bus = Bus()
        heard: list[list[Message]] = [[], []]

        async def hear(place: int, pause: float) -> None:
            async with bus.listen() as messages:
                async for told in messages:
                    heard[place].append(told)
                    await asyncio.sleep(pause)
                    if isinstance(told, JobEvent) and isinstance(told.event, Finished):
                        return

        tasks = [asyncio.create_task(hear(place, pause)) for place, pause in ((0, 0.0), (1, 0.01))]
        await asyncio.sleep(0)
        for i in range(200):
            bus.publish(JobEvent("job_0", Progress(i, 200)))
            if i % 50 == 0:
                bus.publish(JobEvent("job_0", Stage(str(i), StageState.DONE)))
            await asyncio.sleep(0)
        bus.publish(JobEvent("job_0", Finished("there")))
        await asyncio.gather(*tasks)
        states = [[m for m in got if not is_figure(m)] for got in heard]
        assert states[0] == states[1]
        assert len(states[0]) == 5
        assert len(heard[1]) < len(heard[0])

    asyncio.run(listen())


def test_a_thousand_events_a_second_cost_little() -> None:
    bus = Bus()

    async def flood() -> float:
        async with bus.listen(), bus.listen(), bus.listen():
            began = time.process_time()
            for i in range(20_000):
                bus.publish(JobEvent("job_0", Metric(i, {"loss": 1.0}) if i % 2 else Progress(i, 20_000)))
            return time.process_time() - began

    assert asyncio.run(flood()) < 2.0, "20 seconds' worth, to three listeners that do not listen"


def test_what_was_left_out_is_counted_once() -> None:
    messages = Messages(10)
    for i in range(25):
        messages.put(JobEvent("job_0", Metric(i, {})))
    heard = asyncio.run(messages.take())
    kinds = [(kind, len(list(group))) for kind, group in groupby(heard, type)]
    assert kinds == [(JobEvent, 3), (Missed, 1)]
    assert heard[-1] == Missed(22)
