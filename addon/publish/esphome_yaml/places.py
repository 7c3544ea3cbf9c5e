"""Where in a file an item of ours can stand."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from addon.publish.esphome_yaml.document import (
    MAP,
    NULL,
    SEQ,
    Document,
    after,
    children,
    ends_in_alias,
    first_line,
    get,
    pairs,
)
from addon.publish.esphome_yaml.entry import model_id, model_of
from addon.publish.esphome_yaml.marks import Kind, find_blocks

MODELS, SELECTS, PACKAGES = "micro_wake_word.models", "select", "packages"
_QUIET = re.compile(r"[ \t]*(#.*)?")


@dataclass(frozen=True)
class Place:
    """A place for an item.

    Attributes:
        at: behind the line that ends here; between brackets: right here.
        indent: blanks before the item's first line.
        missing: keys that have to be made first, the list's own the last.
        inline: between brackets: what stands before the item there (", " or nothing); else None.
        named: below a key of its own, not in a list (packages by name).
    """

    at: int
    indent: int = 0
    missing: tuple[str, ...] = ()
    inline: str | None = None
    named: bool = False


def find_place(doc: Document, path: str, merged: Set[str]) -> Place | None:
    """Return where an item can be added to the list at a path of keys; None: not without touching other things.

    Args:
        doc: the file.
        path: keys with dots between them.
        merged: paths that `<<` brings, which a key of the file's own would hide.
    """
    keys = path.split(".")
    node: MappingNode = doc.root
    for depth, key in enumerate(keys):
        value = get(node, key)
        if value is None:
            return None if ".".join(keys[: depth + 1]) in merged else _beside(doc, node, tuple(keys[depth:]))
        name = next(name for name, found in pairs(node) if found is value)
        last = depth == len(keys) - 1
        if not after(name, value) or id(value) in doc.shared:
            return None
        if _is_empty(doc, value):
            return _below_empty(doc, name, value, tuple(keys[depth + 1 :]))
        if not last:
            if not isinstance(value, MappingNode) or value.tag != MAP or not value.value:
                return None
            node = value
        elif isinstance(value, SequenceNode) and value.tag == SEQ:
            return _in_list(doc, value)
        elif path == PACKAGES and isinstance(value, MappingNode) and value.tag == MAP and not value.flow_style:
            place = _beside(doc, value, ())
            return replace(place, named=True) if place else None
    return None


def _beside(doc: Document, node: MappingNode, missing: tuple[str, ...]) -> Place | None:
    """Return the place behind the last key of a mapping."""
    if node.flow_style or not node.value:
        return None
    indent = doc.column(first_line(doc.text, node))
    at = doc.content_end(node)
    if node is doc.root:
        tail = doc.text[at:]
        if all(_QUIET.fullmatch(line) for line in re.split(r"\r\n|\n|\r", tail)):
            at = doc.line_end(max(at, len(doc.text.rstrip()) - 1))
    return Place(_behind_blocks(doc, at, indent, whole=True), indent, missing)


def _below_empty(doc: Document, key: Node, value: Node, missing: tuple[str, ...]) -> Place:
    """Return the place below a key that has no value yet."""
    step = doc.steps[0] if missing else doc.steps[1]
    return Place(doc.line_end(value.start_mark.index), key.start_mark.column + step, missing)


def _is_empty(doc: Document, value: Node) -> bool:
    start = value.start_mark.index
    if not isinstance(value, ScalarNode) or value.tag != NULL or value.end_mark.index > start:
        return False
    return _QUIET.fullmatch(doc.text[start : doc.line_end(start)]) is not None


def _in_list(doc: Document, node: SequenceNode) -> Place | None:
    if not node.flow_style:
        indent = doc.column(first_line(doc.text, node))
        return Place(_behind_blocks(doc, doc.content_end(node), indent, whole=False), indent)
    if not node.value:
        return Place(node.end_mark.index - 1, inline="")
    last = node.value[-1]
    if ends_in_alias(node):
        return None
    text = doc.text[last.start_mark.index : last.end_mark.index]
    return Place(last.start_mark.index + len(text.rstrip()), inline=", ")


def _behind_blocks(doc: Document, at: int, indent: int, whole: bool) -> int:
    """Return a position moved behind our blocks: an item of a list stays in the holder of its list."""
    for block in find_blocks(doc):
        if block.holds(at) and (block.indent >= indent if whole else block.kind is not Kind.HOLDER):
            at = max(at, block.end)
    return at


def own_models(doc: Document) -> Node:
    """Return what the file itself has as the list of models; an empty scalar where it has none."""
    return get(get(doc.root, "micro_wake_word"), "models") or ScalarNode(NULL, "")


def find_items(doc: Document, word: str) -> list[Node]:
    """Return the items of the file's own list of models that are of a word of ours, whoever wrote them."""
    models = own_models(doc)
    items = children(models) if isinstance(models, SequenceNode) and id(models) not in doc.shared else []
    return [item for item in items if after_start(models, item) and is_model(item, word)]


def after_start(node: Node, item: Node) -> bool:
    """Return whether an item is written within its list (an alias is not)."""
    return item.start_mark.index >= node.start_mark.index


def is_model(item: Node, word: str) -> bool:
    """Return whether an item of `models` is a version of a word of ours, by its file or its id."""
    if isinstance(item, ScalarNode):
        return bool(model_of(item.value, word))
    path, name = get(item, "model"), get(item, "id")
    own = isinstance(name, ScalarNode) and name.value == model_id(word)
    return own or (isinstance(path, ScalarNode) and bool(model_of(path.value, word)))


def item_lines(doc: Document, item: Node) -> tuple[int, int, int]:
    """Return where the lines of a list's item begin and end, and the column of its dash."""
    begin = doc.line_start(item.start_mark.index)
    dash = re.compile(r" *(?=-(\s|$))")
    while not (found := dash.match(doc.text, begin)) and begin:
        begin = doc.line_start(begin - 1)
    end = doc.content_end(item) if isinstance(item, CollectionNode) else doc.line_end(item.end_mark.index)
    return begin, end, len(found[0]) if found else 0
