"""A device's configuration gains a wake word, or loses it: our lines alone come and go.

Only the main file is ever edited, since what it includes may be used by other devices. An item goes into the list of
that file where there is one; into a new list where there is none (ESPHome joins the lists of packages); and where the
list is included, merged or shared by an anchor, into a package of its own within the file.
"""

import difflib
import re
from dataclasses import dataclass

from yaml.nodes import MappingNode, ScalarNode

from addon.publish.esphome_yaml.document import Document, children, get, parse_document
from addon.publish.esphome_yaml.entry import PREFIX, ModelEntry
from addon.publish.esphome_yaml.errors import missing_file, unsafe_edit
from addon.publish.esphome_yaml.marks import find_blocks
from addon.publish.esphome_yaml.notes import Note, always_on, never_on, no_select, same_word, word_first
from addon.publish.esphome_yaml.places import MODELS, SELECTS, own_models
from addon.publish.esphome_yaml.survey import Reader, survey
from addon.publish.esphome_yaml.writing import Writing, take_away

_BREAK = re.compile(r"\r\n|\n|\r")


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
    try:
        found = survey(before, files)
    except RecursionError:  # an anchor within itself
        raise unsafe_edit(main) from None
    written = Writing(entry, found.switchable, found.merged)
    doc = written.renew(before)
    missing = [path for path in written.wanted if path not in written.held(doc)]
    notes: list[Note] = found.check(main, entry.word) if MODELS in missing else []
    if SELECTS in missing and not found.takes_selects():
        missing.remove(SELECTS)
        notes.append(no_select(main))
    doc, packed = written.add(doc, missing)
    if not found.switchable and SELECTS in written.held(doc):
        notes.append(always_on(main))
    elif not found.switchable and found.has_models and MODELS not in packed:
        notes.append(never_on(main))
    if found.has_rival(entry.word):
        notes.append(same_word(entry.word))
    if MODELS in packed and found.has_models:
        notes.append(word_first())
    if take_away(doc, entry.word).text != take_away(before, entry.word).text:
        raise unsafe_edit(main)
    return Edit(main, before.data, doc.data, tuple(notes))


def remove_edit(main: str, files: Reader, word: str) -> Edit:
    """Return the edit by which a device loses a word; all else stays byte for byte as it is now.

    Raises:
        ConfigError: the file cannot be read, or marks of ours are broken.
    """
    before = open_main(main, files)
    return Edit(main, before.data, take_away(before, word).data)


def find_words(main: str, files: Reader) -> tuple[str, ...]:
    """Return our words that a main file holds, in the order of the file."""
    doc = open_main(main, files)
    words = [block.word for block in find_blocks(doc) if block.word]
    names = [get(item, "id") for item in children(own_models(doc)) if isinstance(item, MappingNode)]
    ours = [str(name.value) for name in names if isinstance(name, ScalarNode)]
    words += [name.removeprefix(f"{PREFIX}_") for name in ours if name.startswith(f"{PREFIX}_")]
    return tuple(dict.fromkeys(words))


def open_main(main: str, files: Reader) -> Document:
    """Return a main file; ConfigError `esphome_missing` where there is none."""
    data = files(main)
    if data is None:
        raise missing_file(main)
    return parse_document(main, data)
