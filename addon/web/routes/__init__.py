"""The table of all routes, one file a domain."""

from addon.web.route import Route
from addon.web.routes import (
    data,
    deployments,
    hearing,
    home,
    jobs,
    listen,
    live,
    models,
    phrases,
    publications,
    samples,
    satellites,
    settings,
    system,
    voices,
)

ROUTES: tuple[Route, ...] = (
    *phrases.ROUTES,
    *voices.ROUTES,
    *jobs.ROUTES,
    *models.ROUTES,
    *hearing.ROUTES,
    *samples.ROUTES,
    *data.ROUTES,
    *settings.ROUTES,
    *system.ROUTES,
    *publications.ROUTES,
    *home.ROUTES,
    *satellites.ROUTES,
    *deployments.ROUTES,
    *live.ROUTES,
    *listen.ROUTES,
)
