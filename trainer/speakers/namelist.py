"""The name list: who speaks in which recording, as JSON that people correct by hand."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.core.clips import Rejection
from trainer.data.listing import speaker_named
from trainer.errors import DataError

FORMAT = "wakesmith speakers 1"
HOW = (
    'Give every person a name: "Anna" becomes speaker_anna_take1.wav, speaker_anna_take2.wav and so on.',
    "The same name twice is one person. Move a recording from list to list where it belongs to another.",
    'Recordings under the name "" stay as they are; so do those that stand in no list.',
)
LONGEST_NAME = 40  # characters: in any script the file's name then stays below the 255 bytes that systems allow
_TOLD = 5  # faults in a message


@dataclass(frozen=True)
class Person:
    """A person and their recordings, as paths below the folder. `label` begins their files' names; "" names none."""

    name: str
    label: str
    recordings: tuple[str, ...]


def write_names(speakers: Iterable[tuple[str, Sequence[str]]], left_out: Iterable[Rejection]) -> str:
    """Return a name list for people to edit: names with recordings, and what could not be listened to, and why."""
    data = {
        "format": FORMAT,
        "how": HOW,
        "speakers": [{"name": name, "recordings": list(recordings)} for name, recordings in speakers],
        "left_out": [{"recording": r.origin, "reason": r.message} for r in left_out],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def read_names(path: Path) -> list[Person]:
    """Read a name list, entries of one name joined, in the order of the list.

    Raises:
        DataError: it is no name list; or names or recordings in it are wrong, all of which the message says.
    """
    entries = _entries(path)
    faults: list[str] = []
    people: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    holders: dict[str, str] = {}
    for place, entry in enumerate(entries, 1):
        name, recordings = _entry(entry, f"entry {place} of `speakers`", faults)
        try:
            label = label_of(name)
        except DataError as error:
            faults.append(error.message)
            continue
        first = names.setdefault(label, name)
        if _plain(first) != _plain(name):
            faults.append(f"{first!r} and {name!r} would have the same file names; write one of them differently")
        for recording in recordings:
            if recording in holders:
                faults.append(f"{recording} stands under {holders[recording]!r} and {name!r}; keep one of them")
            holders[recording] = name
            people[label].append(recording)
    if faults:
        more = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        raise DataError(
            f"{path}: {'; '.join(faults[:_TOLD])}{more}",
            hint="Correct the list and run the same command again; nothing was renamed.",
        )
    return [Person(names[label], label, tuple(recordings)) for label, recordings in people.items()]


def label_of(name: str) -> str:
    """Return what the names of a person's files begin with, as the listing of recordings reads it back.

    "speaker3" is itself, "Anna Lena" is "speaker_anna_lena", "" is "". Letters of every script are kept.

    Raises:
        DataError: nothing of the name can stand in a file's name, or it would be read as another.
    """
    if not name.strip():
        return ""
    letters = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in _plain(name))
    word = "_".join(letters.split())
    label = word if word.startswith("speaker") and word != "speaker" else f"speaker_{word}"
    if not word or len(word) > LONGEST_NAME or speaker_named(f"{label}_take1") != label:
        raise DataError(
            f"the name {name!r} cannot stand in a file's name; 1 to {LONGEST_NAME} letters and digits are allowed, "
            'and no word "take"'
        )
    return label


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold().strip())


def _entries(path: Path) -> list[Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}",
            hint="Name the list that `wakesmith speakers analyze FOLDER` wrote.",
        ) from error
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            hint="Look for a comma or quotation mark that is missing there or one too many.",
        ) from error
    except (UnicodeDecodeError, _Twice, RecursionError) as error:
        raise DataError(f"{path} is not a name list: {error}", hint="Save it as UTF-8, each key once.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("speakers"), list):
        raise DataError(
            f'{path} is not a name list: an object with "format": "{FORMAT}" and a list "speakers" is expected',
            hint="`wakesmith speakers analyze FOLDER` writes one.",
        )
    entries: list[Any] = data["speakers"]
    return entries


class _Twice(ValueError):
    """A key stands twice in one object; JSON would forget the first."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(f"{key!r} stands twice in one entry")
        found[key] = value
    return found


def _entry(entry: Any, where: str, faults: list[str]) -> tuple[str, list[str]]:
    if not isinstance(entry, dict) or set(entry) != {"name", "recordings"}:
        faults.append(f'{where} needs "name" and "recordings" and nothing else. Received: {_short(entry)}')
        return "", []
    name, recordings = entry["name"], entry["recordings"]
    if not isinstance(name, str):
        faults.append(f"{where}: a name in quotation marks is expected. Received: {_short(name)}")
        name = ""
    if not isinstance(recordings, list) or not all(isinstance(r, str) for r in recordings):
        faults.append(f"{where}: `recordings` is a list of file names. Received: {_short(recordings)}")
        recordings = []
    return name, recordings


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
