"""Every failure becomes JSON: `{"error": {"code", "message", "hint", "values"}}`."""

import errno
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from addon.errors import AppError, BadRequest, TooLarge, Unavailable

_log = logging.getLogger(__name__)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
_WORDS = {404: ("not_found", "there is nothing here"), 405: ("not_allowed", "this cannot be done here")}
_FULL = (errno.ENOSPC, errno.EDQUOT)


@web.middleware
async def failures(request: web.Request, handler: Next) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer that says what happened and what to do."""
    try:
        return await handler(request)
    except AppError as error:
        return answer(error)
    except web.HTTPException as error:
        return error if error.status < 400 else _standard(error)
    except ConnectionError:
        return answer(BadRequest("the connection was lost"))  # nobody reads it, but the log
    except OSError as error:
        if error.errno in _FULL:
            return answer(Unavailable("the disk is full", "Clean up in Settings, Storage.", "disk_full"))
        return _unexpected(request, error)
    except Exception as error:
        return _unexpected(request, error)


def answer(error: AppError) -> web.Response:
    """Return the error as an answer."""
    return _json(error.status, error.told())


def _standard(error: web.HTTPException) -> web.Response:
    if error.status == 413:
        return answer(TooLarge("the body is larger than what is taken here"))
    code, message = _WORDS.get(error.status, ("http_" + str(error.status), error.reason))
    made = _json(error.status, AppError(message, "See api/openapi.json for what may be asked.", code).told())
    if "Allow" in error.headers:
        made.headers["Allow"] = error.headers["Allow"]
    return made


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    ident = secrets.token_hex(4)
    _log.exception("unexpected id=%s method=%s path=%s", ident, request.method, request.path, exc_info=error)
    hint = f"The log has more under {ident}."
    return answer(AppError("something went wrong inside the app", hint, values={"id": ident}))


def _json(status: int, told: dict[str, Any]) -> web.Response:
    text = json.dumps({"error": told}, ensure_ascii=True)
    return web.Response(status=status, text=text, content_type="application/json")
