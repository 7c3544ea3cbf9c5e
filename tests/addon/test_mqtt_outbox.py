"""What is shown is what is true last; what is told is told in order and never lost: whatever a connection does."""

from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from addon.announce.mqtt import Outgoing
from addon.announce.outbox import MOST_TOLD, PACE, Outbox


@dataclass
class Line:
    """A broker at the other end of connections that break; `slow`: its receipts come late, or not at all."""

    outbox: Outbox
    retained: dict[str, bytes] = field(default_factory=dict)
    heard: list[bytes] = field(default_factory=list)
    doubtful: set[bytes] = field(default_factory=set)
    now: float = 0.0
    connected: bool = False
    _numbers: int = 0
    _open: dict[int, Outgoing] = field(default_factory=dict)

    def connect(self) -> None:
        self.connected = True
        self._numbers = 0  # each connection counts anew
        self.outbox.begin(self.now)

    def send(self) -> None:
        for message in self.outbox.take(self.now):
            self._numbers += 1
            self.outbox.handed_over(self._numbers, message)
            self._open[self._numbers] = message

    def arrive(self, count: int, receipts: bool) -> None:
        """Let the broker have the first of what is under way."""
        for number in list(self._open)[:count]:
            message = self._open.pop(number)
            if message.retain:
                self.retained[message.topic] = message.payload
            else:
                self.heard.append(message.payload)
            if receipts:
                self.outbox.delivered(number)
            else:
                self.doubtful.add(message.payload)

    def cut(self) -> None:
        self.connected = False
        self._open.clear()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), st.sampled_from("abc"), st.integers(0, 3)),
        st.just(("tell",)),
        st.tuples(st.just("wait"), st.floats(0.1, 3.0)),
        st.tuples(st.just("arrive"), st.integers(1, 4), st.booleans()),
        st.sampled_from([("connect",), ("cut",), ("birth",), ("send",)]),
        st.tuples(st.just("forget"), st.sampled_from("abc")),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
@example([("connect",), ("tell",), ("tell",), ("send",), ("arrive", 1, False)])
@example(
    [
        ("connect",),
        ("show", "a", 1),
        ("send",),
        ("arrive", 1, True),
        ("cut",),
        ("forget", "a"),
        ("connect",),
        ("send",),
    ]
)
@example([("tell",), ("connect",), ("tell",), ("cut",), ("connect",), ("birth",), ("send",), ("cut",)])
def test_nothing_is_lost_whatever_the_connection_does(steps: list[tuple[object, ...]]) -> None:
    outbox = Outbox(grace_s=2.0)
    line, true, told = Line(outbox), {}, 0
    for step in steps:
        match step:
            case ("show", str(topic), value):
                outbox.show(topic, f"{value}".encode())
                true[topic] = f"{value}".encode()
            case ("forget", str(topic)):
                outbox.forget(topic)
                true.pop(topic, None)
            case ("tell",):
                outbox.tell("t", f"{told}".encode())
                told += 1
            case ("wait", float(seconds)):
                line.now += seconds
            case ("connect",) if not line.connected:
                line.connect()
            case ("cut",):
                line.cut()
            case ("birth",) if line.connected:
                outbox.repeat()
            case ("send",) if line.connected:
                line.send()
            case ("arrive", int(count), bool(receipts)) if line.connected:
                line.arrive(count, receipts)
                if not receipts:
                    line.cut()  # the receipts were on their way
    if not line.connected:
        line.connect()
    for _ in range(len(steps) + 4):  # what is told now goes at its pace
        line.now += 5
        line.send()
        line.arrive(1000, receipts=True)
    assert outbox.waiting == 0
    assert outbox.next_due is None
    assert {topic: payload for topic, payload in line.retained.items() if payload} == true
    assert set(line.heard) == {f"{n}".encode() for n in range(told)}
    first = list(dict.fromkeys(line.heard))
    assert first == sorted(first, key=int)
    assert {payload for payload in line.heard if line.heard.count(payload) > 1} <= line.doubtful


