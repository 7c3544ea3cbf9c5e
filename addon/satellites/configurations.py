"""ESPHome's YAML files: which device each makes, and whether that listens for wake words by itself."""

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from yaml.nodes import ScalarNode

from addon.publish.esphome_yaml.document import get, pairs, parse_document
from addon.publish.esphome_yaml.errors import ConfigError
from addon.publish.esphome_yaml.survey import REMOVED, STOCK, VARIABLE, Reader, Source, Survey, survey
from addon.publish.folders import find_below
from addon.satellites.merging import Configuration
from addon.satellites.text import clean, clean_file

MOST = 300  # files that are read
_LARGEST = 1 << 20  # bytes of one
_SECRETS = ("secrets.yaml", "secrets.yml")
_DEEPEST = 5  # variables within variables


def read_configurations(homeassistant: Path) -> tuple[Configuration, ...]:
    """Return the devices that the files of ESPHome's folder make; what cannot be read is passed over. Blocks.

    Args:
        homeassistant: Home Assistant's configuration folder.
    """
    folder = homeassistant / "esphome"
    if not folder.is_dir():
        return ()
    names = sorted(path.name for path in folder.iterdir() if clean_file(path.name) and path.name not in _SECRETS)
    files = _reader(folder.resolve())
    return tuple(found for name in names[:MOST] if (found := read_configuration(name, files)) is not None)


def read_configuration(name: str, files: Reader) -> Configuration | None:
    """Return the device that a file makes, or None: it makes none, or is no YAML."""
    data = files(name)
    if data is None:
        return None
    try:
        found = survey(parse_document(name, data), files)
    except (ConfigError, RecursionError):
        return None
    device = next((value for value in _under(found.sources, "esphome", "name")), "")
    own = clean(_substituted(device, found.sources))
    suffixed = next((value for value in _under(found.sources, "esphome", "name_add_mac_suffix")), "")
    if not own or "$" in own:
        return None
    return Configuration(name, own, suffixed.lower() in ("true", "yes", "on"), _uses_wake_word(found))


def _uses_wake_word(found: Survey) -> bool | None:
    """Say whether `micro_wake_word` is there; None where a package that cannot be read here may bring it."""
    if any(engine.node.tag == REMOVED for engine in found.engines[:1]):
        return False
    if found.engines or any(stock in name for stock in STOCK for name in found.unseen):
        return True
    return None if found.unseen else False


def _under(sources: Iterable[Source], key: str, inner: str) -> Iterator[str]:
    for source in sources:
        value = get(get(source.node, key), inner)
        if isinstance(value, ScalarNode):
            yield str(value.value)


def _substituted(text: str, sources: Iterable[Source]) -> str:
    """Return a text with its variables filled in; the main file's count before those of its packages."""
    known: dict[str, str] = {}
    for source in sources:
        for key, value in pairs(get(source.node, "substitutions")):
            if isinstance(key, ScalarNode) and isinstance(value, ScalarNode):
                known.setdefault(str(key.value), str(value.value))
    for _ in range(_DEEPEST):
        text = VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    return text


def _reader(folder: Path) -> Reader:
    """Return what gives the bytes of a file below the folder, and of no other."""

    def read(name: str) -> bytes | None:
        path = find_below(folder, posixpath.normpath(name), _LARGEST)
        try:
            return path.read_bytes() if path else None
        except OSError:
            return None

    return read
