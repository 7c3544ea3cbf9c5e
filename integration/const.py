"""Names and figures that several files share."""

import logging
from typing import Final

DOMAIN: Final = "wakesmith"
LOGGER: Final = logging.getLogger(__package__)

DEFAULT_PORT: Final = 8097
CONF_APP: Final = "app"  # Supervisor's name (slug) of the app
CONF_DISCOVERY: Final = "discovery"  # the uuid of Supervisor's message that told of it

OLDEST_APP: Final = (0, 1, 0)  # what this integration can talk to
NEWEST_MAJOR: Final = 0  # a newer major version of the app may have changed the link

DEPLOYMENT_ENDED: Final = frozenset({"done", "failed", "cancelled", "interrupted"})
TARGET_ENDED: Final = frozenset({"done", "failed", "skipped", "cancelled"})
