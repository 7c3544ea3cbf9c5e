"""A YAML file: its text as it is, and its nodes with their places in it.

Nothing is ever written back from nodes. Positions are indices of `text`; a line ends at \\n, \\r\\n or \\r.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from addon.publish.esphome_yaml.errors import ConfigError, unsafe_edit

BOM = "\ufeff"
MAP, SEQ, STR, NULL = (f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "null"))
MERGE = "tag:yaml.org,2002:merge"
# libyaml, as ESPHome itself uses: unlike PyYAML's own scanner it takes tabs before a comment.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 200  # collections within one another: libyaml's composer calls itself for each, and would end the app
_BREAK = re.compile(r"\r\n|\n|\r")
_QUIET = re.compile(r"[ \t]*(#.*)?")


@dataclass(frozen=True)
class Document:
    """A file.

    Attributes:
        name: its path below ESPHome's folder.
        bom: the mark of byte order at its start, or "".
        text: all after it, line ends as they are.
        root: the mapping that it holds.
    """

    name: str
    bom: str
    text: str
    root: MappingNode

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return (self.bom + self.text).encode()

    def edited(self, text: str) -> "Document":
        """Return the same file with another text; ConfigError `esphome_place` where that is no YAML any more."""
        try:
            return parse_document(self.name, (self.bom + text).encode())
        except ConfigError:
            raise unsafe_edit(self.name) from None

    @cached_property
    def shared(self) -> frozenset[int]:
        """`id` of the nodes that stand in several places, by an anchor and its aliases."""
        seen: set[int] = set()
        twice: set[int] = set()
        stack: list[Node] = [self.root]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                twice.add(id(node))
            else:
                seen.add(id(node))
                stack += children(node)
        return frozenset(twice)

    @cached_property
    def steps(self) -> tuple[int, int]:
        """Blanks by which this file indents: mappings below their key, and lists below theirs."""
        found: dict[type, int] = {}
        stack: list[Node] = [self.root]
        seen: set[int] = set()
        while stack and len(found) < 2:
            node = stack.pop(0)
            if id(node) in seen:  # aliases of aliases would be without end
                continue
            seen.add(id(node))
            for key, value in pairs(node):
                if isinstance(value, CollectionNode) and value.value and not value.flow_style and after(key, value):
                    by = self.column(first_line(self.text, value)) - key.start_mark.column
                    found.setdefault(type(value), by if 0 <= by <= 8 else 2)
            stack += [child for child in children(node) if isinstance(child, CollectionNode)]
        return max(found.get(MappingNode, 2), 1), found.get(SequenceNode, 2)

    def column(self, at: int) -> int:
        """Return the column of a position."""
        return at - self.line_start(at)

    def line_start(self, at: int) -> int:
        """Return where the line of a position begins."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_end(self, at: int) -> int:
        """Return where the line of a position ends, before its line end."""
        found = _BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def eol(self, at: int) -> str:
        """Return the line end at or after a position, else the first one of the file."""
        found = _BREAK.search(self.text, at) or _BREAK.search(self.text)
        return found[0] if found else "\n"

    def content_end(self, node: CollectionNode) -> int:
        """Return the end of the last line of a block collection, without comments that follow it."""
        last: Node = node
        while isinstance(last, CollectionNode) and not last.flow_style and last.value:
            if ends_in_alias(last):
                return self._quiet_start(last.end_mark.index)
            last = children(last)[-1]
        end = int(last.end_mark.index)
        if (
            isinstance(last, ScalarNode)
            and last.style in ("|", ">")
            and not self.text[self.line_start(end) : end].strip()
        ):
            return len(_strip_break(self.text[: self.line_start(end)]))  # blank lines at its end may be part of it
        return self.line_end(end)

    def _quiet_start(self, end: int) -> int:
        """Return the end of the last line before a position that is neither blank nor a comment."""
        at = end if end == len(self.text) else self.line_start(end)
        while at > 0:
            line = self.line_start(len(_strip_break(self.text[:at])))
            stop = len(_strip_break(self.text[:at]))
            if not _QUIET.fullmatch(self.text[line:stop]):
                return stop
            at = line
        return 0


def parse_document(name: str, data: bytes) -> Document:
    """Return a file with its nodes.

    Raises:
        ConfigError: it is not UTF-8 (`esphome_text`), no YAML (`esphome_yaml`), or no mapping (`esphome_mapping`).
    """
    bom, text, root = compose_text(name, data)
    if not isinstance(root, MappingNode):
        raise ConfigError(
            f"{name} does not hold the keys of a configuration.", code="esphome_mapping", values={"file": name}
        )
    return Document(name, bom, text, root)


def compose_text(name: str, data: bytes) -> tuple[str, str, Node]:
    """Return a file's mark of byte order, its text and the node that it holds; ConfigError as `parse_document`."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        message = f"{name} is not text in UTF-8."
        raise ConfigError(message, "Save it as UTF-8.", code="esphome_text", values={"file": name}) from None
    bom = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    try:
        _check_depth(name, text)
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise ConfigError(
            f"{name} is not valid YAML, at line {line}: {getattr(error, 'problem', None) or error}",
            "Correct it in ESPHome, then try again.",
            code="esphome_yaml",
            values={"file": name, "line": line},
        ) from None
    return bom, text, root or ScalarNode(NULL, "")


def _check_depth(name: str, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise unsafe_edit(name)


def children(node: Node) -> list[Node]:
    """Return the nodes right below one; of a mapping, keys and values in turn."""
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def pairs(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """Yield the keys and values of a mapping; of anything else nothing."""
    if isinstance(node, MappingNode):
        yield from node.value


def get(node: Node | None, key: str) -> Node | None:
    """Return the value of a key of a mapping, as it stands there (not what is merged in)."""
    return next((value for name, value in pairs(node) if name.value == key and name.tag != MERGE), None)


def after(key: Node, value: Node) -> bool:
    """Return whether a value is written behind its key: an alias stands for one that was written before."""
    return value.start_mark.index >= key.end_mark.index


def ends_in_alias(node: CollectionNode) -> bool:
    """Return whether the last part of a collection is an alias: its node stands before, perhaps in the collection."""
    *others, last = children(node)
    return bool(last.start_mark.index < max([node.start_mark.index, *(other.end_mark.index for other in others)]))


def first_line(text: str, node: CollectionNode) -> int:
    """Return where the first key or dash of a block collection stands: its node begins with its anchor or tag."""
    start = node.start_mark.index
    if isinstance(node, MappingNode):
        return int(node.value[0][0].start_mark.index)
    if text[start] == "-":
        return int(start)
    found = re.compile(r"^ *(?=-(\s|$))", re.MULTILINE).search(text, start)
    return found.end() if found else int(start)


def _strip_break(text: str) -> str:
    """Return text without the one line end at its end."""
    return text[:-2] if text.endswith("\r\n") else text[:-1] if text.endswith(("\n", "\r")) else text
