"""Live listening: sessions that are fed with sound as it comes, and answer as a device would."""

import base64
import binascii
from typing import Any

import numpy as np

from trainer.cli.answers.curves import curve_of
from trainer.cli.answers.models import open_rule
from trainer.cli.answers.params import Params, refuse
from trainer.errors import RecipeError
from trainer.evaluation.stream import Stream

MOST_SESSIONS = 16
_sessions: dict[str, Stream] = {}  # of this process; one lane answers these methods, so nothing else touches them


def listen_open(params: Params) -> dict[str, Any]:
    """Answer `listen_open`: a session of that name that is open already begins anew."""
    name = params.text("session")
    if name not in _sessions and len(_sessions) >= MOST_SESSIONS:
        raise RecipeError(
            f"{MOST_SESSIONS} sessions are listening, and no more are allowed",
            hint="Close one with listen_close.",
            code="too_many_sessions",
        )
    rule = open_rule(params)
    stream = _sessions[name] = Stream(rule.twin, rule.cutoff, rule.window)
    return {"stride": rule.twin.stride, "cutoff": rule.cutoff, "window": rule.window, "step_s": stream.step_s}


def listen_feed(params: Params) -> dict[str, Any]:
    """Answer `listen_feed`: what the device makes of the next piece of sound, of any length."""
    name, coded = params.text("session"), params.long_text("pcm")
    if name not in _sessions:
        raise RecipeError(f"no session {name!r} is open", hint="Open it with listen_open.", code="no_session")
    try:
        sound = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise refuse("pcm", "base64", coded) from None
    if len(sound) % 2:
        raise refuse("pcm", "whole samples of 16 bits", f"{len(sound)} bytes")
    stream = _sessions[name]
    heard = stream.feed(np.frombuffer(sound, "<i2"))
    return {"at_s": round(heard.begin_s + len(heard.means) * stream.step_s, 3), **curve_of(heard)}


def listen_close(params: Params) -> dict[str, Any]:
    """Answer `listen_close`: also where no such session is open."""
    _sessions.pop(params.text("session"), None)
    return {}
