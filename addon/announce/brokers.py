"""Which broker: the one of the options, else the one that Supervisor offers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from addon.announce.mqtt import Broker
from addon.options import Options

SSL = "/ssl"  # Home Assistant's folder of certificates, where Supervisor mounts it

Service = Callable[[], Awaitable[Mapping[str, Any] | None]]


def broker_finder(options: Options, service: Service | None) -> Callable[[], Awaitable[Broker | None]]:
    """Return what says which broker it is now.

    Args:
        service: asks Supervisor for its service `mqtt`: `host`, `port`, `ssl`, `username`, `password`; None where
            there is no Supervisor.
    """

    async def find() -> Broker | None:
        ca = options.mqtt_ca if not options.ingress or "/" in options.mqtt_ca else _named(options.mqtt_ca)
        if options.mqtt_host:
            return Broker(
                options.mqtt_host, options.mqtt_port, options.mqtt_user, options.mqtt_password, options.mqtt_tls,
                ca, options.mqtt_insecure,
            )  # fmt: skip
        found = await service() if service else None
        if not found or not found.get("host"):
            return None
        return Broker(
            host=str(found["host"]),
            port=int(found.get("port") or 1883),
            user=str(found.get("username") or ""),
            password=str(found.get("password") or ""),
            tls=bool(found.get("ssl")),
            ca=ca,
            insecure=options.mqtt_insecure,
        )

    return find


def _named(file: str) -> str:
    """Return a file of Home Assistant's folder of certificates by its name."""
    return f"{SSL}/{file}" if file else ""
