"""What a device's configuration is made of: its main file, what that includes, packages that cannot be read here."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from addon.publish.esphome_yaml.document import MERGE, NULL, Document, children, compose_text, get, pairs
from addon.publish.esphome_yaml.errors import (
    ConfigError,
    elsewhere,
    no_engine,
    no_list,
    no_microphone,
    unsafe_edit,
    wrong_chip,
)
from addon.publish.esphome_yaml.notes import Note, unseen_package
from addon.publish.esphome_yaml.places import MODELS, PACKAGES, SELECTS, is_model

Reader = Callable[[str], bytes | None]
# Stock configurations with micro_wake_word whose `models` is a list.
STOCK = (
    "esphome/home-assistant-voice-pe",
    "esphome/wake-word-voice-assistants",
    "esphome/firmware/wake-word-voice-assistant/",
    "FutureProofHomes/Satellite1-ESPHome",
)
STOCK_WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft")
OTHER_CHIPS = ("esp8266", "rp2040", "rp2", "bk72xx", "rtl87xx", "ln882x", "libretiny", "nrf52", "host")
DEEPEST = 20  # includes within includes, as ESPHome's own limit
MOST = 2000  # includes, merges and packages that are followed: more come of aliases of aliases alone
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
INCLUDE, REMOVED = "!include", "!remove"


@dataclass(frozen=True)
class Source:
    """A mapping of top-level keys, and the file in which it stands."""

    file: str
    node: Node


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        sources: the main file and all that is merged into it and can be read.
        unseen: packages that cannot be read here, as they are named.
        engines: the values of `micro_wake_word`, wherever they stand.
        selects: likewise of `select`.
        models: likewise of `models` within `micro_wake_word`.
        merged: paths of keys that `<<` brings into the main file, or may bring.
        switchable: the voice assistant knows micro_wake_word, so that Home Assistant can switch words on and off.
    """

    sources: tuple[Source, ...]
    unseen: tuple[str, ...]
    engines: tuple[Source, ...]
    selects: tuple[Source, ...]
    models: tuple[Source, ...]
    merged: frozenset[str]
    switchable: bool

    def check(self, main: str, word: str) -> list[Note]:
        """Return what to know before a word is added.

        Raises:
            ConfigError: the device cannot take it, with the reason.
        """
        own = get(self.sources[0].node, "micro_wake_word")
        if own is not None and own.tag == REMOVED:
            raise no_engine(main)
        for models in self.models:
            if not _may_be_list(models.node):
                raise no_list(models.file)
            if any(is_model(item, word) for item in children(models.node)):
                raise elsewhere(models.file, word)
        if self.engines or any(stock in name for stock in STOCK for name in self.unseen):
            return []
        if not self.unseen:
            raise self._unfit(main)
        return [unseen_package(", ".join(self.unseen))]

    def takes_selects(self) -> bool:
        """Return whether a select can be added: every `select` is a list."""
        return all(_may_be_list(found.node) for found in self.selects)

    @property
    def has_models(self) -> bool:
        """Whether there is a model already; without a choice of the user's the first in the list is on."""
        return any(children(models.node) or models.node.tag == INCLUDE for models in self.models)

    def has_rival(self, word: str) -> bool:
        """Return whether the device has a model of another's making that has the name of a word."""
        names = {_name(item) for models in self.models for item in children(models.node)}
        stock = any(known in name for known in STOCK for name in self.unseen)
        return word in names or (stock and word in STOCK_WORDS)

    def _unfit(self, main: str) -> ConfigError:
        """Return why a configuration without micro_wake_word, all of which can be read, takes no word."""
        keys = {key.value for source in self.sources for key, _ in pairs(source.node)}
        chip = next((chip for chip in OTHER_CHIPS if chip in keys), "")
        if chip:
            return wrong_chip(main, chip)
        if "microphone" not in keys:
            return no_microphone(main)
        return no_engine(main)


def survey(main: Document, files: Reader) -> Survey:
    """Return what a configuration is made of.

    Raises:
        ConfigError: a file that it includes is no YAML, or there is no end to what is merged.
    """
    return _Explorer(main, files).explore()


