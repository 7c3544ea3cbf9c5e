"""The queue: order, how many at a time, what may be asked in which state, and what may be asked for at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.bus import JobChanged
from addon.errors import Conflict, Invalid, NotFound, TooMany
from addon.jobs.queue import move, renumber
from addon.jobs.recipe import choices_of, gather_recordings, next_version, write_config
from addon.jobs.request import check_request
from addon.records import Job, JobRequest, JobState, Sample, SampleLabel, SampleState
from tests.addon.workroom import make_model, workroom

JOBS = [Job(f"job_{n}", JobRequest("x"), JobState.QUEUED, "2026-01-01T00:00:00Z", n) for n in range(6)]


@given(st.permutations(JOBS), st.integers(0, 5), st.integers(-3, 9))
def test_moving_keeps_the_others_in_order(jobs: list[Job], which: int, position: int) -> None:
    moved = move(jobs, jobs[which].id, position)
    assert moved[min(max(position, 0), 5)] == jobs[which]
    assert [j for j in moved if j != jobs[which]] == [j for j in jobs if j != jobs[which]]
    places = {job.id: job.position for job in jobs} | {job.id: job.position for job in renumber(moved)}
    assert [places[job.id] for job in moved] == list(range(6))


@pytest.mark.asyncio
async def test_one_at_a_time_in_the_order_that_was_asked(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        first = await room.make("slow")
        others = [await room.make("good") for _ in range(3)]
        assert [(await room.jobs.get(j.id)).position for j in others] == [0, 1, 2]
        await room.jobs.move(others[2].id, 0)
        await room.jobs.cancel(others[0].id)
        assert (await room.jobs.get(others[1].id)).position == 1
        for job in (first, others[1], others[2]):
            await room.until(job.id)
        assert room.kept == [first.id, others[2].id, others[1].id]
        assert (await room.jobs.get(others[0].id)).state is JobState.CANCELLED


@pytest.mark.asyncio
async def test_more_at_a_time_when_the_user_says_so(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        jobs = [await room.make("wait") for _ in range(3)]
        await room.jobs.set_concurrent(2)
        states = [(await room.jobs.get(job.id)).state for job in jobs]
        assert states == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED]


@pytest.mark.asyncio
async def test_each_state_allows_what_it_allows(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        running, waiting = await room.make("polite"), await room.make("good")
        await room.until(running.id, lambda j: j.stage == "training" and j.pid is not None)
        for refused in (
            room.jobs.delete(running.id), room.jobs.resume(running.id), room.jobs.move(running.id, 0),
            room.jobs.delete(waiting.id), room.jobs.resume(waiting.id),
        ):  # fmt: skip
            with pytest.raises(Conflict):
                await refused
        await room.jobs.cancel(running.id)
        await room.until(running.id)
        assert (await room.until(waiting.id)).state is JobState.DONE
        for refused in (room.jobs.cancel(waiting.id), room.jobs.resume(waiting.id), room.jobs.cancel(running.id)):
            with pytest.raises(Conflict):
                await refused
        await room.jobs.delete(waiting.id)
        assert not (tmp_path / "jobs" / waiting.id).exists()
        for unknown in (room.jobs.get(waiting.id), room.jobs.snapshot(waiting.id), room.jobs.delete("../../etc")):
            with pytest.raises(NotFound):
                await unknown


@pytest.mark.asyncio
async def test_resuming_goes_on_in_the_same_folder_with_the_same_choices(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.make("once")
        await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
        await room.jobs.cancel(job.id)
        assert (await room.until(job.id)).state is JobState.CANCELLED
        config = tmp_path / "jobs" / job.id / "job.yaml"
        before = config.stat().st_mtime_ns
        await room.jobs.resume(job.id)
        job = await room.until(job.id)
        assert (job.state, job.attempt, job.message) == (JobState.DONE, 2, "")
        assert config.stat().st_mtime_ns == before


@pytest.mark.asyncio
async def test_who_is_told_of_the_end_may_resume_or_delete_at_once(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room, room.bus.listen() as messages:
        job = await room.make("no end")
        async for message in messages:
            if isinstance(message, JobChanged) and message.job.state.ended:
                break
        await room.jobs.resume(job.id)
        async for message in messages:
            if isinstance(message, JobChanged) and message.job.state.ended:
                break
        await room.jobs.delete(job.id)
        assert await room.jobs.all() == []


@pytest.mark.asyncio
async def test_a_full_queue_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon.jobs.manager.MOST_WAITING", 2)
    async with workroom(tmp_path) as room:
        for _ in range(3):
            await room.make("wait")
        with pytest.raises(TooMany):
            await room.make("wait")


@pytest.mark.asyncio
async def test_a_library_that_refuses_the_model_fails_the_job(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:

        async def refuse(_job: Job, _result: Path, _summary: str) -> object:
            raise Invalid("not a model", "Tell us.", code="gate")

        room.jobs._floor.workshop.__dict__["keep"] = refuse
        job = await room.run("good")
        assert (job.state, job.code, job.hint) == (JobState.FAILED, "gate", "Tell us.")
        assert (tmp_path / "jobs" / job.id / "result").is_dir()


@pytest.mark.asyncio
async def test_clips_are_found_while_they_are_made_and_never_outside(tmp_path: Path) -> None:
    from trainer.events import Sample as Clip
    from trainer.events import Started, encode

    async with workroom(tmp_path) as room:
        job = await room.run("good")
        folder = tmp_path / "jobs" / job.id
        (folder / "samples.partial" / "listen").mkdir(parents=True)
        (folder / "samples.partial" / "listen" / "a.wav").write_bytes(b"RIFF")
        (tmp_path / "secret.wav").write_bytes(b"RIFF")
        (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
        paths = ["samples/listen/a.wav", str(folder / "samples/listen/a.wav"), "../../secret.wav",
                 str(tmp_path / "secret.wav"), "link.wav", "job.yaml", "samples/none.wav"]  # fmt: skip
        events = [Started("x", str(folder), ("samples",)), *(Clip(path) for path in paths)]
        (folder / "events.jsonl").write_text("\n".join(map(encode, events)) + "\n")
        assert (await room.jobs.sample_path(job.id, 0)).name == "a.wav"
        assert (await room.jobs.sample_path(job.id, 1)).name == "a.wav"
        for n in (2, 3, 4, 5, 6, 7, -1):
            with pytest.raises(NotFound):
                await room.jobs.sample_path(job.id, n)


@pytest.mark.parametrize(
    "request_",
    [
        JobRequest(""), JobRequest(" \n"), JobRequest("x" * 101), JobRequest("a\x00b"), JobRequest("a\u202eb"),
        JobRequest("a", language="../x"), JobRequest("a", preset="huge"), JobRequest("a", false_accepts_per_hour=0),
        JobRequest("a", false_accepts_per_hour=float("nan")), JobRequest("a", say=("",)),
        JobRequest("a", veto=("x" * 201,)),
        JobRequest("a", settings={"data.noise": ["/etc"]}), JobRequest("a", settings={"data": {"noise": ["/etc"]}}),
        JobRequest("a", settings={"export.version": 7}), JobRequest("a", settings={"phrase.text": "b"}),
        JobRequest("a", settings={"training.groundwork": "/etc/passwd"}),
        JobRequest("a", settings={"training.batch": float("inf")}),
        JobRequest("a", settings={"training.x": "y" * 30_000}),
        JobRequest("a", settings={"device": "tpu"}),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_refused(request_: JobRequest) -> None:
    with pytest.raises(Invalid):
        check_request(request_)


def test_the_phrase_is_tidied_and_settings_come_last() -> None:
    request = check_request(
        JobRequest("  hey \t jarvis ", settings={"training.batch": 16, "seed": 3}, false_accepts_per_hour=0.2)
    )
    choices = choices_of(request, 4, {"positives": ["/data/x"]})
    assert choices["phrase"]["text"] == "hey jarvis"
    assert choices["training"] == {"target_false_accepts": 0.2, "batch": 16}
    assert (choices["seed"], choices["export"]["version"]) == (3, 4)


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_trainer_reads_the_choices_as_they_were_meant(text: str) -> None:
    """No `${NAME}` in a phrase reads the environment, and nothing else changes its meaning."""
    import tempfile

    from trainer.recipe_files import load_recipe

    for phrase in (text, f"${{HOME}} {text}", "${SUPERVISOR_TOKEN}", "# no: [yaml]"):
        with tempfile.TemporaryDirectory() as folder:
            path = write_config(Path(folder), JobRequest(phrase, settings={"training.steps": [20, 10]}), 2, {})
            recipe = load_recipe(file=path)
        assert recipe.phrase.text == phrase
        assert recipe.training.steps == (20, 10)
        assert recipe.export.version == 2


def test_versions_are_never_used_twice() -> None:
    models = [make_model("hey_jarvis_v1"), make_model("hey_jarvis_v3", deleted="x"), make_model("other_v9", "other")]
    assert next_version("Hey  Jarvis", models) == 4
    assert next_version("hey jarvis", models, ["HEY JARVIS", "else"]) == 5
    assert next_version("new", models) == 1


def test_recordings_become_folders_of_their_kind(tmp_path: Path) -> None:
    def sample(
        id: str, label: SampleLabel, state: SampleState, speaker: str = "Ann", phrase: str = "Hey Jarvis"
    ) -> Sample:
        (tmp_path / f"{id}.wav").write_bytes(id.encode())
        return Sample(id, phrase, speaker, label, state, "panel", "", f"2026-01-0{id[-1]}", 1.0, -3.0)

    samples = [
        sample("a1", SampleLabel.PHRASE, SampleState.GOOD),
        sample("a2", SampleLabel.PHRASE, SampleState.GOOD, "Ben"),
        sample("a3", SampleLabel.PHRASE, SampleState.INBOX),
        sample("a4", SampleLabel.PHRASE, SampleState.GOOD, phrase="other"),
        sample("a5", SampleLabel.NEAR_MISS, SampleState.GOOD, ""),
        sample("a6", SampleLabel.OTHER, SampleState.FALSE_WAKE),
        replace(sample("a7", SampleLabel.PHRASE, SampleState.GOOD), deleted="x"),
    ]
    to = tmp_path / "out"
    assert gather_recordings("hey jarvis", samples, tmp_path, to) == {"positives": [str(to)]}
    found = {str(path.relative_to(to)): path.read_text() for path in sorted(to.rglob("*.wav"))}
    assert found == {
        "positive/speaker1_take1.wav": "a1",
        "positive/speaker2_take2.wav": "a2",
        "hard_negative/recording_1.wav": "a5",
        "hard_negative/speaker1_take2.wav": "a6",
    }
    assert gather_recordings("hey jarvis", samples[:2], tmp_path, to) == {"positives": [str(to / "positive")]}
    assert gather_recordings("hey jarvis", samples[4:6], tmp_path, to) == {"negatives": [str(to / "hard_negative")]}
    assert gather_recordings("hey jarvis", [], tmp_path, to) == {}
