"""Who may ask: Supervisor alone behind ingress, pages of our own alone in a browser; and what browsers may do."""

import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from addon.errors import Forbidden
from addon.web.failures import Next
from addon.web.parts import PARTS
from addon.web.rates import USER, caller

SUPERVISOR = "172.30.32.2"  # the only address that ingress comes from
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}
_READING = ("GET", "HEAD", "OPTIONS")
_log = logging.getLogger(__name__)
Middleware = Callable[[web.Request, Next], Awaitable[web.StreamResponse]]


def addresses(supervised: bool) -> Middleware:
    """Return the guard of the panel's listener.

    Args:
        supervised: only Supervisor may ask, and says who the user is; else only pages that were opened by an address
            or by this machine's name, lest a stranger's domain that points here does as it likes with what is ours.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Next) -> web.StreamResponse:
        remote = request.remote or ""
        if supervised:
            if remote != SUPERVISOR:
                raise Forbidden("only Home Assistant may ask here", hint="Open Wakesmith from the sidebar.")
            request[USER] = request.headers.get("X-Remote-User-Id", "")[:64]
        elif not _is_ours(_host(f"//{request.headers.get('Host', '')}")):
            raise Forbidden(
                "this name is not ours", "Open the panel as http://localhost, or by the machine's address.", "name"
            )
        return await handler(request)

    return guard


@web.middleware
async def same_origin(request: web.Request, handler: Next) -> web.StreamResponse:
    """Refuse what another site's page asks a browser to do: to change something, or to open a WebSocket."""
    if (request.method not in _READING or "Upgrade" in request.headers) and not is_own_page(request):
        raise Forbidden("another site's page may not do this", code="origin")
    return await handler(request)


def is_own_page(request: web.Request) -> bool:
    """Say whether a request comes from a page of ours, or from no page at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = {request.host.lower()}
    if request.app[PARTS].options.ingress:  # Supervisor's word; anyone else may write there what he likes
        own.add(request.headers.get("X-Forwarded-Host", request.host).lower())
    return origin.partition("://")[2].lower() in own


@web.middleware
async def record(request: web.Request, handler: Next) -> web.StreamResponse:
    """Log who changed what, and all that failed."""
    response = await handler(request)
    level = logging.INFO if request.method not in _READING or response.status >= 400 else logging.DEBUG
    _log.log(
        level,
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status,
            "who": caller(request),
            "user": request.headers.get("X-Remote-User-Name", "")[:64] if request.get(USER) else "",
            "ingress": request.headers.get("X-Ingress-Path", "")[:128] if request.get(USER) else "",
        },
    )
    return response


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers what our pages may do; a handler's own headers stay."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches that host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_ours(host: str) -> bool:
    """Say whether a page's host is an address, or a name of this machine, which nobody else can point to it."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        name = socket.gethostname().lower()
        short = name.partition(".")[0]
        return host.lower().removesuffix(".") in {"localhost", name, short, f"{short}.local"}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