class _Explorer:
    """Follows includes, merges and packages from a main file."""

    def __init__(self, main: Document, files: Reader) -> None:
        self.main, self.files = main, files
        self.sources: list[Source] = []
        self.unseen: list[str] = []
        self.followed = 0
        self.read: dict[str, Node] = {}
        self.known = {str(key.value): str(value.value) for key, value in pairs(get(main.root, "substitutions"))}

    def explore(self) -> Survey:
        self._take(Source(self.main.name, self.main.root), 0)
        engines = self._find("micro_wake_word", self.sources)
        assistants = self._find("voice_assistant", self.sources)
        return Survey(
            sources=tuple(self.sources),
            unseen=tuple(self.unseen),
            engines=engines,
            selects=self._find("select", self.sources),
            models=self._find("models", engines),
            merged=frozenset(self._hidden()),
            switchable=bool(self.unseen) or any(_is_linked(found.node) for found in assistants),
        )

    def _hidden(self) -> Iterator[str]:
        """Yield the paths of keys that `<<` brings into the main file, or may bring."""
        engine = get(self.main.root, "micro_wake_word")
        for prefix, node in (("", self.main.root), ("micro_wake_word.", engine)):
            for part in self._merged(Source(self.main.name, node)) if node is not None else ():
                if not isinstance(part.node, MappingNode):
                    yield from (MODELS, MODELS.partition(".")[0], SELECTS, PACKAGES)
                yield from (f"{prefix}{key.value}" for key, _ in pairs(part.node))

    def _find(self, key: str, sources: Iterable[Source]) -> tuple[Source, ...]:
        """Return the values of a key, includes followed, merged mappings too."""
        found = []
        for source in sources:
            value = get(source.node, key)
            if value is not None:
                found.append(self._follow(source.file, value))
            elif isinstance(source.node, MappingNode):
                found += self._find(key, list(self._merged(source)))
        return tuple(found)

    def _merged(self, source: Source) -> Iterator[Source]:
        """Yield the mappings that a mapping merges by `<<`."""
        for key, value in pairs(source.node):
            if key.tag == MERGE:
                for part in children(value) if isinstance(value, SequenceNode) else [value]:
                    found = self._follow(source.file, part)
                    yield found
                    yield from self._merged(found)

    def _take(self, source: Source, depth: int) -> None:
        """Add a mapping of top-level keys, with what it merges and its packages."""
        self.sources.append(source)
        if depth > DEEPEST:
            return
        for merged in self._merged(source):
            self._take(merged, depth + 1)
        packages = get(source.node, "packages")
        if packages is not None:
            held = self._follow(source.file, packages)
            if isinstance(held.node, ScalarNode):
                self._skip(held.node)
            listed = children(held.node) if isinstance(held.node, SequenceNode) else _values(held.node)
            for package in listed:
                self._take_package(self._follow(held.file, package), depth + 1)

    def _take_package(self, package: Source, depth: int) -> None:
        address = get(package.node, "url")
        if isinstance(package.node, MappingNode) and address is None:
            self._take(package, depth)
        else:
            self._skip(address or package.node)

    def _skip(self, node: Node) -> None:
        if node.value:
            self.unseen.append(self._substituted(str(node.value)))

    def _follow(self, file: str, node: Node, depth: int = 0) -> Source:
        """Return what an `!include` stands for; what cannot be read stays as it is."""
        self.followed += 1
        if self.followed > MOST:
            raise unsafe_edit(self.main.name)
        if node.tag != INCLUDE or depth > DEEPEST:
            return Source(file, node)
        path = get(node, "file") if isinstance(node, MappingNode) else node
        name = self._substituted(str(path.value)) if isinstance(path, ScalarNode) else "$"
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
        if target not in self.read:
            data = None if "$" in name else self.files(target)
            if data is None:
                return Source(file, ScalarNode(node.tag, name))
            self.read[target] = compose_text(target, data)[2]
        return self._follow(target, self.read[target], depth + 1)

    def _substituted(self, text: str) -> str:
        return VARIABLE.sub(lambda found: self.known.get(found[1], found[0]), text)


def _is_linked(assistant: Node) -> bool:
    engine = get(assistant, "micro_wake_word")
    return assistant.tag == INCLUDE or (engine is not None and engine.tag != REMOVED)


def _name(item: Node) -> str:
    """Return the name of a model in a list: `hey_jarvis` of that name, or of a path or address that ends so."""
    model = item if isinstance(item, ScalarNode) else get(item, "model")
    return posixpath.basename(str(model.value).partition("@")[0]).removesuffix(".json") if model is not None else ""


def _may_be_list(node: Node) -> bool:
    """Return whether a value is a list, nothing yet, or an include that cannot be read here."""
    return isinstance(node, SequenceNode) or node.tag in (NULL, INCLUDE)


def _values(node: Node) -> list[Node]:
    return [value for _, value in pairs(node)]
