"""What others ask for over MQTT: checked, done one after another, answered. Nothing that is sent can end this."""

import asyncio
import json
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from addon.announce.mqtt import Incoming
from addon.errors import AppError, BadRequest, Invalid, NotFound, TooLarge, TooMany

LARGEST = 16 << 10  # bytes of a command
MOST_WAITING = 20
_LONGEST_ID = 64  # characters
_MOST_REMEMBERED, _REMEMBERED_S = 200, 60.0  # a command with an id that comes twice within this time is done once
_PATIENCE_S = 60.0  # that the next command waits for one, such as a publication that is compared first
_log = logging.getLogger(__name__)

Action = Callable[[dict[str, Any]], Awaitable[Mapping[str, Any]]]
Answer = Callable[[bytes], None]


@dataclass
class Bucket:
    """How often: `burst` at once, then `rate` a second."""

    burst: float = 10.0
    rate: float = 1.0
    clock: Callable[[], float] = time.monotonic
    _level: float | None = None
    _at: float = 0.0

    def take(self) -> bool:
        """Say whether one more is allowed now."""
        now = self.clock()
        level = self.burst if self._level is None else min(self.burst, self._level + (now - self._at) * self.rate)
        allowed = level >= 1
        self._level, self._at = level - allowed, now
        return allowed


@dataclass
class Commands:
    """Takes commands and answers them. Call `start` and `stop`.

    Attributes:
        actions: what can be asked for, by name; each gets all keys but `id` and `action`, and returns its result.
        answer: sends an answer.
    """

    actions: Mapping[str, Action]
    answer: Answer
    bucket: Bucket = field(default_factory=Bucket)
    refusals: Bucket = field(default_factory=lambda: Bucket(burst=5.0))
    _waiting: deque[Incoming] = field(default_factory=deque)
    _done: OrderedDict[bytes, tuple[float, bytes]] = field(default_factory=OrderedDict)
    _under_way: set[bytes] = field(default_factory=set)
    _doing: set[asyncio.Task[None]] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._work(), name="commands")

    async def stop(self) -> None:
        """Do no more."""
        tasks = [task for task in (self._task, *self._doing) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take(self, message: Incoming) -> None:
        """Let a command wait, unless there are too many: then one answer stands for several."""
        if len(self._waiting) < MOST_WAITING and self.bucket.take():
            self._waiting.append(message)
            self._news.set()
        elif self.refusals.take():
            error = TooMany("commands come too fast", hint="Send fewer, and wait for their answers.")
            self.answer(_answer(_id_of(message.payload), error=error))
        # What goes beyond that is a flood, and answers to it would be another.

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                doing = asyncio.create_task(self._do(self._waiting.popleft()), name="command")
                self._doing.add(doing)
                doing.add_done_callback(self._doing.discard)
                await asyncio.wait({doing}, timeout=_PATIENCE_S)

    async def _do(self, message: Incoming) -> None:
        if message.payload in self._under_way:
            return  # it is answered when it is done
        at, before = self._done.get(message.payload, (float("-inf"), b""))
        if at + _REMEMBERED_S > time.monotonic():
            self.answer(before)
            return
        ident = _id_of(message.payload)
        under_way = {message.payload} if ident is not None else set()
        self._under_way |= under_way
        try:
            answer = await self._carry_out(message, ident)
        finally:
            self._under_way -= under_way
        if ident is not None:
            self._done[message.payload] = (time.monotonic(), answer)
            if len(self._done) > _MOST_REMEMBERED:
                self._done.popitem(last=False)
        self.answer(answer)

    async def _carry_out(self, message: Incoming, ident: str | None) -> bytes:
        """Do what is asked and return the answer."""
        try:
            values = _read(message)
            name = values.pop("action", None)
            values.pop("id", None)
            action = self.actions.get(name) if isinstance(name, str) else None
            if action is None:
                raise NotFound(
                    f"action: one of {', '.join(self.actions)} is allowed. Received: {str(name)[:40]!r}",
                    code="action",
                )
            return _answer(ident, result=await action(values))
        except AppError as error:
            return _answer(ident, error=error)
        except Exception:  # a fault of ours: whoever asked is told, and the next command is done
            _log.exception("a command failed in an unforeseen way")
            return _answer(ident, error=AppError("something went wrong", hint="The app's log says what."))


def _answer(ident: str | None, *, result: Mapping[str, Any] | None = None, error: AppError | None = None) -> bytes:
    told = {"id": ident, "ok": error is None} | ({"error": error.told()} if error else {"result": result or {}})
    return json.dumps(told, ensure_ascii=False, default=str).encode()


def _read(message: Incoming) -> dict[str, Any]:
    """Return a command's keys.

    Raises:
        AppError: it is no command.
    """
    if message.retained:
        raise BadRequest(
            "retained commands are refused: they would be done again whenever we connect",
            hint="Send it without the retain flag, and an empty retained message to remove this one.",
            code="retained",
        )
    if message.size > LARGEST:
        raise TooLarge(f"a command may have {LARGEST} bytes. Received: {message.size}")
    try:
        values = json.loads(message.payload)
    except (ValueError, RecursionError) as error:
        raise BadRequest("a command must be a JSON object", hint='Such as {"action": "cancel"}.') from error
    if not isinstance(values, dict):
        raise BadRequest(f"a command must be a JSON object. Received: {type(values).__name__}")
    ident = values.get("id")
    if ident is not None and _clean_id(ident) is None:
        raise Invalid(f"id: a text of 1 to {_LONGEST_ID} printable characters is allowed")
    return values


def _id_of(payload: bytes) -> str | None:
    try:
        values = json.loads(payload) if len(payload) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
    return _clean_id(values.get("id")) if isinstance(values, dict) else None


def _clean_id(ident: Any) -> str | None:
    good = isinstance(ident, str) and 0 < len(ident) <= _LONGEST_ID and ident.isprintable()
    return ident if good else None
