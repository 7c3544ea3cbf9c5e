"""The integration's exceptions.

WakesmithError            code, message, hint, values
├── CannotConnect         nobody answers at the address
├── InvalidAuth           the token is not the app's
├── Replaced              another Home Assistant took the link
├── NotWakesmith          something else answers there
├── Incompatible          the app is too old or too new for this integration
├── Rejected              the app answered that it will not: its own code and words, and the HTTP status
└── Refused               what the app asked of Home Assistant cannot be done
"""

from collections.abc import Mapping
from typing import Any

type Values = Mapping[str, str | int | float]


class WakesmithError(Exception):
    """Something went wrong that the user can be told.

    Attributes:
        code: a stable key for programs.
        message: what is wrong. `hint`: what to do.
        values: what the message names.
    """

    code: str = "unknown"

    def __init__(self, message: str, hint: str = "", code: str = "", values: Values | None = None) -> None:
        super().__init__(f"{message}. {hint}" if hint else message)
        self.message, self.hint = message, hint
        self.code = code or type(self).code
        self.values = dict(values or {})

    def told(self) -> dict[str, Any]:
        """Return it as the link says it."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "values": self.values}


class CannotConnect(WakesmithError):
    """Nobody answers at the address."""

    code = "cannot_connect"


class InvalidAuth(WakesmithError):
    """The token is not the app's."""

    code = "invalid_auth"


class Replaced(WakesmithError):
    """Another Home Assistant took the link."""

    code = "replaced"


class NotWakesmith(WakesmithError):
    """Something else answers there."""

    code = "not_wakesmith"


class Incompatible(WakesmithError):
    """The app is too old (`app_too_old`) or too new (`app_too_new`) for this integration."""

    code = "app_too_old"


class Rejected(WakesmithError):
    """The app answered that it will not.

    Attributes:
        status: of the HTTP answer; 500 and above is the app's own trouble.
    """

    status: int = 500


class Refused(WakesmithError):
    """What the app asked of Home Assistant cannot be done."""

    code = "refused"
