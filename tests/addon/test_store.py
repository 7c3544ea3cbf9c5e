"""What is put comes back; the database climbs its steps whole, and a newer or broken one is refused by name."""

import asyncio
import sqlite3
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.errors import AppError, NotFound, Unavailable
from addon.fleet import Delivery, Deployment, DeploymentState, Publication, Target, TargetState
from addon.migrating import migrate, read_steps
from addon.records import Job, JobRequest, JobState, Model, Profile, Sample, SampleLabel, SampleState
from addon.store import NAME, Store
from tests.addon.workroom import make_model

pytestmark = pytest.mark.asyncio

REQUEST = JobRequest(
    "hey jarvis", "en", ("heɪ",), ("a", "b"), "quick", {"training.steps": [1, 2]}, False, 0.25, ("s1",)
)
JOB = Job("job_1", REQUEST, JobState.FAILED, "2026-01-01T00:00:00Z", 3, 2, "s", "e", "training", 5, 9, 1.5, "c", "m",
          "h", "model_v1", 77, True, 1)  # fmt: skip
SAMPLE = Sample("s1", "hey jarvis", "Ann", SampleLabel.PHRASE, SampleState.GOOD, "panel", "x.wav",
                "2026-01-01T00:00:00Z", 1.2, -3.5, 20.0, ("quiet",))  # fmt: skip
PUBLICATION = Publication("hey", "hey_v2", "hey jarvis", "2026-01-01T00:00:00Z", ("hey_v1",), ("recall",))
TARGET = Target("aabbccddeeff", "Kitchen", Delivery.FLASH, TargetState.FAILED, 40, "line", "edit_1", True, "compile",
                "m", "h", {"lines": "x"})  # fmt: skip
DEPLOYMENT = Deployment("dep_1", "hey_v2", "send", DeploymentState.FAILED, "2026-01-01T00:00:00Z", (TARGET,), "s",
                        "e", "dep_0", True, "hey_v1")  # fmt: skip


async def test_every_record_comes_back_equal(tmp_path: Path) -> None:
    model = make_model(
        "hey_v2",
        recall=0.97,
        recall_low=0.9,
        false_accepts_high=0.5,
        notes="n",
        job="job_1",
        summary="s",
        ipa=("heɪ", "x"),
    )
    profile = Profile("mine", REQUEST)
    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(JOB)
        await store.models.put(model)
        await store.samples.put(SAMPLE)
        await store.profiles.put(profile)
        await store.settings.put("concurrent", 2)
        await store.publications.put(PUBLICATION)
        await store.deployments.put(DEPLOYMENT)
    async with await Store.open(tmp_path / NAME) as store:
        assert await store.jobs.get("job_1") == JOB
        assert await store.models.get("hey_v2") == model
        assert await store.samples.get("s1") == SAMPLE
        assert await store.profiles.get("mine") == profile
        assert await store.settings.all() == {"concurrent": 2}
        assert await store.settings.get("concurrent") == 2
        assert await store.publications.all() == [PUBLICATION]
        assert await store.deployments.all(DeploymentState.FAILED) == [DEPLOYMENT]


