"""What a user may ask for: checked before it becomes a job."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from addon.errors import Invalid
from addon.records import JobRequest

PRESETS = ("quick", "standard", "thorough")
SECTIONS = ("samples", "augmentation", "model", "training", "evaluation", "export")
SINGLE = ("seed", "workers", "device", "data.packs", "data.licence")  # no folders: names from outside are no paths
OURS = {
    "samples.veto": "veto",
    "export.version": "chosen by itself",
    "training.groundwork": "a file of this machine, for the command line",
}
LONGEST_PHRASE, LONGEST_TEXT, MOST_TEXTS, MOST_SETTINGS, LARGEST_SETTINGS = 100, 200, 1000, 200, 20_000
MOST_SATELLITES = 64
_ID = re.compile(r"[a-z0-9_]{1,64}")
_LANGUAGE = re.compile(r"auto|[a-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")
_KEY = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


def check_request(request: JobRequest) -> JobRequest:
    """Return the request with its phrase tidied.

    Raises:
        Invalid: a field is out of range; the message names it.
    """
    phrase = " ".join(unicodedata.normalize("NFC", request.phrase).split())
    if not phrase or len(phrase) > LONGEST_PHRASE or not phrase.isprintable():
        raise Invalid(f"phrase: 1 to {LONGEST_PHRASE} printable characters are allowed", "Type what people will say.")
    if not _LANGUAGE.fullmatch(request.language):
        raise Invalid(f"language: `auto` or a code such as en, pt-br is allowed. Received: {request.language[:40]!r}")
    if request.preset not in PRESETS:
        raise Invalid(f"preset: one of {', '.join(PRESETS)} is allowed. Received: {request.preset[:40]!r}")
    target = request.false_accepts_per_hour
    if target is not None and not 0 < target <= 100:
        raise Invalid(f"false_accepts_per_hour: above 0, at most 100 is allowed. Received: {target!r}")
    _check_texts("say", request.say)
    _check_texts("veto", request.veto)
    _check_settings(request)
    if len(request.satellites) > MOST_SATELLITES or not all(map(_ID.fullmatch, request.satellites)):
        raise Invalid(f"satellites: at most {MOST_SATELLITES} ids of satellites are allowed")
    return replace(request, phrase=phrase, satellites=tuple(dict.fromkeys(request.satellites)))


def _check_texts(name: str, texts: Sequence[str]) -> None:
    if len(texts) > MOST_TEXTS or any(not 0 < len(text) <= LONGEST_TEXT or not text.isprintable() for text in texts):
        raise Invalid(f"{name}: at most {MOST_TEXTS} texts of 1 to {LONGEST_TEXT} printable characters are allowed")


def _check_settings(request: JobRequest) -> None:
    for key in request.settings:
        if key in OURS:
            raise Invalid(f"settings: {key} is not chosen here ({OURS[key]})")
        section = key.partition(".")[0]
        if key not in SINGLE and not (_KEY.fullmatch(key) and section in SECTIONS):
            allowed = ", ".join((*SINGLE, *(f"{section}.*" for section in SECTIONS)))
            raise Invalid(f"settings: {key[:60]!r} is not known; allowed: {allowed}")
    if "device" in request.settings and request.settings["device"] not in ("auto", "cpu", "gpu"):
        raise Invalid("settings: device: one of auto, cpu, gpu is allowed")
    try:
        size = len(json.dumps(request.settings, allow_nan=False))
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("settings: plain, finite values are allowed") from error
    if len(request.settings) > MOST_SETTINGS or size > LARGEST_SETTINGS:
        raise Invalid(f"settings: at most {MOST_SETTINGS} keys and {LARGEST_SETTINGS} characters are allowed")
