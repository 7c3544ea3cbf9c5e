"""A component of ESPHome for devices on this machine: it only says where they are, so that `OTA` finds them."""

import esphome.config_validation as cv
from esphome.const import CONF_USE_ADDRESS

CONFIG_SCHEMA = cv.Schema({cv.Required(CONF_USE_ADDRESS): cv.string_strict})
