"""The app's exceptions: each carries its HTTP status, a code for programs, a message and a hint for people.

AppError 500
├── BadRequest 400        what was sent cannot be understood
├── Unauthorised 401      no token, or a wrong one
├── Forbidden 403         from an address that may not ask
├── NotFound 404          there is no such thing
├── Conflict 409          not in this state
├── TooLarge 413          larger than allowed
├── Unsupported 415       not a format that can be read
├── Invalid 422           understood, and out of range
├── TooMany 429           asked too often
└── Unavailable 503       the helper process, the disk or the memory is not to be had now
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

Values = Mapping[str, str | int | float]


class AppError(Exception):
    """Something went wrong that the user can be told.

    Attributes:
        status: of the HTTP answer.
        code: a stable key for programs.
        message: what is wrong and what is allowed.
        hint: what to do.
        values: what the message names; with the code, all that is needed to say it in another language.
    """

    status: ClassVar[int] = 500
    code = "internal"

    def __init__(self, message: str, hint: str = "", code: str = "", values: Values | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
        self.code = code or type(self).code
        self.values = dict(values or {})

    def naming(self, folder: Path, name: str) -> Self:
        """Return the same failure with what the user calls a file in the place of its path below a folder of ours."""
        path = re.compile(re.escape(str(folder.absolute())) + r"/[\w./-]*")

        def named(text: str) -> str:
            return path.sub(lambda _: name, text)

        values = {key: named(value) if isinstance(value, str) else value for key, value in self.values.items()}
        return type(self)(named(self.message), named(self.hint), self.code, values)

    def told(self) -> dict[str, Any]:
        """Return the failure as the API says it."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "values": self.values}


class BadRequest(AppError):
    """What was sent cannot be understood."""

    status = 400
    code = "bad_request"


class Unauthorised(AppError):
    """No token, or a wrong one."""

    status = 401
    code = "unauthorised"


class Forbidden(AppError):
    """The address may not ask."""

    status = 403
    code = "forbidden"


class NotFound(AppError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Conflict(AppError):
    """Not in this state."""

    status = 409
    code = "conflict"


class TooLarge(AppError):
    """Larger than allowed."""

    status = 413
    code = "too_large"


class Unsupported(AppError):
    """Not a format that can be read."""

    status = 415
    code = "unsupported"


class Invalid(AppError):
    """Understood, and out of range."""

    status = 422
    code = "invalid"


class TooMany(AppError):
    """Asked too often."""

    status = 429
    code = "too_many"


class Unavailable(AppError):
    """The helper process, the disk or the memory is not to be had now."""

    status = 503
    code = "unavailable"
