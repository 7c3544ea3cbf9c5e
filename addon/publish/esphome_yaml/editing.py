"""A device's configuration gains a wake word, or loses it: our lines alone come and go.

Only the main file is ever edited, since what it includes may be used by other devices. An item goes into the list of
that file where there is one; into a new list where there is none (ESPHome joins the lists of packages); and where the
list is included, merged or shared by an anchor, into a package of its own within the file.
"""

import difflib
import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from addon.publish.esphome_yaml.document import Document, children, get, parse_document
from addon.publish.esphome_yaml.entry import PREFIX, ModelEntry, model_id
from addon.publish.esphome_yaml.errors import fixed_packages, missing_file, unsafe_edit
from addon.publish.esphome_yaml.marks import (
    Kind,
    add_lines,
    cover,
    enclose,
    find_blocks,
    rewrite,
    take_out,
    take_out_bare_holders,
)
from addon.publish.esphome_yaml.notes import Note, no_select, word_first
from addon.publish.esphome_yaml.places import MODELS, PACKAGES, SELECTS, Place, find_items, find_place, item_lines
from addon.publish.esphome_yaml.rendering import (
    Lines,
    nest,
    render_model,
    render_model_inline,
    render_package,
    render_select,
)
from addon.publish.esphome_yaml.survey import survey

Reader = Callable[[str], bytes | None]
_BREAK = re.compile(r"\r\n|\n|\r")
_KINDS = {MODELS: Kind.MODEL, SELECTS: Kind.SENSITIVITY}


