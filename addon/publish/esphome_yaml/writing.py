"""Our lines in a file: brought to a version, added, taken away."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from yaml.nodes import SequenceNode

from addon.publish.esphome_yaml.document import Document, get
from addon.publish.esphome_yaml.entry import ModelEntry, model_id
from addon.publish.esphome_yaml.errors import fixed_packages
from addon.publish.esphome_yaml.marks import (
    Block,
    Kind,
    add_lines,
    cover,
    enclose,
    find_blocks,
    rewrite,
    take_out,
    take_out_bare_holders,
)
from addon.publish.esphome_yaml.places import (
    MODELS,
    PACKAGES,
    SELECTS,
    Place,
    find_items,
    find_place,
    item_lines,
    own_models,
)
from addon.publish.esphome_yaml.rendering import (
    Lines,
    nest,
    render_model,
    render_model_inline,
    render_package,
    render_select,
)

_KINDS = {MODELS: Kind.MODEL, SELECTS: Kind.SENSITIVITY}


@dataclass(frozen=True)
class Writing:
    """A model, and how it is written into the main file of a device.

    Attributes:
        entry: the model.
        switchable: Home Assistant can switch the device's words on and off; else our select switches the word on.
        merged: paths of keys that `<<` brings into the file.
    """

    entry: ModelEntry
    switchable: bool
    merged: Set[str]

    @property
    def wanted(self) -> list[str]:
        """The lists that get an item."""
        return [MODELS, SELECTS] if self.entry.choices else [MODELS]

    def held(self, doc: Document) -> set[str]:
        """Return the lists for which a file has an item of the word."""
        held = {MODELS} if find_items(doc, self.entry.word) else set()
        for block in self._blocks(doc):
            held |= {path for path in _KINDS if block.kind is _KINDS[path] or _is_packed(doc, block, path)}
        return held

    def renew(self, doc: Document) -> Document:
        """Return the file with what it holds of the word brought to this version, where it stands."""
        for place in range(len(self._blocks(doc)) - 1, -1, -1):
            block = self._blocks(doc)[place]
            if block.kind is Kind.PACKAGE:
                doc = self._pack_again(doc, block, [path for path in self.wanted if _is_packed(doc, block, path)])
            elif block.kind is Kind.MODEL:
                doc = doc.edited(rewrite(doc, block, render_model(self.entry, self._kept(doc))))
            elif self.entry.choices:
                doc = doc.edited(rewrite(doc, block, self._item(doc, SELECTS)))
            else:
                doc = take_out_bare_holders(doc.edited(take_out(doc, block)))
        return doc if any(block.kind is Kind.MODEL for block in self._blocks(doc)) else self._take_over(doc)

    def add(self, doc: Document, paths: list[str]) -> tuple[Document, list[str]]:
        """Return the file with items for lists, and for which of them they had to go into a package.

        Raises:
            ConfigError: neither those lists nor packages are this file's own.
        """
        packed: list[str] = []
        for path in paths:
            placed = self._put(doc, path)
            doc, packed = (placed, packed) if placed else (doc, [*packed, path])
        return (self._pack(doc, packed) if packed else doc), packed

    def _put(self, doc: Document, path: str) -> Document | None:
        """Return the file with an item in the list at a path, or None where that list is not this file's own."""
        place = find_place(doc, path, self.merged)
        if place is None or (place.inline is not None and path != MODELS):
            return None
        if place.inline is not None:
            item = place.inline + render_model_inline(self.entry, {})
            return doc.edited(doc.text[: place.at] + item + doc.text[place.at :])
        return _write(doc, path, place, enclose(_KINDS[path], self.entry.word, self._item(doc, path), 0))

    def _pack(self, doc: Document, paths: list[str]) -> Document:
        """Return the file with a package of ours that holds the items for these lists."""
        for block in self._blocks(doc):
            if block.kind is Kind.PACKAGE:
                held = [path for path in _KINDS if path in paths or _is_packed(doc, block, path)]
                return self._pack_again(doc, block, held)
        place = find_place(doc, PACKAGES, self.merged)
        if place is None or place.inline is not None:
            raise fixed_packages(doc.name)
        lines = self._package(doc, paths, listed=not place.named and not place.missing)
        return _write(doc, PACKAGES, place, enclose(Kind.PACKAGE, self.entry.word, lines, 0))

    def _pack_again(self, doc: Document, block: Block, paths: list[str]) -> Document:
        listed = doc.text[block.body : block.close].lstrip().startswith("-")
        return doc.edited(rewrite(doc, block, self._package(doc, paths, listed)))

    def _package(self, doc: Document, paths: list[str], listed: bool) -> Lines:
        return render_package(self.entry.word, {path: self._item(doc, path) for path in paths}, listed)

    def _take_over(self, doc: Document) -> Document:
        """Return the file with an item of the word that a person wrote, or one between brackets, in this version."""
        items = find_items(doc, self.entry.word)
        if not items:
            return doc
        kept, models = self._kept(doc), own_models(doc)
        if isinstance(models, SequenceNode) and models.flow_style:
            start, end = items[0].start_mark.index, items[0].end_mark.index
            return doc.edited(doc.text[:start] + render_model_inline(self.entry, kept) + doc.text[end:])
        begin, end, indent = item_lines(doc, items[0])
        lines = enclose(Kind.MODEL, self.entry.word, render_model(self.entry, kept), indent)
        return doc.edited(cover(doc.text, begin, end, lines, doc.eol(begin)))

    def _blocks(self, doc: Document) -> list[Block]:
        return [block for block in find_blocks(doc) if block.word == self.entry.word]

    def _kept(self, doc: Document) -> Mapping[str, str]:
        """Return what a person chose for the item of the word in this file, as it is written."""
        item = next(iter(find_items(doc, self.entry.word)), None)
        found = {key: get(item, key) for key in ("id", "internal")}
        return {key: doc.text[v.start_mark.index : v.end_mark.index] for key, v in found.items() if v is not None}

    def _item(self, doc: Document, path: str) -> Lines:
        if path == MODELS:
            return render_model(self.entry, {})
        name = get(next(iter(find_items(doc, self.entry.word)), None), "id")
        model = model_id(self.entry.word) if name is None else str(name.value)
        return render_select(self.entry, model, not self.switchable)


