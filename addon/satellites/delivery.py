"""How a model gets to a device, and why not: decided from all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from addon.fleet import Delivery, Satellite
from addon.satellites.merging import Device
from addon.satellites.text import is_older

LEAST_ESPHOME = "2024.7.0"  # the first release that reads a manifest of version 2
_BOARDS = ("esp8266", "esp01", "nodemcu", "d1_mini", "rpipico", "bk72", "rtl87")  # no engine runs there
_INSTALL = "Install or reload the Wakesmith integration in Home Assistant."


@dataclass(frozen=True)
class House:
    """What is there to deliver with.

    Attributes:
        linked: Home Assistant's integration. `dashboard`: ESPHome's, as it tells.
        own: esphome of our own. `folder`: Home Assistant's configuration folder.
        as_of: when Home Assistant last told, where it cannot be asked now.
    """

    linked: bool = False
    dashboard: bool = False
    own: bool = False
    folder: bool = False
    as_of: str | None = None


@dataclass(frozen=True)
class Way:
    """How, and what to know about it."""

    delivery: Delivery
    code: str = ""
    message: str = ""
    hint: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)


def describe(device: Device, house: House) -> Satellite:
    """Return the device as the list shows it; Home Assistant's word counts before what a device says of itself."""
    told, heard = device.told, device.announced[0] if device.announced else None
    way = decide(device, house)
    name = (told.name if told else "") or (heard.name if heard else "") or device.id
    return Satellite(
        id=device.id,
        name=name,
        delivery=way.delivery,
        room=told.room if told else "",
        board=(told.board if told else "") or (heard.board if heard else ""),
        version=(told.version if told else "") or (heard.version if heard else ""),
        project=(told.project if told else "") or (heard.project if heard else ""),
        address=(heard.address if heard else "") or (told.address if told else ""),
        online=_online(device, house),
        configuration=device.configuration,
        entity=told.entity if told else None,
        active=told.active if told else (),
        available=told.available if told else (),
        most_active=told.most_active if told else 1,
        sensitivities=told.sensitivities if told else (),
        sources=_sources(device),
        as_of=house.as_of if told else None,
        code=way.code,
        message=way.message,
        hint=way.hint,
        values=dict(way.values),
    )


def decide(device: Device, house: House) -> Way:
    """Return how a model gets to a device; a way that is open may have something to know about it."""
    told = device.told
    if told and told.external:
        blocked = _no_external(house, told.entity)
        return blocked or _open(Delivery.EXTERNAL, device, house)
    uses = _uses_wake_word(device)
    if told and not told.voice and not uses:
        return Way(Delivery.NONE, "no_voice", "it is no voice satellite")
    if blocked := _no_flash(device, house, uses):
        return blocked
    return _open(Delivery.FLASH, device, house)


def _no_external(house: House, entity: str | None) -> Way | None:
    if not house.linked:
        message = "Home Assistant's integration is needed to choose its wake word"
        return Way(Delivery.NONE, "no_integration", message, _INSTALL)
    if entity is None:
        hint = "Add the satellite to Home Assistant, and enable its entity."
        return Way(Delivery.NONE, "no_entity", "Home Assistant has no assist satellite of it", hint)
    return _no_folder(house)


def _no_folder(house: House) -> Way | None:
    if house.folder:
        return None
    hint = "Start the app with --homeassistant and the folder's path."
    return Way(Delivery.NONE, "no_folder", "Home Assistant's configuration folder is not here", hint)


def _no_flash(device: Device, house: House, uses: bool | None) -> Way | None:
    board = (device.told.board if device.told else "") or (device.announced[0].board if device.announced else "")
    if any(board.lower().startswith(other) for other in _BOARDS):
        return Way(Delivery.NONE, "weak_board", f"{board} cannot run micro_wake_word", "", {"board": board})
    if device.configuration is None:
        return _no_yaml(device, house)
    if uses is False:
        return Way(
            Delivery.NONE,
            "no_wake_word_engine",
            f"{device.configuration} has no micro_wake_word",
            "Add micro_wake_word to it in ESPHome, with a microphone.",
            {"configuration": device.configuration},
        )
    if (house.linked and house.dashboard) or house.own:
        return _no_folder(house)
    if house.linked:
        return Way(
            Delivery.NONE,
            "no_dashboard",
            "ESPHome's dashboard is not there to compile and flash",
            "Start the ESPHome app, or allow esphome of Wakesmith's own in Settings.",
        )
    return Way(Delivery.NONE, "no_integration", "nobody is there to compile and flash", _INSTALL)


def _no_yaml(device: Device, house: House) -> Way:
    if device.told is None and not house.linked:
        return Way(Delivery.NONE, "no_integration", "only Home Assistant knows what it is", _INSTALL)
    if house.linked and house.dashboard:
        return Way(
            Delivery.NONE,
            "not_adopted",
            "ESPHome's dashboard has no YAML file of it",
            "Press Adopt or Take control in ESPHome.",
        )
    return Way(Delivery.NONE, "no_yaml", "no YAML file of it is known", "Its file belongs into the folder `esphome`.")


def _open(how: Delivery, device: Device, house: House) -> Way:
    """Return a way that is open, with what to know about it."""
    told = device.told
    if _online(device, house) is False:
        return Way(how, "offline", "it is not connected now", "Switch it on before a model is sent.")
    addresses = sorted({one.address for one in device.announced if one.address})
    if len({one.service for one in device.announced}) > 1 and len(addresses) > 1:
        said = ", ".join(addresses)
        return Way(how, "double", f"{len(addresses)} devices say they are this one: {said}", "", {"addresses": said})
    if told and told.most_active > 1 and len(told.active) >= told.most_active:
        values = {"count": len(told.active)}
        hint = "A new one takes the place of one of them."
        return Way(how, "full", f"it listens for {len(told.active)} words already, and can for no more", hint, values)
    version = (told.version if told else "") or (device.announced[0].version if device.announced else "")
    if is_older(version, LEAST_ESPHOME) and not (told and told.external):
        hint = "Flashing brings it to the version of ESPHome's dashboard."
        return Way(how, "too_old", f"ESPHome {version} runs on it; {LEAST_ESPHOME} is needed", hint,
                     {"version": version, "least": LEAST_ESPHOME})  # fmt: skip
    return Way(how)


def _uses_wake_word(device: Device) -> bool | None:
    told = device.told.uses_wake_word if device.told else None
    return told if told is not None else device.file.uses_wake_word if device.file else None


def _online(device: Device, house: House) -> bool | None:
    """Who announces itself is there; Home Assistant's word counts while it can be asked."""
    if device.told and device.told.online is not None and house.linked:
        return device.told.online
    return True if device.announced else None


def _sources(device: Device) -> tuple[str, ...]:
    told = device.told
    known = (
        ("mdns", bool(device.announced)),
        ("registry", told is not None),
        ("dashboard", bool(told and told.configuration)),
        ("files", device.file is not None),
    )
    return tuple(name for name, here in known if here)
