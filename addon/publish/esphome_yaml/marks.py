"""Comments around our lines, by which they are found again, changed and taken out.

    # >>> wakesmith hey_jarvis model (Wakesmith writes these lines: changes in here are lost)
    - model: wakesmith/hey_jarvis_v2.json
      id: wakesmith_hey_jarvis
    # <<< wakesmith hey_jarvis model

Lines of a word have its name and what they are; keys that were made to hold them have marks without a name around
all. Lines that stood there before are kept as comments that begin with `#~`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from addon.publish.esphome_yaml.document import Document
from addon.publish.esphome_yaml.errors import ConfigError
from addon.publish.esphome_yaml.rendering import Lines, indented

KEPT = "#~"
_NOTE = " (Wakesmith writes these lines: changes in here are lost)"
_MARK = re.compile(
    r"^(?P<indent> *)# (?P<side>>>>|<<<) wakesmith(?: (?P<word>[a-z0-9_]+) (?P<kind>model|sensitivity|package))?"
    r"(?: \([^\r\n]*\))?[ \t]*(?=\r|$)",
    re.MULTILINE,
)
_BREAK = re.compile(r"\r\n|\n|\r")
_KEY = re.compile(r"\s*[\w]+:\s*")


class Kind(StrEnum):
    """What stands between two marks; `holder`: keys made for what others hold."""

    HOLDER = "holder"
    MODEL = "model"
    SENSITIVITY = "sensitivity"
    PACKAGE = "package"


@dataclass(frozen=True)
class Block:
    """Marks and what is between them.

    Attributes:
        kind: what it is.
        word: whose lines they are; of holders "".
        indent: blanks before the marks.
        begin: where the first mark's line begins.
        body: where the line after the first mark begins.
        close: where the last mark's line begins.
        end: where that line ends, before its line end.
    """

    kind: Kind
    word: str
    indent: int
    begin: int
    body: int
    close: int
    end: int

    def holds(self, at: int) -> bool:
        """Return whether a position is within, or at the end."""
        return self.begin <= at <= self.end


def find_blocks(doc: Document) -> list[Block]:
    """Return our blocks in the order of their first marks.

    Raises:
        ConfigError: a mark has no partner (`esphome_marks`).
    """
    open_marks: list[tuple[re.Match[str], int]] = []
    found: list[Block] = []
    for mark in _MARK.finditer(doc.text):
        if mark["side"] == ">>>":
            open_marks.append((mark, len(found)))
            found.append(_block(doc, mark, mark))
        elif open_marks and _same(open_marks[-1][0], mark):
            begin, place = open_marks.pop()
            found[place] = _block(doc, begin, mark)
        else:
            raise _broken(doc, mark)
    if open_marks:
        raise _broken(doc, open_marks[-1][0])
    return found


def enclose(kind: Kind, word: str, body: Sequence[str], indent: int) -> Lines:
    """Return lines with marks around them, all moved to the right."""
    name = f" {word} {kind}" if word else ""
    note = _NOTE if word else ""
    return indented([f"# >>> wakesmith{name}{note}", *body, f"# <<< wakesmith{name}"], indent)


def add_lines(text: str, at: int, lines: Sequence[str], eol: str) -> str:
    """Return the text with whole lines behind the line that ends at a position."""
    return text[:at] + "".join(eol + line for line in lines) + text[at:]


def cover(text: str, begin: int, end: int, lines: Sequence[str], eol: str) -> str:
    """Return the text with whole lines kept as comments behind the first of the given lines, in the others' place."""
    kept = KEPT + re.sub(r"(\r\n|\n|\r)", lambda found: found[0] + KEPT, text[begin:end])
    return text[:begin] + lines[0] + eol + kept + "".join(eol + line for line in lines[1:]) + text[end:]


def rewrite(doc: Document, block: Block, body: Lines) -> str:
    """Return the text with another body in a block; lines kept in it stay."""
    kept = _kept_end(doc.text, block)
    eol = doc.eol(block.begin)
    lines = "".join(line + eol for line in indented(body, block.indent))
    return doc.text[:kept] + lines + doc.text[block.close :]


def take_out(doc: Document, block: Block) -> str:
    """Return the text without a block, with what was kept in it in its place."""
    text = doc.text
    kept = _kept_end(text, block)
    if kept > block.body:
        before = re.sub(r"(?m)^#~", "", text[block.body : kept])
        last = _BREAK.search(before, len(before) - 2 if before.endswith("\r\n") else len(before) - 1)
        return text[: block.begin] + before[: last.start() if last else len(before)] + text[block.end :]
    start = block.begin - len(_break_before(text, block.begin))
    if start == block.begin:  # the first line: its own line end goes
        return text[block.end + len(doc.eol(block.end)) :]
    return text[:start] + text[block.end :]


def is_bare(doc: Document, block: Block) -> bool:
    """Return whether nothing but its own keys is left in a holder."""
    return all(_KEY.fullmatch(line) for line in _BREAK.split(doc.text[block.body : block.close]) if line)


def take_out_bare_holders(doc: Document) -> Document:
    """Return the file without the keys that were made for what is gone."""
    while bare := [block for block in find_blocks(doc) if block.kind is Kind.HOLDER and is_bare(doc, block)]:
        doc = doc.edited(take_out(doc, bare[-1]))
    return doc


def _block(doc: Document, begin: re.Match[str], end: re.Match[str]) -> Block:
    kind = Kind(begin["kind"]) if begin["kind"] else Kind.HOLDER
    body = doc.line_end(begin.start()) + len(doc.eol(begin.start()))
    block = Block(kind, begin["word"] or "", len(begin["indent"]), begin.start(), body, end.start(), end.end())
    return replace(block, end=doc.line_end(end.start()))


def _same(begin: re.Match[str], end: re.Match[str]) -> bool:
    return begin["word"] == end["word"] and begin["kind"] == end["kind"]


def _broken(doc: Document, mark: re.Match[str]) -> ConfigError:
    line = len(_BREAK.findall(doc.text[: mark.start()])) + 1
    return ConfigError(
        f"{doc.name}, line {line}: one of the two marks of our lines is missing.",
        "Take our lines out by hand, with what is left of the marks, then try again.",
        code="esphome_marks",
        values={"file": doc.name, "line": line},
    )


def _kept_end(text: str, block: Block) -> int:
    """Return where the lines end that a block keeps; they are the first of its body."""
    at = block.body
    while text.startswith(KEPT, at) and at < block.close:
        found = _BREAK.search(text, at)
        at = found.end() if found else block.close
    return at


def _break_before(text: str, at: int) -> str:
    return "\r\n" if text[:at].endswith("\r\n") else text[at - 1 : at] if text[:at].endswith(("\n", "\r")) else ""