def test_a_topic_is_shown_once_a_second_and_the_newest_wins() -> None:
    outbox, sent = Outbox(), []
    outbox.begin(0.0)
    for tick in range(1000):
        outbox.show("a", f"{tick}".encode())
        sent += [(tick / 100, message.payload) for message in outbox.take(tick / 100)]
    assert len(sent) == 10
    assert sent[1] == (1.0, b"100")
    assert outbox.next_due == 10.0
    assert [message.payload for message in outbox.take(10.0)] == [b"999"]
    outbox.show("a", b"999")
    assert outbox.next_due is None  # the broker has it already


def test_what_happened_waits_until_others_are_back() -> None:
    outbox = Outbox(grace_s=15)
    outbox.tell("t", b"before")
    outbox.begin(100.0)
    outbox.tell("t", b"after")
    outbox.answer("a", b"answer")
    assert [message.payload for message in outbox.take(100.0)] == [b"answer"]
    assert outbox.next_due == 115.0
    outbox.repeat()  # Home Assistant says that it is there
    assert [message.payload for message in outbox.take(101.0)] == [b"before", b"after"]
    outbox.tell("t", b"now")
    assert outbox.take(101.5) == []
    assert [message.payload for message in outbox.take(outbox.next_due or 0)] == [b"now"]


def test_the_oldest_gives_way() -> None:
    outbox = Outbox()
    for number in range(MOST_TOLD + 50):
        outbox.tell("t", f"{number}".encode())
    outbox.begin(0.0)
    assert (outbox.lost, outbox.waiting) == (50, MOST_TOLD)
    assert outbox.take(100.0)[0].payload == b"50"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*"abcdef", "tell", "answer"]), st.floats(0.0, 1.0)), max_size=80))
def test_no_second_has_more_than_two_and_what_happened_goes_first(steps: list[tuple[str, float]]) -> None:
    outbox, now, told = Outbox(), 0.0, 0
    sent: list[tuple[float, Outgoing]] = []
    shown: dict[str, bytes] = {}
    outbox.begin(now)

    def send() -> None:
        due = outbox.next_due
        messages = outbox.take(now)
        assert not messages or (due is not None and due <= now)
        sent.extend((now, message) for message in messages if message.topic != "answer")
        assert not any(message.topic == "answer" for message in outbox.take(now))  # none of them is held up
        if told > sum(message.topic == "told" for _, message in sent):
            assert not any(message.retain for message in messages)

    for number, (what, seconds) in enumerate(steps):
        payload = f"{number}".encode()
        match what:
            case "tell":
                outbox.tell("told", payload)
                told += 1
            case "answer":
                outbox.answer("answer", payload)
            case topic:
                outbox.show(topic, payload)
                shown[topic] = payload
        send()
        now += seconds
    while (due := outbox.next_due) is not None:
        now = max(now, due)
        send()
    assert all(sum(at <= other < at + 1 for other, _ in sent) <= PACE for at, _ in sent)
    assert {m.topic: m.payload for _, m in sent if m.retain} == shown
    heard = [int(m.payload) for _, m in sent if m.topic == "told"]
    assert (len(heard), heard) == (told, sorted(heard))


def test_who_begins_anew_and_who_leaves_are_not_made_to_wait() -> None:
    outbox = Outbox(grace_s=0.0)
    for number in range(30):
        outbox.show(f"{number}", b"1")
        outbox.tell("t", b"1")
    outbox.begin(0.0)
    assert len(outbox.take(0.0)) == 60
    outbox.repeat()
    assert len(outbox.take(2.0)) == 30
    for _ in range(9):
        outbox.tell("t", b"2")
    assert len(outbox.take(2.1)) == 0
    outbox.hurry()
    assert len(outbox.take(2.1)) == 9
