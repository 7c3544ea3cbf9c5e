"""`wakesmith serve`: answers questions on stdin, one JSON object a line, as `docs/protocol.md` says.

Every lane has one thread: what lies in one lane is answered in order and never twice at once, and a slow preview does
not hold up listening.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, BinaryIO, NamedTuple, TextIO

from trainer.cli.answers import METHODS, find_answer
from trainer.cli.answers.params import Params
from trainer.errors import RecipeError, WakesmithError

LONGEST_LINE = 16 << 20  # bytes: six minutes of sound in one `listen_feed`
_LOG = logging.getLogger(__name__)


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("serve", parents=[common], help="answer questions on stdin, for programs; see docs")
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Answer until the input ends; what was asked until then is still answered."""
    replies = Replies(_take_stdout())
    lanes = {lane: ThreadPoolExecutor(1, lane) for lane in sorted({method.lane for method in METHODS.values()})}
    try:
        for line in _lines(sys.stdin.buffer):
            _accept(line, lanes, replies)
    except KeyboardInterrupt:
        for lane in lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)
        raise
    for lane in lanes.values():
        lane.shutdown()
    return 0


class Request(NamedTuple):
    """One question; `id` is the asker's own, and null where none can be made out."""

    id: Any
    method: str
    params: dict[str, Any]


class Replies:
    """Writes answers whole, from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, Lock()

    def give(self, number: Any, result: dict[str, Any]) -> None:
        """Answer a request."""
        self._write({"id": number, "result": result})

    def refuse(self, number: Any, error: WakesmithError) -> None:
        """Say what is wrong with a request, or what went wrong."""
        told = {"code": error.code, "message": error.message, "hint": error.hint, "values": error.values}
        self._write({"id": number, "error": told})

    def _write(self, reply: dict[str, Any]) -> None:
        text = json.dumps(reply, allow_nan=False)
        try:
            with self._lock:
                self._stream.write(text + "\n")
                self._stream.flush()
        except (BrokenPipeError, ValueError):
            os._exit(0)  # nobody reads any more: no other thread has anything to say either


def _take_stdout() -> TextIO:
    """Return a stream to stdout that is ours alone: what libraries print goes to stderr."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return ours


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield lines, and None for each that is longer than `LONGEST_LINE`, of which nothing is kept."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _accept(line: bytes | None, lanes: Mapping[str, ThreadPoolExecutor], replies: Replies) -> None:
    """Put a request into its lane."""
    if line is not None and not line.strip():
        return
    number: Any = None
    try:
        data = _parse(line)
        number = data["id"] if isinstance(data.get("id"), str | int) else None
        request = _check(data, number)
    except RecipeError as error:
        replies.refuse(number, error)
        return
    lanes[METHODS[request.method].lane].submit(_answer, request, replies)


def _parse(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise RecipeError(f"a line of at most {LONGEST_LINE} bytes is allowed", code="bad_request")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise RecipeError(
            f"one JSON object a line is allowed. Received: {line[:200].decode(errors='replace')!r}",
            code="bad_request",
        )
    return data


def _check(data: dict[str, Any], number: Any) -> Request:
    method, params = data.get("method"), data.get("params") or {}
    if number is None:
        raise RecipeError("`id` must be a number or a text", code="bad_request")
    if not isinstance(method, str) or method not in METHODS:
        known = ", ".join(METHODS)
        raise RecipeError(f"unknown method; known: {known}. Received: {str(method)[:200]!r}", code="unknown_method")
    if not isinstance(params, dict):
        raise RecipeError("`params` must be an object", code="bad_params")
    return Request(number, method, params)


def _answer(request: Request, replies: Replies) -> None:
    """Answer one request; whatever goes wrong, it is answered."""
    try:
        result = find_answer(request.method)(Params(request.params))
        replies.give(request.id, result)
    except WakesmithError as error:
        replies.refuse(request.id, error)
    except Exception as error:
        _LOG.warning("%s failed", request.method, exc_info=True)
        message = f"unexpected {type(error).__name__}: {error}"
        replies.refuse(request.id, WakesmithError(message, hint="The log has more.", code="crash"))
