"""Runs in Home Assistant's environment: holds a discovery message and states against its own schemas."""

import asyncio
import importlib
import json
import sys
import tempfile
from typing import Any

from homeassistant.components.mqtt.schemas import DEVICE_DISCOVERY_SCHEMA
from homeassistant.components.mqtt.update import MQTT_JSON_UPDATE_SCHEMA
from homeassistant.core import HomeAssistant


async def main() -> None:
    HomeAssistant(tempfile.gettempdir())  # templates ask for one
    given: dict[str, Any] = json.load(sys.stdin)
    message = given["message"]
    DEVICE_DISCOVERY_SCHEMA(message)
    checked = {}
    for key, config in message["components"].items():
        platform = config.pop("platform")
        if config:
            module = importlib.import_module(f"homeassistant.components.mqtt.{platform}")
            common = {
                "device": message["device"],
                "origin": message["origin"],
                "availability": message["availability"],
            }
            taken = module.DISCOVERY_SCHEMA(config | common | {"qos": message["qos"]})
            # What is not known is dropped without a word.
            checked[key] = sorted(set(config) - set(taken))
    for state in given["updates"]:
        MQTT_JSON_UPDATE_SCHEMA(state)
    print(json.dumps(checked))  # noqa: T201


asyncio.run(main())
