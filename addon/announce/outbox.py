"""What is to be sent: a mirror of what is true now, and what happened. The one is shown, the other told once."""

import logging
from collections import deque
from dataclasses import dataclass, field

from addon.announce.mqtt import Outgoing

MOST_TOLD = 200  # things that happened while nobody was connected; the oldest give way
GRACE_S = 15.0  # Home Assistant comes back to a broker ten seconds after it is there again
INTERVAL_S = 1.0  # between two messages on a topic that is shown: with that no training says more than two a second
_log = logging.getLogger(__name__)


@dataclass
class Outbox:
    """Shown: retained, a newer value replaces an older one. Told: not retained, in order, until the broker has it.

    What happened while nobody was connected waits for a while after that, until others have come back too, or until
    Home Assistant says that it has: what is not retained is heard only by whoever is there.

    Attributes:
        lost: things that happened and gave way to newer ones.
    """

    interval_s: float = INTERVAL_S
    grace_s: float = GRACE_S
    lost: int = 0
    _shown: dict[str, bytes] = field(default_factory=dict)
    _changed: dict[str, None] = field(default_factory=dict)  # topics, in the order in which they changed
    _last: dict[str, float] = field(default_factory=dict)
    _told: deque[Outgoing] = field(default_factory=deque)
    _answers: deque[Outgoing] = field(default_factory=deque)
    _release: float = 0.0
    _under_way: dict[int, Outgoing] = field(default_factory=dict)

    def show(self, topic: str, payload: bytes) -> None:
        """Let the broker hold this; what it holds already is not sent again."""
        if self._shown.get(topic) != payload:
            self._shown[topic] = payload
            self._changed[topic] = None

    def tell(self, topic: str, payload: bytes) -> None:
        """Say this once."""
        self._told.append(Outgoing(topic, payload))
        if len(self._told) > MOST_TOLD:
            self._told.popleft()
            if not self.lost:
                _log.warning("more happened than is kept for MQTT while it is not connected: the oldest is not told")
            self.lost += 1

    def answer(self, topic: str, payload: bytes) -> None:
        """Say this as soon as possible: somebody waits for it."""
        self._answers.append(Outgoing(topic, payload))

    def forget(self, topic: str) -> None:
        """Show this topic no longer: an empty message, which the broker does not keep, is the last that it gets."""
        if self.shows(topic):
            self.show(topic, b"")

    def shows(self, topic: str) -> bool:
        """Say whether the broker holds something on this topic, or is yet to be told that it is gone."""
        return topic in self._shown

    def repeat(self) -> None:
        """Home Assistant is there: send all that is shown anew, as fast as is allowed, and what happened."""
        self._changed = dict.fromkeys(self._shown)
        self._release = 0.0

    def begin(self, now: float) -> None:
        """Send all that is shown anew, and what an earlier connection may not have delivered."""
        self._changed = dict.fromkeys(self._shown)
        self._last.clear()
        self._told.extendleft(reversed([m for m in self._under_way.values() if not m.retain]))
        self._under_way.clear()
        self._answers.clear()  # who asked through a connection that is gone waits no longer
        self._release = now + self.grace_s if self._told else now

    def take(self, now: float) -> list[Outgoing]:
        """Return what may be sent now."""
        due = [topic for topic in self._changed if self._due(topic) <= now]
        for topic in due:
            del self._changed[topic]
            self._last[topic] = now
        told = [*self._answers]
        self._answers.clear()
        if now >= self._release:
            told += self._told
            self._told.clear()
        return [*(Outgoing(topic, self._shown[topic], retain=True) for topic in due), *told]

    def handed_over(self, number: int, message: Outgoing) -> None:
        """Note that a message is under way."""
        self._under_way[number] = message

    def delivered(self, number: int) -> None:
        """Note that the broker has it; what is shown no longer is then forgotten for good."""
        message = self._under_way.pop(number, None)
        if message and message.retain and not message.payload and self._shown.get(message.topic) == b"":
            del self._shown[message.topic]
            self._changed.pop(message.topic, None)

    @property
    def next_due(self) -> float | None:
        """When something may be sent that may not now; None where nothing waits."""
        times = [*map(self._due, self._changed), *([self._release] if self._told else ())]
        return 0.0 if self._answers else min(times, default=None)

    @property
    def waiting(self) -> int:
        """Messages that wait or are under way."""
        return len(self._changed) + len(self._told) + len(self._answers) + len(self._under_way)

    def _due(self, topic: str) -> float:
        return self._last.get(topic, float("-inf")) + self.interval_s
