"""What is to be sent: a mirror of what is true now, and what happened. The one is shown, the other told once.

Both go at a pace of two messages a second, what happened first. Only what is due to somebody who begins anew goes at
once: all that is shown, and what happened while nobody was connected. So do answers.
"""

import logging
from collections import deque
from dataclasses import dataclass, field

from addon.announce.mqtt import Outgoing

MOST_TOLD = 200  # things that happened while nobody was connected; the oldest give way
GRACE_S = 15.0  # Home Assistant comes back to a broker ten seconds after it is there again
INTERVAL_S = 1.0  # between two messages on a topic that is shown
PACE = 2  # messages in any second, answers and what is sent anew aside
_SECOND_S = 1.1  # of the pace: what is sent a second apart may arrive a little closer
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
    _sent: deque[float] = field(default_factory=lambda: deque(maxlen=PACE))  # when, the last ones
    _anew: set[str] = field(default_factory=set)  # topics that are sent once more, at no pace
    _shown: dict[str, bytes] = field(default_factory=dict)
    _changed: dict[str, None] = field(default_factory=dict)  # topics, in the order in which they changed
    _last: dict[str, float] = field(default_factory=dict)
    _told: deque[Outgoing] = field(default_factory=deque)
    _answers: deque[Outgoing] = field(default_factory=deque)
    _release: float | None = None  # when all that waits is told at no pace
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
        self.hurry()

    def hurry(self) -> None:
        """Let what waits go at no pace."""
        self._anew = set(self._changed)
        self._release = 0.0

    def begin(self, now: float) -> None:
        """Send all that is shown anew, and what an earlier connection may not have delivered."""
        self._changed = dict.fromkeys(self._shown)
        self._anew = set(self._changed)
        self._last.clear()
        self._sent.clear()
        self._told.extendleft(reversed([m for m in self._under_way.values() if not m.retain]))
        self._under_way.clear()
        self._answers.clear()  # who asked through a connection that is gone waits no longer
        self._release = now + self.grace_s if self._told else None

    def take(self, now: float) -> list[Outgoing]:
        """Return what may be sent now, in this order: answers, what is sent anew, what happened, what is shown."""
        answers = [*self._answers]
        self._answers.clear()
        rest = [
            self._take_shown(topic, now)
            for topic in [*self._changed]
            if topic in self._anew and self._ripe(topic, now)
        ]
        if self._release is not None and now >= self._release:
            self._release = None
            rest += self._told
            self._told.clear()
        self._sent.extend(now for _ in rest)
        while now >= self._free and (message := self._take_next(now)):
            self._sent.append(now)
            rest.append(message)
        return answers + rest

    def handed_over(self, number: int, message: Outgoing) -> None:
        """Note that a message is under way."""
        self._under_way[number] = message

    def delivered(self, number: int) -> None:
        """Note that the broker has it; what is shown no longer is then forgotten for good."""
        message = self._under_way.pop(number, None)
        if message and message.retain and not message.payload and self._shown.get(message.topic) == b"":
            del self._shown[message.topic]
            self._changed.pop(message.topic, None)
            self._anew.discard(message.topic)

    @property
    def next_due(self) -> float | None:
        """When something may be sent that may not now; None where nothing waits."""
        anew = [self._due(topic) for topic in self._changed if topic in self._anew]
        paced = [self._due(topic) for topic in self._changed if topic not in self._anew]
        if self._told and self._release is not None:
            anew.append(self._release)
        elif self._told:
            paced.append(self._free)
        times = anew + ([max(self._free, min(paced))] if paced else [])
        return 0.0 if self._answers else min(times, default=None)

    @property
    def waiting(self) -> int:
        """Messages that wait or are under way."""
        return len(self._changed) + len(self._told) + len(self._answers) + len(self._under_way)

    def _take_next(self, now: float) -> Outgoing | None:
        """Return the most important of what goes at the pace."""
        if self._told and self._release is None:
            return self._told.popleft()
        due = next((topic for topic in self._changed if self._ripe(topic, now)), None)
        return self._take_shown(due, now) if due else None

    def _take_shown(self, topic: str, now: float) -> Outgoing:
        del self._changed[topic]
        self._anew.discard(topic)
        self._last[topic] = now
        return Outgoing(topic, self._shown[topic], retain=True)

    @property
    def _free(self) -> float:
        """When the pace allows the next."""
        return self._sent[0] + _SECOND_S if len(self._sent) == PACE else float("-inf")

    def _ripe(self, topic: str, now: float) -> bool:
        return self._due(topic) <= now

    def _due(self, topic: str) -> float:
        return self._last.get(topic, float("-inf")) + self.interval_s
