"""ESPHome's engine of wake words on devices of this machine: it takes the same YAML, and hears nothing.

A device says in its log which models it was built with.
"""

import json
from pathlib import Path
from typing import Any

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_ID, CONF_MODEL

CONF_MODELS = "models"
space = cg.esphome_ns.namespace("micro_wake_word")
Engine = space.class_("MicroWakeWord", cg.Component)
WakeWordModel = space.class_("WakeWordModel")

MODEL = cv.Schema({cv.GenerateID(): cv.declare_id(WakeWordModel), cv.Required(CONF_MODEL): cv.file_})
CONFIG_SCHEMA = cv.Schema(
    {cv.GenerateID(): cv.declare_id(Engine), cv.Optional(CONF_MODELS, default=[]): cv.ensure_list(MODEL)}
).extend(cv.COMPONENT_SCHEMA)


async def to_code(config: dict[str, Any]) -> None:
    """Build every model's name and size in."""
    engine = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(engine, config)
    for item in config[CONF_MODELS]:
        manifest = Path(str(item[CONF_MODEL]))
        file = manifest.with_name(json.loads(manifest.read_text())["model"])
        model = cg.new_Pvariable(item[CONF_ID], file.name, file.stat().st_size)
        cg.add(engine.add_model(model))
