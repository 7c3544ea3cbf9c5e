"""From a line of the helper process to an answer or an error."""

import json
from dataclasses import dataclass
from typing import Any

from addon.errors import AppError, Invalid, NotFound, TooLarge, TooMany, Unavailable, Unsupported

# Codes of the helper that have a status of their own; what is wrong with a choice or a file is the asker's.
_BY_CODE: dict[str, type[AppError]] = {
    **dict.fromkeys(("missing", "no_folder", "no_session"), NotFound),
    **dict.fromkeys(("audio", "not_audio", "no_audio", "unreadable", "not_finite", "zero_length"), Unsupported),
    **dict.fromkeys(("resource", "disk_full"), Unavailable),
    "too_long": TooLarge,
    "too_many_sessions": TooMany,
    "crash": AppError,
}


@dataclass(frozen=True)
class Reply:
    """The answer to one question: `result`, or `error`."""

    id: int
    result: dict[str, Any]
    error: AppError | None = None


def read_reply(line: bytes) -> Reply | None:
    """Return the reply, or None if the line is none."""
    try:
        data = json.loads(line)
        number, result, error = data["id"], data.get("result"), data.get("error")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if type(number) is not int:
        return None
    if isinstance(error, dict):
        code, message, hint = (str(error.get(key) or "") for key in ("code", "message", "hint"))
        values = error["values"] if isinstance(error.get("values"), dict) else {}
        kind = _BY_CODE.get(code, Invalid)
        return Reply(number, {}, kind(message or "it failed without a word", hint, code, values))
    return Reply(number, result) if isinstance(result, dict) else Reply(number, {})
