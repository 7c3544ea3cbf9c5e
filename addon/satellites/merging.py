"""One list from three sources: announcements, Home Assistant with ESPHome's dashboard, and YAML files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from addon.satellites.mdns import Announced
from addon.satellites.registry import Told
from addon.satellites.text import slug


@dataclass(frozen=True)
class Configuration:
    """A YAML file of ESPHome's folder.

    Attributes:
        file: its name, such as "kitchen.yaml".
        name: of the device that it makes; `suffixed`: the end of the MAC follows it.
        uses_wake_word: whether it has `micro_wake_word`, None where that cannot be told.
    """

    file: str
    name: str
    suffixed: bool = False
    uses_wake_word: bool | None = None


@dataclass(frozen=True)
class Device:
    """One device, and who knows it.

    Attributes:
        announced: all announcements with its MAC, the newest first.
    """

    id: str
    told: Told | None = None
    announced: tuple[Announced, ...] = ()
    file: Configuration | None = None

    @property
    def configuration(self) -> str | None:
        """Its YAML file."""
        named = self.told.configuration if self.told else None
        return named or (self.file.file if self.file else None)


def merge(announced: Iterable[Announced], told: Iterable[Told], files: Sequence[Configuration]) -> list[Device]:
    """Return the devices by their MACs; what tells none is found by its name, where that is clear."""
    heard: dict[str, list[Announced]] = {}
    for one in sorted(announced, key=lambda one: -one.heard):
        heard.setdefault(one.mac or _by_name(one.service), []).append(one)
    macs = _macs_by_name(heard)
    known: dict[str, Told] = {}
    for device in told:
        known.setdefault(device.mac or macs.get(slug(device.name)) or _by_name(device.name), device)
    for ident, device in known.items():  # an announcement without a MAC, of a device that Home Assistant knows
        nameless = heard.get(_by_name(device.name)) if not ident.startswith("name_") else None
        if nameless:
            heard[ident] = [*heard.get(ident, ()), *heard.pop(_by_name(device.name))]
    claimed = {device.configuration for device in known.values() if device.configuration}
    free = [file for file in files if file.file not in claimed]
    devices = []
    for id in dict.fromkeys((*known, *heard)):
        row, ones = known.get(id), tuple(heard.get(id, ()))
        named = row.configuration if row else None
        file = next((file for file in files if file.file == named), None) if named else _file(id, row, ones, free)
        devices.append(Device(id, row, ones, file))
    return devices


def _by_name(name: str) -> str:
    return f"name_{slug(name).replace('-', '_')[:59]}"


def _macs_by_name(heard: dict[str, list[Announced]]) -> dict[str, str]:
    """Return the MACs of names that one device alone goes by."""
    found: dict[str, set[str]] = {}
    for ident, ones in heard.items():
        for name in {slug(name) for one in ones if one.mac for name in (one.service, one.name)}:
            found.setdefault(name, set()).add(ident)
    return {name: min(idents) for name, idents in found.items() if len(idents) == 1}


def _file(
    id: str, told: Told | None, announced: Sequence[Announced], files: Sequence[Configuration]
) -> Configuration | None:
    """Return the YAML file that makes a device's name: the one it announces, else the one that people call it by."""
    names = {slug(one.service) for one in announced} or ({slug(told.name)} if told else set())
    own = [file for file in files if slug(f"{file.name}-{id[-6:]}" if file.suffixed else file.name) in names]
    return own[0] if len(own) == 1 else None
