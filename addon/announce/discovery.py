"""The device that Home Assistant shows: one message that describes all its entities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from addon.announce.topics import Topics

STATES = ("idle", "queued", "training", "cancelling")
ONLINE, OFFLINE = b"online", b"offline"
EVENTS = {
    "training": ("finished", "failed", "cancelled"),
    "delivery": ("published", "withdrawn", "flashed", "not_flashed"),
}

Component = dict[str, Any]


@dataclass(frozen=True)
class Entity:
    """An entity of the device: `about` is what its platform alone knows."""

    key: str
    platform: str
    name: str
    icon: str
    about: Mapping[str, Any]


def describe(topics: Topics, version: str, words: Mapping[str, str], gone: Mapping[str, str]) -> bytes:
    """Return the discovery message.

    Args:
        words: ids of words, and how people say them.
        gone: entities that were there once, by key, with their platform: Home Assistant removes them.
    """
    entities = [
        *_training(topics),
        *(entity for word, phrase in words.items() for entity in _word(topics, word, phrase)),
    ]
    components: dict[str, Component] = {key: {"platform": platform} for key, platform in gone.items()}
    components |= {
        entity.key: {
            "platform": entity.platform,
            "unique_id": f"{topics.device}_{entity.key}",
            "name": entity.name,
            "icon": entity.icon,
            **entity.about,
        }
        for entity in entities
    }
    message = {
        "device": {
            "identifiers": [topics.device],
            "name": "Wakesmith",
            "manufacturer": "Wakesmith",
            "model": "Wake word workshop",
            "sw_version": version,
        },
        "origin": {"name": "wakesmith", "sw_version": version},
        "availability": [
            {
                "topic": topics.availability,
                "payload_available": ONLINE.decode(),
                "payload_not_available": OFFLINE.decode(),
            }
        ],
        "qos": 1,
        "components": components,
    }
    return json.dumps(message, ensure_ascii=False).encode()


def platforms(message: bytes) -> dict[str, str]:
    """Return the entities that a discovery message has, by key, with their platform."""
    components = json.loads(message)["components"]
    return {key: about["platform"] for key, about in components.items() if len(about) > 1}


def _training(topics: Topics) -> list[Entity]:
    more = "{{ {'phrase': value_json.phrase, 'job': value_json.job} | to_json }}"
    attributes = {"json_attributes_topic": topics.training, "json_attributes_template": more}
    enum = {"device_class": "enum", "options": list(STATES)}
    duration = {"device_class": "duration", "unit_of_measurement": "s"}
    running = {
        "state_topic": topics.training,
        "value_template": "{{ 'ON' if value_json.state == 'training' else 'OFF' }}",
        "device_class": "running",
    }
    percent = {"unit_of_measurement": "%", "suggested_display_precision": 0}
    cancel = {"command_topic": topics.command, "payload_press": _command(action="cancel")}
    return [
        Entity("state", "sensor", "State", "mdi:state-machine", _value(topics.training, "state") | enum | attributes),
        Entity("running", "binary_sensor", "Training", "mdi:school", running),
        Entity("stage", "sensor", "Stage", "mdi:stairs", _value(topics.training, "stage")),
        Entity("progress", "sensor", "Progress of the stage", "mdi:progress-clock",
               _value(topics.training, "progress") | percent),
        Entity("time_left", "sensor", "Time left of the stage", "mdi:timer-sand",
               _value(topics.training, "time_left") | duration),
        Entity("queue", "sensor", "Waiting trainings", "mdi:tray-full",
               _value(topics.training, "queue") | {"state_class": "measurement"}),
        Entity("cancel", "button", "Cancel the training", "mdi:stop", cancel),
        *(
            Entity(f"event_{about}", "event", about.capitalize() + " event", "mdi:bell-ring",
                   {"state_topic": topics.announce, "value_template": _event(kinds), "event_types": list(kinds)})
            for about, kinds in EVENTS.items()
        ),
    ]  # fmt: skip


def _word(topics: Topics, word: str, phrase: str) -> list[Entity]:
    topic = topics.word(word)
    update = {
        "state_topic": topic,
        "value_template": "{{ value_json.versions | to_json }}",
        "command_topic": topics.command,
        "payload_install": _command(action="deploy", word=word),
    }
    percent = {"unit_of_measurement": "%", "state_class": "measurement", "suggested_display_precision": 1}
    rate = {"unit_of_measurement": "1/h", "state_class": "measurement", "suggested_display_precision": 2}
    return [
        Entity(f"{word}_update", "update", phrase, "mdi:account-voice", update),
        Entity(f"{word}_recall", "sensor", f"{phrase}: recall", "mdi:ear-hearing",
               _value(topic, "quality.recall") | percent | _bound(topic, "low", "recall_low")),
        Entity(f"{word}_false_accepts", "sensor", f"{phrase}: false accepts, at most", "mdi:alarm-light-off",
               _value(topic, "quality.false_accepts_high") | rate | _bound(topic, "high", "false_accepts_high")),
        Entity(f"{word}_train", "button", f"{phrase}: train again", "mdi:refresh",
               {"command_topic": topics.command, "payload_press": _command(action="train", word=word)}),
        Entity(f"{word}_rollback", "button", f"{phrase}: roll back", "mdi:history",
               {"command_topic": topics.command, "payload_press": _command(action="rollback", word=word)}),
    ]  # fmt: skip


def _value(topic: str, key: str) -> dict[str, Any]:
    return {"state_topic": topic, "value_template": f"{{{{ value_json.{key} }}}}"}


def _bound(topic: str, name: str, key: str) -> dict[str, Any]:
    about = f"{{'{name}': value_json.quality.{key}, 'model': value_json.quality.model}}"
    template = f"{{{{ {about} | to_json }}}}"
    return {"json_attributes_topic": topic, "json_attributes_template": template}


def _event(kinds: tuple[str, ...]) -> str:
    """Return a template that makes an event of an announcement, and nothing of those of other kinds."""
    event = "dict(value_json, event_type=value_json.kind)"
    return f"{{% if value_json.kind in {list(kinds)} %}}{{{{ {event} | to_json }}}}{{% endif %}}"


def _command(**values: str) -> str:
    return json.dumps(values)
