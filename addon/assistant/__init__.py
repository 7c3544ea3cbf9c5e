"""The trainer's helper process, `wakesmith serve`: questions that need its libraries, answered in a child."""

from addon.assistant.client import Assistant
from addon.assistant.listening import Listening

__all__ = ["Assistant", "Listening"]
