"""What the helper process can be asked: one file a subject, loaded when one of its methods is first called."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, cast

from trainer.cli.answers.params import Params

Result = dict[str, Any]
Answer = Callable[[Params], Result]


class Method(NamedTuple):
    """Where a method is answered, and in which lane: the methods of one lane are answered one after another."""

    subject: str
    lane: str


METHODS = {
    "advise": Method("phrases", "phrases"),
    "pronounce": Method("phrases", "phrases"),
    "voices": Method("speaking", "files"),
    "preview": Method("speaking", "speaking"),
    "inspect": Method("recordings", "files"),
    "decode": Method("recordings", "files"),
    "listen_open": Method("listening", "listening"),
    "listen_feed": Method("listening", "listening"),
    "listen_close": Method("listening", "listening"),
    "hear": Method("hearing", "files"),
    "hardware": Method("machine", "files"),
}


def find_answer(name: str) -> Answer:
    """Return the function that answers a method of `METHODS`, and load what it stands in."""
    return cast(Answer, getattr(import_module(f"{__name__}.{METHODS[name].subject}"), name))
