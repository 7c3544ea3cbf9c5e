"""Tokens of other machines: compared in constant time, and guessed at slowly."""

import hmac

from aiohttp import web

from addon.errors import Unauthorised
from addon.web.parts import PARTS

_GUESS_COST = 8.0  # of the caller's bucket for guesses: a wrong token is tried some times a minute at most


def check_token(request: web.Request, expected: str) -> None:
    """Take a request that shows the token.

    Raises:
        Unauthorised: it shows none or a wrong one.
        TooMany: it was guessed at too often.
    """
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected.encode()):
        request.app[PARTS].buckets.take(request, _GUESS_COST, "guess")
        raise Unauthorised("the token is wrong or missing", hint="Send Authorization: Bearer and the app's token.")