@dataclass(frozen=True)
class Edit:
    """What becomes of a file; whoever writes it keeps `before` for the way back.

    Attributes:
        name: of the file, as it was asked for.
        before: its bytes.
        after: its bytes with the edit.
        notes: what to know before it is taken.
    """

    name: str
    before: bytes
    after: bytes
    notes: tuple[Note, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The change as a unified diff, line ends left out; "" where there is none."""
        old, new = (_BREAK.split(data.decode()) for data in (self.before, self.after))
        return "\n".join(difflib.unified_diff(old, new, self.name, self.name, lineterm=""))


def plan_edit(main: str, files: Reader, entry: ModelEntry) -> Edit:
    """Return the edit by which a device gains a model, in the place of an earlier version of the word.

    Args:
        main: the device's main file, as `files` knows it.
        files: gives the bytes of a file by its path below ESPHome's folder, or None where there is none.
        entry: the model.

    Raises:
        ConfigError: the device cannot take it, or the file cannot be edited; code, message and hint say why.
    """
    before = open_main(main, files)
    doc = _renew(before, entry)
    try:
        found = survey(doc, files)
    except RecursionError:  # an anchor within itself
        raise unsafe_edit(main) from None
    missing = [path for path in _wanted(entry) if path not in _held(doc, entry.word)]
    notes: list[Note] = found.check(main, entry.word) if MODELS in missing else []
    if SELECTS in missing and not found.takes_selects():
        missing.remove(SELECTS)
        notes.append(no_select(main))
    packed: list[str] = []
    for path in missing:
        placed = _put(doc, entry, path, found.merged)
        doc, packed = (placed, packed) if placed else (doc, [*packed, path])
    if packed:
        doc = _put_package(doc, entry, packed, found.merged)
        if MODELS in packed and found.models:
            notes.append(word_first())
    if _strip(doc, entry.word).text != _strip(before, entry.word).text:
        raise unsafe_edit(main)
    return Edit(main, before.data, doc.data, tuple(notes))


def remove_edit(main: str, files: Reader, word: str) -> Edit:
    """Return the edit by which a device loses a word; all else stays byte for byte as it is now.

    Raises:
        ConfigError: the file cannot be read, or marks of ours are broken.
    """
    before = open_main(main, files)
    return Edit(main, before.data, _strip(before, word).data)


def find_words(main: str, files: Reader) -> tuple[str, ...]:
    """Return our words that a main file holds, in the order of the file."""
    doc = open_main(main, files)
    words = [block.word for block in find_blocks(doc) if block.word]
    names = [get(item, "id") for item in children(_models(doc)) if isinstance(item, MappingNode)]
    ours = [str(name.value) for name in names if isinstance(name, ScalarNode)]
    words += [name.removeprefix(f"{PREFIX}_") for name in ours if name.startswith(f"{PREFIX}_")]
    return tuple(dict.fromkeys(words))


def open_main(main: str, files: Reader) -> Document:
    """Return a main file; ConfigError `esphome_missing` where there is none."""
    data = files(main)
    if data is None:
        raise missing_file(main)
    return parse_document(main, data)


def _models(doc: Document) -> Node:
    return get(get(doc.root, "micro_wake_word"), "models") or ScalarNode("", "")


def _wanted(entry: ModelEntry) -> list[str]:
    return [MODELS, SELECTS] if entry.choices else [MODELS]


def _held(doc: Document, word: str) -> set[str]:
    """Return what a file holds of a word."""
    held = {MODELS} if find_items(doc, word) else set()
    for block in find_blocks(doc):
        if block.word == word:
            body = doc.text[block.body : block.close]
            held |= {path for path in _KINDS if block.kind is _KINDS[path] or _in_package(body, path)}
    return held


def _in_package(body: str, path: str) -> bool:
    return re.search(rf"(?m)^ *(- )?{path.partition('.')[0]}:", body) is not None


def _renew(doc: Document, entry: ModelEntry) -> Document:
    """Return the file with what it holds of the word brought to this version, where it stands."""
    kept, name = _kept(doc, entry.word)
    blocks = [block for block in find_blocks(doc) if block.word == entry.word]
    for place in range(len(find_blocks(doc)) - 1, -1, -1):
        block = find_blocks(doc)[place]
        if block.word != entry.word:
            continue
        body = doc.text[block.body : block.close]
        if block.kind is Kind.MODEL:
            text = rewrite(doc, block, render_model(entry, kept))
        elif block.kind is Kind.PACKAGE:
            parts = {path: _item(entry, path, name) for path in _wanted(entry) if _in_package(body, path)}
            text = rewrite(doc, block, render_package(entry.word, parts, listed=body.lstrip().startswith("-")))
        else:
            text = rewrite(doc, block, render_select(entry, name)) if entry.choices else take_out(doc, block)
        doc = doc.edited(text)
    if not any(block.kind is Kind.MODEL for block in blocks):
        doc = _take_over(doc, entry)
    return doc if entry.choices else take_out_bare_holders(doc)


def _take_over(doc: Document, entry: ModelEntry) -> Document:
    """Return the file with an item of the word that a person wrote, or one between brackets, in this version."""
    items = find_items(doc, entry.word)
    if not items:
        return doc
    kept, _ = _kept(doc, entry.word)
    models = _models(doc)
    if isinstance(models, SequenceNode) and models.flow_style:
        start, end = items[0].start_mark.index, items[0].end_mark.index
        return doc.edited(doc.text[:start] + render_model_inline(entry, kept) + doc.text[end:])
    begin, end, indent = item_lines(doc, items[0])
    lines = enclose(Kind.MODEL, entry.word, render_model(entry, kept), indent)
    return doc.edited(cover(doc.text, begin, end, lines, doc.eol(begin)))


def _kept(doc: Document, word: str) -> tuple[dict[str, str], str]:
    """Return what a person chose for the item of a word in this file, as it is written, and the item's id."""
    item = next(iter(find_items(doc, word)), None)
    found = {key: get(item, key) for key in ("id", "internal")}
    kept = {
        key: doc.text[value.start_mark.index : value.end_mark.index]
        for key, value in found.items()
        if value is not None
    }
    name = found["id"]
    return kept, str(name.value) if name is not None else model_id(word)


def _item(entry: ModelEntry, path: str, name: str) -> Lines:
    return render_model(entry, {}) if path == MODELS else render_select(entry, name)


def _put(doc: Document, entry: ModelEntry, path: str, merged: Set[str]) -> Document | None:
    """Return the file with an item in the list at a path, or None where that list is not this file's own."""
    place = find_place(doc, path, merged)
    if place is None or (place.inline is not None and path != MODELS):
        return None
    if place.inline is not None:
        item = place.inline + render_model_inline(entry, {})
        return doc.edited(doc.text[: place.at] + item + doc.text[place.at :])
    lines = enclose(_KINDS[path], entry.word, _item(entry, path, _kept(doc, entry.word)[1]), 0)
    return _write(doc, path, place, lines)


def _put_package(doc: Document, entry: ModelEntry, paths: list[str], merged: Set[str]) -> Document:
    """Return the file with a package of ours that holds the items for these lists."""
    name = _kept(doc, entry.word)[1]
    place = find_place(doc, PACKAGES, merged)
    for block in find_blocks(doc):
        if block.word == entry.word and block.kind is Kind.PACKAGE:
            body = doc.text[block.body : block.close]
            parts = {path: _item(entry, path, name) for path in _KINDS if path in paths or _in_package(body, path)}
            lines = render_package(entry.word, parts, listed=body.lstrip().startswith("-"))
            return doc.edited(rewrite(doc, block, lines))
    if place is None or place.inline is not None:
        raise fixed_packages(doc.name)
    parts = {path: _item(entry, path, name) for path in paths}
    listed = not place.named and not place.missing
    lines = enclose(Kind.PACKAGE, entry.word, render_package(entry.word, parts, listed), 0)
    return _write(doc, PACKAGES, place, lines)


def _write(doc: Document, path: str, place: Place, lines: Lines) -> Document:
    """Return the file with our lines at the place for a path, below new keys where they are missing."""
    step, dash = doc.steps
    if place.missing:
        lines = enclose(Kind.HOLDER, "", nest(place.missing, lines, step, step if path == PACKAGES else dash), 0)
    lines = [" " * place.indent + line for line in lines]
    return doc.edited(add_lines(doc.text, place.at, lines, doc.eol(place.at)))


def _strip(doc: Document, word: str) -> Document:
    """Return the file without anything of a word."""
    while blocks := [block for block in find_blocks(doc) if block.word == word]:
        doc = doc.edited(take_out(doc, blocks[-1]))
    models = _models(doc)
    while isinstance(models, SequenceNode) and models.flow_style and (items := find_items(doc, word)):
        place = models.value.index(items[0])
        start, end = items[0].start_mark.index, items[0].end_mark.index
        if place:
            start = models.value[place - 1].end_mark.index
        elif len(models.value) > 1:
            end = models.value[1].start_mark.index
        doc = doc.edited(doc.text[:start] + doc.text[end:])
        models = _models(doc)
    return take_out_bare_holders(doc)