def take_away(doc: Document, word: str) -> Document:
    """Return the file without anything of a word."""
    while blocks := [block for block in find_blocks(doc) if block.word == word]:
        doc = doc.edited(take_out(doc, blocks[-1]))
    models = own_models(doc)
    while isinstance(models, SequenceNode) and models.flow_style and (items := find_items(doc, word)):
        place = models.value.index(items[0])
        start, end = items[0].start_mark.index, items[0].end_mark.index
        if place:
            start = models.value[place - 1].end_mark.index
        elif len(models.value) > 1:
            end = models.value[1].start_mark.index
        doc = doc.edited(doc.text[:start] + doc.text[end:])
        models = own_models(doc)
    return take_out_bare_holders(doc)


def _is_packed(doc: Document, block: Block, path: str) -> bool:
    """Return whether a package of ours holds the item for a list."""
    body = doc.text[block.body : block.close]
    key = path.partition(".")[0]
    return block.kind is Kind.PACKAGE and re.search(rf"(?m)^ *(- )?{key}:", body) is not None


def _write(doc: Document, path: str, place: Place, lines: Lines) -> Document:
    """Return the file with our lines at the place for a path, below new keys where they are missing."""
    step, dash = doc.steps
    if place.missing:
        lines = enclose(Kind.HOLDER, "", nest(place.missing, lines, step, step if path == PACKAGES else dash), 0)
    lines = [" " * place.indent + line for line in lines]
    return doc.edited(add_lines(doc.text, place.at, lines, doc.eol(place.at)))
