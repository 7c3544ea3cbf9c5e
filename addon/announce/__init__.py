"""What other programs are told over MQTT, Home Assistant first among them, and what they may ask for."""

from addon.announce.announcer import Announcer
from addon.announce.session import State, Status

__all__ = ["Announcer", "State", "Status"]
