"""What others say of themselves, made harmless: devices, YAML files and Home Assistant are believed within limits."""

import re
import unicodedata
from typing import Any

MOST_IDS = 64  # wake words of one satellite: a device holds a handful
_LONGEST = 64  # characters of a name
_MAC = re.compile(r"[0-9a-f]{12}")
_NOBODY = ("000000000000", "ffffffffffff")  # what devices say that do not know theirs
_FILE = re.compile(r"[^\s./\\][^/\\]{0,200}\.ya?ml", re.IGNORECASE)
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,3})(?:\.(\d{1,3}))?")


def clean(value: Any, longest: int = _LONGEST) -> str:
    """Return text as one printable line, without invisible characters; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    shown = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", value[: 4 * longest]))
    kept = "".join(c for c in shown if not unicodedata.category(c).startswith("C"))
    return " ".join(kept.split())[:longest].rstrip()


def clean_mac(value: Any) -> str:
    """Return a MAC as 12 digits in lower case; "" for what is none."""
    digits = re.sub(r"[^0-9a-f]", "", value.lower()) if isinstance(value, str) and len(value) <= 24 else ""
    return digits if _MAC.fullmatch(digits) and digits not in _NOBODY else ""


def clean_ids(value: Any) -> tuple[str, ...]:
    """Return a list's texts, each once, in their order."""
    found = [clean(item) for item in value[:MOST_IDS]] if isinstance(value, list | tuple) else []
    return tuple(dict.fromkeys(filter(None, found)))


def clean_file(value: Any) -> str | None:
    """Return the name of a YAML file in one folder; None for what is none, paths among them."""
    return value if isinstance(value, str) and _FILE.fullmatch(value) and value.isprintable() else None


def slug(name: str) -> str:
    """Return what two spellings of a device's name have in common."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def is_older(version: str, least: str) -> bool:
    """Say whether a version of ESPHome is below another; what is no version is not."""
    found, wanted = (_VERSION.match(text) for text in (version, least))
    if not found or not wanted:
        return False
    return tuple(int(n or 0) for n in found.groups()) < tuple(int(n or 0) for n in wanted.groups())