@settings(deadline=None, max_examples=20)
@given(st.text(), st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
async def test_any_text_is_kept(text: str, choices: dict[str, object]) -> None:
    async with _memory() as store:
        job = replace(
            JOB, message=text.encode("utf-8", "replace").decode(), request=JobRequest("x", settings=choices)
        )
        await store.jobs.put(job)
        assert await store.jobs.get(job.id) == job


class _memory:
    async def __aenter__(self) -> Store:
        self.connection = await migrate(Path(":memory:"))
        return Store(self.connection, StringIO())

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        for table in (store.jobs, store.models, store.samples, store.profiles, store.settings):
            with pytest.raises(NotFound, match="nothing"):
                await table.get("nothing")
            with pytest.raises(NotFound):
                await table.delete("'; DROP TABLE jobs; --")


async def test_filters(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        await store.samples.put(
            SAMPLE,
            replace(SAMPLE, id="s2", state=SampleState.INBOX, created="2026-01-02T00:00:00Z"),
            replace(SAMPLE, id="s3", deleted="2026-01-03T00:00:00Z"),
        )
        assert [s.id for s in await store.samples.all()] == ["s2", "s1"]
        assert [s.id for s in await store.samples.all(state=SampleState.GOOD)] == ["s1"]
        assert [s.id for s in await store.samples.all(deleted=True)] == ["s3"]
        assert len(await store.samples.all(phrase="hey jarvis", label=SampleLabel.PHRASE, deleted=None)) == 3
        await store.jobs.put(JOB, replace(JOB, id="job_2", state=JobState.QUEUED, position=0))
        assert [j.id for j in await store.jobs.all(JobState.QUEUED, JobState.RUNNING)] == ["job_2"]
        await store.models.put(make_model("a_v2"), make_model("a_v1", job="job_1"), make_model("a_v3", deleted="x"))
        assert [m.id for m in await store.models.all(word="a")] == ["a_v1", "a_v2"]
        assert [m.id for m in await store.models.all(job="job_1", deleted=None)] == ["a_v1"]


async def test_several_are_put_whole_or_not_at_all(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        broken = replace(JOB, id="job_3", stage=None)  # type: ignore[arg-type]
        with pytest.raises(sqlite3.IntegrityError):
            await store.jobs.put(JOB, broken)
        assert await store.jobs.all() == []


async def test_history_outlives_the_record(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        await store.samples.put(SAMPLE)
        await store.samples.put(replace(SAMPLE, state=SampleState.DISCARDED))
        await store.samples.put(replace(SAMPLE, state=SampleState.DISCARDED, deleted="now"))
        await store.samples.delete("s1")
        became = [became for _, became in await store.history("sample", "s1")]
        assert became == ["phrase, good", "phrase, discarded", "deleted"]


@pytest.mark.parametrize("record", [Job, Model, Sample, Profile])
async def test_the_columns_are_the_fields(tmp_path: Path, record: type) -> None:
    async with await Store.open(tmp_path / NAME):
        with sqlite3.connect(tmp_path / NAME) as database:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({record.__name__.lower()}s)")]
    assert columns == [field.name for field in fields(record)]


async def test_steps_are_taken_once_in_order_and_rows_stay(tmp_path: Path) -> None:
    path = tmp_path / NAME
    steps = {1: "CREATE TABLE a (x);", 2: "INSERT INTO a VALUES (1);\n-- a remark\nINSERT INTO a VALUES (2);"}
    await (await migrate(path, {1: steps[1]})).close()
    for _ in range(2):
        connection = await migrate(path, steps)
        rows = await connection.execute_fetchall("SELECT x FROM a")
        await connection.close()
        assert [row[0] for row in rows] == [1, 2]


async def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / NAME
    await (await migrate(path, {1: "CREATE TABLE a (x);"})).close()
    with pytest.raises(AppError):
        await migrate(path, {1: "", 2: "CREATE TABLE b (x);", 3: "CREATE TABLE c (x); nonsense;"})
    with sqlite3.connect(path) as database:
        assert [row[0] for row in database.execute("SELECT name FROM sqlite_master")] == ["a"]
        assert database.execute("PRAGMA user_version").fetchone() == (1,)


async def test_the_real_steps_have_no_gap() -> None:
    assert list(read_steps()) == list(range(1, len(read_steps()) + 1))


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        await store.jobs.put(JOB)
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(AppError, match="newer Wakesmith") as refused:
        await Store.open(tmp_path / NAME)
    assert refused.value.code == "database_newer"
    with sqlite3.connect(tmp_path / NAME) as database:
        assert database.execute("SELECT count(*) FROM jobs").fetchone() == (1,)


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a database at all" * 100)
    with pytest.raises(AppError) as refused:
        await Store.open(tmp_path / NAME)
    assert refused.value.code == "database_broken"


async def test_a_folder_belongs_to_one_program(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME):
        with pytest.raises(Unavailable) as refused:
            await Store.open(tmp_path / NAME)
        assert refused.value.code == "data_in_use"
    async with await Store.open(tmp_path / NAME):
        pass


async def test_many_tasks_at_once(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / NAME) as store:
        await asyncio.gather(*(store.jobs.put(replace(JOB, id=f"job_{n}")) for n in range(100)))
        assert len(await store.jobs.all()) == 100
