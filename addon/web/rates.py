"""How often anyone may ask for what is expensive: a bucket of tokens for each user, or each address."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from addon.errors import TooMany

USER = web.RequestKey("user", str)  # whom Supervisor names
_MOST_BUCKETS = 1024


@dataclass
class Buckets:
    """Buckets that hold `burst` tokens and gain `rate` a second."""

    burst: float = 40.0
    rate: float = 4.0
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, request: web.Request, cost: float, what: str = "") -> None:
        """Take tokens from the caller's bucket.

        Args:
            what: has a bucket of its own, which leaves the caller's usual one as it is.

        Raises:
            TooMany: it is empty.
        """
        if cost <= 0:
            return
        key, now = f"{what} {caller(request)}", self.clock()
        tokens, at = self._buckets.pop(key, (self.burst, now))
        tokens = min(self.burst, tokens + (now - at) * self.rate)
        enough = tokens >= cost
        self._buckets[key] = (tokens - cost if enough else tokens, now)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if not enough:
            raise TooMany(
                "this was asked too often", hint=f"Wait {max(1, round((cost - tokens) / self.rate))} s and ask again."
            )


def caller(request: web.Request) -> str:
    """Return who asks: the user that Supervisor names, else the address."""
    return request.get(USER, "") or request.remote or ""
