"""The three applications: the panel's and the integration's, with all of the API, and the LAN's."""

from collections.abc import Iterable
from weakref import WeakSet

from aiohttp import web

from addon.web import lan, link
from addon.web.failures import failures
from addon.web.guards import add_headers, addresses, record, same_origin
from addon.web.openapi import ROOT, make_document
from addon.web.panel import Panel
from addon.web.parts import PARTS, Parts
from addon.web.route import Route
from addon.web.routes import ROUTES
from addon.web.sockets import SOCKETS, close_sockets


def build_panel(parts: Parts, panel: Panel) -> web.Application:
    """Return the application behind ingress, or on loopback."""
    app = _application(parts, (record, failures, addresses(parts.options.ingress), same_origin))
    _add(app, ROOT, ROUTES)
    document = make_document(ROUTES, parts.version)

    async def openapi(_request: web.Request) -> web.Response:
        return web.json_response(document)

    app.router.add_get("/api/health", _health)
    app.router.add_get("/api/openapi.json", openapi)
    app.router.add_get("/", panel.page)
    app.router.add_get("/{name:(?!api/).+}", panel.page)
    app.on_shutdown.append(close_sockets)
    return app


def build_lan(parts: Parts) -> web.Application:
    """Return the application that satellites ask."""
    app = _application(parts, (record, failures, lan.token))
    _add(app, "/", lan.ROUTES)
    app.router.add_get("/health", _health)
    return app


def build_link(parts: Parts) -> web.Application:
    """Return the application that Home Assistant's integration asks; no browser has its token."""
    app = _application(parts, (record, failures, link.token))
    _add(app, ROOT, (*ROUTES, *link.ROUTES))
    app.on_shutdown.append(close_sockets)
    return app


def _application(parts: Parts, middlewares: Iterable[object]) -> web.Application:
    app = web.Application(middlewares=middlewares)  # type: ignore[arg-type]
    app[PARTS] = parts
    app[SOCKETS] = WeakSet()
    app.on_response_prepare.append(add_headers)
    return app


def _add(app: web.Application, root: str, routes: Iterable[Route]) -> None:
    for route in routes:
        app.router.add_route(route.method, root + route.path, route.serve)


async def _health(request: web.Request) -> web.Response:
    """Say that the service runs and its database answers; Supervisor starts the app anew where it does not."""
    await request.app[PARTS].store.check()
    return web.json_response({"status": "ok"})
