"""Parts of the pages that are written for people: one file, without a link to anywhere."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from string import Template


def fill_page(title: str, kind: str, heading: str, lead: str, body: Iterable[str]) -> str:
    """Return a page; all but the body is escaped here."""
    page = Template((resources.files("trainer.evaluation") / "page.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=escape(title), kind=escape(kind), heading=escape(heading), lead=escape(lead), body="\n".join(body)
    )


class Raw(str):
    """HTML of our own making, which is not escaped."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[bool] = ()) -> str:
    """Return a table; rows that are marked stand out."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = ""
    for index, row in enumerate(rows):
        chosen = ' class="chosen"' if index < len(marks) and marks[index] else ""
        cells = "".join(f"<td>{cell if isinstance(cell, Raw) else escape(cell)}</td>" for cell in row)
        body += f"<tr{chosen}>{cells}</tr>"
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def details(title: str, inside: str) -> str:
    """Return a part that is folded away."""
    return f"<section><details><summary>{escape(title)}</summary>{inside}</details></section>"


def bar(value: float) -> Raw:
    """Return a bar, 0..1."""
    return Raw(f'<span class="bar"><i style="width:{100 * value:.0f}%"></i></span>')


def pair(parts: Iterable[str]) -> str:
    """Return parts that stand side by side where there is room."""
    inside = "".join(parts)
    return f'<div class="pair">{inside}</div>' if inside else ""


def section(title: str, inside: str, note: str = "") -> str:
    """Return a part with a heading."""
    told = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<section><h2>{escape(title)}</h2>{told}{inside}</section>"
