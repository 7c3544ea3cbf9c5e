"""The double of Supervisor, against the models by which Home Assistant itself reads and writes the real one's API."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.addon.supervisor_double import MQTT, SELF

# What an MQTT broker registers (SCHEMA_SERVICE_MQTT of supervisor/services/modules/mqtt.py), and who it was.
MQTT_FIELDS = {"addon": str, "host": str, "port": int, "username": str, "password": str, "ssl": bool, "protocol": str}
HOME_ASSISTANT = Path(__file__).parents[2] / ".venvs/home-assistant/bin/python"
MODELS = """
import dataclasses, json
from aiohasupervisor.models import InstalledAddonComplete
from aiohasupervisor.models.discovery import DiscoveryConfig, SetDiscovery
print(json.dumps({
    "self": [f.name for f in dataclasses.fields(InstalledAddonComplete)],
    "discovery": [f.name for f in dataclasses.fields(DiscoveryConfig)],
    "uuid": SetDiscovery.from_dict({"uuid": "0123456789abcdef0123456789abcdef"}).uuid.hex,
}))
"""


def test_the_broker_is_as_the_schema_has_it() -> None:
    assert {name: type(value) for name, value in MQTT.items()} == MQTT_FIELDS


def test_the_rest_is_as_home_assistants_client_has_it() -> None:
    if not HOME_ASSISTANT.exists():
        pytest.skip("Home Assistant is not here: script/parts home-assistant")
    found = subprocess.run([HOME_ASSISTANT, "-c", MODELS], capture_output=True, text=True, check=True, timeout=60)
    models = json.loads(found.stdout)
    assert set(SELF) <= set(models["self"])
    assert set(models["discovery"]) == {"service", "config"}
    assert models["uuid"] == "0123456789abcdef" * 2
