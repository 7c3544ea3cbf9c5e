"""What is worth a notification, and in which words."""

import dataclasses
from typing import Any

import pytest

from addon.fleet import Delivery, Deployment, DeploymentState, Publication, Target, TargetState
from addon.homeassistant.news import News, Notice
from addon.homeassistant.sayings import read_texts, say, tell
from addon.records import Job, JobRequest, JobState, Model

NOW = "2026-01-01T00:00:00.000Z"
MODEL = Model("hey_jarvis_v2", "hey_jarvis", 2, "hey jarvis", "en", NOW, 9, 100, 5, recall=0.973, recall_low=0.94)
JOB = Job("job_1", JobRequest("hey jarvis"), JobState.DONE, NOW, model=MODEL.id)
PUBLICATION = Publication("hey_jarvis", MODEL.id, "hey jarvis", NOW)
KITCHEN = Target("aa", "Kitchen", Delivery.FLASH, TargetState.DONE)
SENT = Deployment("send_1", MODEL.id, "send", DeploymentState.DONE, NOW, (KITCHEN,))


def news(language: str = "en", **there: Any) -> dict[str, Notice]:
    known: dict[str, Any] = {"jobs": [], "models": {MODEL.id: MODEL}, "publications": [], "deployments": []} | there
    return News(read_texts(language), **known).gather()


def test_a_finished_training_is_told_with_its_figures() -> None:
    (notice,) = news(jobs=[JOB]).values()
    assert notice == Notice(
        "job_job_1", "done", "“hey jarvis” is ready",
        "Hears you 97 times in 100 (at least 94, 95\xa0% sure). "
        "Open it to try it, and to send it to your satellites.",
        "model/hey_jarvis_v2",
    )  # fmt: skip


@pytest.mark.parametrize(
    "state", [JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING, JobState.CANCELLED, JobState.DONE]
)
def test_what_is_no_news_is_not_told(state: JobState) -> None:
    job = dataclasses.replace(JOB, state=state, model=None if state is JobState.DONE else MODEL.id)
    assert news(jobs=[job]) == {}
    assert news(jobs=[JOB], models={}) == {}, "its model was deleted"


def test_a_failure_is_told_in_the_users_language() -> None:
    failed = dataclasses.replace(
        JOB, state=JobState.FAILED, model=None, code="disk_full", message="the disk is full", hint="x"
    )
    english, german = (news(language, jobs=[failed])["job_job_1"] for language in ("en", "de_AT"))
    assert english.title == "Training “hey jarvis” failed"
    assert german.title == "Das Training von „hey jarvis“ ist fehlgeschlagen"
    assert german.message == (read_texts("de")["error.disk_full"] + " " + read_texts("de")["error.disk_full.hint"])
    assert english.page == "job/job_1"
    unknown = dataclasses.replace(failed, code="never_heard", message="It broke.", hint="Mend it.")
    assert news("de", jobs=[unknown])["job_job_1"].message == "It broke. Mend it."
    again = dataclasses.replace(failed, attempt=2)
    assert news(jobs=[again])["job_job_1"].mark != english.mark, "a second failure is news"


def test_a_later_step_speaks_for_the_earlier_ones() -> None:
    there: dict[str, Any] = {"jobs": [JOB], "publications": [PUBLICATION]}
    assert list(news(**there)) == ["word_hey_jarvis"]
    running = dataclasses.replace(SENT, state=DeploymentState.RUNNING)
    assert news(**there, deployments=[running]) == {}
    (notice,) = news(**there, deployments=[SENT]).values()
    assert notice == Notice(
        "deployment_send_1", "done", "“hey jarvis” is on your satellites", "Listening now: Kitchen.",
        "deployment/send_1",
    )  # fmt: skip


def test_what_is_sent_on_by_itself_is_told_when_it_has_arrived() -> None:
    job = dataclasses.replace(JOB, request=JobRequest("hey jarvis", satellites=("aa",)))
    assert news(jobs=[job]) == {}
    assert news(jobs=[job], publications=[PUBLICATION]) == {}
    assert list(news(jobs=[job], publications=[PUBLICATION], deployments=[SENT])) == ["deployment_send_1"]
    failed = dataclasses.replace(job, state=JobState.FAILED, model=None)
    assert list(news(jobs=[failed])) == ["job_job_1"]


def test_what_did_not_arrive_is_named() -> None:
    targets = (
        KITCHEN,
        Target("bb", "Bath", Delivery.FLASH, TargetState.FAILED, code="x", message="No answer.", hint="Plug it in."),
        Target("cc", "Hall", Delivery.FLASH, TargetState.SKIPPED),
    )
    failed = dataclasses.replace(SENT, state=DeploymentState.FAILED, targets=targets)
    (notice,) = news(deployments=[failed]).values()
    assert notice.title == "“hey jarvis” did not reach every satellite"
    assert notice.message.split("\n\n") == [
        "Bath: No answer. Plug it in.", "Listening now: Kitchen.", "Left out after a failure: Hall.",
    ]  # fmt: skip
    begun = dataclasses.replace(failed, targets=(dataclasses.replace(targets[1], flashed=True),))
    assert "may be without the wake word" in news(deployments=[begun])["deployment_send_1"].message
    torn = dataclasses.replace(
        SENT, state=DeploymentState.INTERRUPTED, targets=(dataclasses.replace(KITCHEN, state=TargetState.UPLOADING),)
    )
    assert "not known how it stands with: Kitchen" in news(deployments=[torn])["deployment_send_1"].message


def test_undone_is_undone() -> None:
    undone = dataclasses.replace(SENT, undone=True)
    undo = Deployment("undo_1", MODEL.id, "undo", DeploymentState.DONE, NOW, (KITCHEN,), of="send_1")
    assert news(deployments=[undone]) == {}
    assert news(deployments=[undone, undo]) == {}
    (notice,) = news(deployments=[undone, dataclasses.replace(undo, state=DeploymentState.FAILED)]).values()
    assert "undone" in notice.title
    back = dataclasses.replace(SENT, kind="rollback", id="back_1")
    assert news(deployments=[SENT, back])["deployment_back_1"].title == "“hey jarvis” is back at version 2"


def test_every_text_of_a_notice_can_be_said_in_every_language() -> None:
    for language in ("en", "de"):
        texts = read_texts(language)
        given = {"phrase": "p", "version": "1", "names": "n"}
        notices = [key for key in texts if key.startswith("notice.")]
        assert len(notices) > 10
        assert [key for key in notices if not say(texts, key, given)] == []
    assert read_texts("xx") is read_texts("en") or read_texts("xx") == read_texts("en")


def test_a_value_that_did_not_come_leaves_the_words_as_they_came() -> None:
    texts = {"error.a": "{what} is wrong", "error.n.one": "one", "error.n.other": "{n} of them"}
    assert tell(texts, "a", "it is wrong", "do it", {}, "error") == "it is wrong do it"
    assert tell(texts, "a", "m", "h", {"what": "this"}, "end", "error") == "this is wrong"
    assert [tell(texts, "n", "m", "", {"n": n}, "error") for n in (1, 2)] == ["one", "2 of them"]
