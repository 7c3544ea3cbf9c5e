"""The connection to Home Assistant's integration: what the app asks of it, and its answers."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from addon.errors import AppError, Unavailable

Send = Callable[[dict[str, Any]], Awaitable[None]]
Progress = Callable[[str, int | None], None]  # a line of what is being done, and percent where that is known


class Refused(AppError):
    """Home Assistant was asked and could not do it; code, message and hint are its own."""

    status = 502
    code = "refused"


@dataclass(frozen=True)
class Peer:
    """The integration at the other end.

    Attributes:
        version: of the integration. `home_assistant`: of Home Assistant.
        language: of Home Assistant, such as "de"; "" where it did not say.
    """

    version: str
    home_assistant: str
    language: str = ""


@dataclass
class _Question:
    answer: asyncio.Future[dict[str, Any]]
    progress: Progress | None = None


def _stay() -> None:
    """Nobody is there who could leave."""


@dataclass
class Link:
    """At most one integration is at the other end; a newer connection takes the place of an older one.

    Attributes:
        peer: who is there, or None.
        changed: called when an integration came, went ("link"), or says what is not as it was ("satellites").
    """

    peer: Peer | None = None
    changed: Callable[[str], None] = lambda _what: None
    _send: Send | None = None
    _leave: Callable[[], None] = _stay
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _questions: dict[int, _Question] = field(default_factory=dict)
    _watchers: list[Callable[[str], None]] = field(default_factory=list)

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Have one more told what `changed` is told."""
        self._watchers.append(watcher)

    def begin(self, peer: Peer, send: Send, leave: Callable[[], None] = _stay) -> None:
        """Take a connection that has said hello; questions to an older one are refused.

        Args:
            leave: called when a newer connection takes the place of this one.
        """
        self._forget("Home Assistant connected anew")
        self._leave()
        self.peer, self._send, self._leave = peer, send, leave
        self._tell("link")

    def end(self, send: Send) -> None:
        """Let go of a connection, if it is still the one that counts."""
        if self._send == send:  # bound methods are made anew whenever they are named
            self._forget("the connection to Home Assistant was lost")
            self.peer = self._send = None
            self._leave = _stay
            self._tell("link")

    async def ask(
        self,
        what: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout_s: float = 30.0,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Ask Home Assistant for something and return its result; what docs/satellites.md lists.

        Args:
            timeout_s: without an answer and without a word of progress.

        Raises:
            Unavailable: no integration is connected, it went away, or it says nothing (`no_link`).
            Refused: it could not; with its own code and words.
        """
        if self._send is None:
            raise _no_link("Home Assistant's integration is not connected")
        number, heard = next(self._numbers), asyncio.Event()

        def note(line: str, percent: int | None) -> None:
            heard.set()
            if progress:
                progress(line, percent)

        question = _Question(asyncio.get_running_loop().create_future(), note)
        self._questions[number] = question
        send = self._send
        try:
            await send({"type": "ask", "id": number, "what": what, "params": dict(params or {})})
            return await _answer(question.answer, heard, timeout_s)
        except TimeoutError as error:
            raise _no_link(f"Home Assistant does not answer to {what!r}") from error
        except ConnectionError as error:
            raise _no_link("the connection to Home Assistant was lost") from error
        finally:
            del self._questions[number]
            if not question.answer.done() or question.answer.cancelled():
                await _cancel(send, number)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take what the integration says; what belongs to no question is passed over."""
        number = message.get("id")
        question = self._questions.get(number) if isinstance(number, int) else None
        match message.get("type"):
            case "changed":
                self._tell(str(message.get("what", "")))
            case "progress" if question and question.progress:
                percent = message.get("percent")
                question.progress(str(message.get("line", ""))[:400], percent if isinstance(percent, int) else None)
            case "answer" if question and not question.answer.done():
                result = message.get("result")
                question.answer.set_result(result if isinstance(result, dict) else {})
            case "refused" if question and not question.answer.done():
                question.answer.set_exception(_refused(message.get("error")))

    def _tell(self, what: str) -> None:
        for watcher in (self.changed, *self._watchers):
            watcher(what)

    def _forget(self, why: str) -> None:
        for question in self._questions.values():
            if not question.answer.done():
                question.answer.set_exception(_no_link(why))


async def _answer(answer: asyncio.Future[dict[str, Any]], heard: asyncio.Event, timeout_s: float) -> dict[str, Any]:
    """Wait for the answer as long as there is progress."""
    while True:
        heard.clear()
        waiting = asyncio.create_task(heard.wait())
        try:
            done, _ = await asyncio.wait((answer, waiting), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if answer in done:
            return answer.result()
        if not done:
            raise TimeoutError


async def _cancel(send: Send, number: int) -> None:
    try:
        await send({"type": "cancel", "id": number})
    except (ConnectionError, RuntimeError):
        return  # it went away: nothing is left to be cancelled


def _no_link(message: str) -> Unavailable:
    return Unavailable(message, hint="Install or reload the Wakesmith integration in Home Assistant.", code="no_link")


def _refused(error: Any) -> Refused:
    told = error if isinstance(error, Mapping) else {}
    values = told.get("values")
    return Refused(
        str(told.get("message") or "Home Assistant could not do it")[:2000],
        hint=str(told.get("hint") or "")[:400],
        code=str(told.get("code") or Refused.code)[:64],
        values={str(k): v for k, v in values.items() if isinstance(v, str | int) or _is_finite(v)}
        if isinstance(values, Mapping)
        else None,
    )


def _is_finite(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)
