"""The discovery message against Home Assistant's own schemas, and what becomes of entities that are gone."""

import json
import subprocess
from pathlib import Path

import pytest

from addon.announce.announcer import Announced
from addon.announce.discovery import EVENTS, STATES, describe, platforms
from addon.announce.picture import Picture
from addon.announce.topics import Topics
from addon.fleet import Delivery, Deployment, DeploymentState, Publication, Target, TargetState
from addon.records import JobState
from addon.remote import Remote
from addon.times import now
from tests.addon.mqtt_world import job, model
from tests.real.parts import inside

TOPICS = Topics("0123456789abcdef")


def picture() -> Picture:
    targets = (
        Target("a", "Kitchen", Delivery.FLASH, TargetState.DONE),
        Target("b", "Hall", Delivery.FLASH, TargetState.COMPILING, percent=40),
    )
    return Picture(
        {one.id: one for one in (job(done=5, total=10, eta_s=47.0, stage="training"), job("j2", JobState.QUEUED))},
        {one.id: one for one in (model(1), model(2), model(1, "hallo_haus", summary="x" * 400, recall=None))},
        {"hey_jarvis": Publication("hey_jarvis", "hey_jarvis_v1", "hey jarvis", now())},
        {"d": Deployment("d", "hey_jarvis_v2", "send", DeploymentState.RUNNING, now(), targets)},
    )


@pytest.mark.parts
def test_home_assistant_takes_every_key() -> None:
    known = picture()
    words = {word: known.phrase(word) for word in known.words()}
    message = json.loads(describe(TOPICS, "0.1.0", words, {"old_update": "update"}))
    given = {"message": message, "updates": [known.versions(word) for word in words]}
    python = inside("home-assistant", "bin/python")
    script = Path(__file__).with_name("check_discovery.py")
    done = subprocess.run(
        [python, script], input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    dropped = json.loads(done.stdout)
    assert len(dropped) == 9 + 2 * 5
    assert {key: names for key, names in dropped.items() if names} == {}


def test_what_is_true_is_what_home_assistant_shows() -> None:
    known = picture()
    assert known.training() == {
        "state": "training", "stage": "training", "progress": 50, "time_left": 45, "phrase": "hey jarvis",
        "job": "job_1", "queue": 1,
    }  # fmt: skip
    assert known.training()["state"] in STATES
    update = known.versions("hey_jarvis")
    assert (update["installed_version"], update["latest_version"]) == ("1", "2")
    assert (update["in_progress"], update["update_percentage"]) == (True, 60)
    assert known.quality("hey_jarvis")["model"] == "hey_jarvis_v1"  # the one that the house listens for
    other = known.versions("hallo_haus")
    assert other["installed_version"] == "0"
    assert len(other["release_summary"]) == 255
    assert known.quality("hallo_haus")["recall"] is None


def test_entities_that_are_gone_are_said_to_be_gone_until_they_come_back() -> None:
    announced = Announced()
    assert announced.replace(platforms(describe(TOPICS, "0", {"a": "A", "b": "B"}, {})))
    both = dict(announced.there)
    assert not announced.replace(both)
    assert announced.replace(platforms(describe(TOPICS, "0", {"a": "A"}, {})))
    assert set(announced.gone) == {key for key in both if key.startswith("b_")}
    message = describe(TOPICS, "0", {"a": "A"}, announced.gone)
    assert json.loads(message)["components"]["b_update"] == {"platform": "update"}
    assert platforms(message) == announced.there
    assert announced.replace(platforms(describe(TOPICS, "0", {"a": "A", "b": "B"}, announced.gone)))
    assert announced.gone == {}


def test_every_kind_action_and_topic_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "mqtt.md").read_text(encoding="utf-8")
    actions = Remote(None, None, None, None).actions  # type: ignore[arg-type]
    for name in (*actions, *(kind for kinds in EVENTS.values() for kind in kinds)):
        assert f"| `{name}` |" in page, name
    plain = (TOPICS.availability, TOPICS.training, TOPICS.announce, TOPICS.command, TOPICS.answer, TOPICS.discovery)
    for topic in (*plain, TOPICS.word("<word>")):
        assert f"`{topic.replace(TOPICS.id, '<id>')}`" in page, topic
    known = picture()
    for key in (*known.training(), *known.versions("hey_jarvis"), *known.quality("hey_jarvis")):
        assert f"`{key}`" in page, key


def test_every_entity_has_an_id_of_its_own() -> None:
    components = json.loads(describe(TOPICS, "0", {"a": "A", "a_b": "A b"}, {}))["components"]
    ids = [about["unique_id"] for about in components.values()]
    assert len(set(ids)) == len(ids)
    assert {about["event_types"][0] for key, about in components.items() if key.startswith("event_")} == {
        kinds[0] for kinds in EVENTS.values()
    }
