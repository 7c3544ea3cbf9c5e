"""What is said outside the panel, in the user's language: the texts that script/document takes from its catalogue."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"
_OPEN = re.compile(r"\{(\w+)\}")
Values = Mapping[str, str | int | float]


@cache
def read_texts(language: str) -> Mapping[str, str]:
    """Return the texts of a language such as `de` or `de_AT`; English where there are none of it."""
    short = re.split(r"[-_]", language.lower())[0]
    known = {path.stem: path for path in _FOLDER.glob("*.json")}
    texts: dict[str, str] = json.loads(known.get(short, known["en"]).read_text(encoding="utf-8"))
    return texts


def say(texts: Mapping[str, str], key: str, values: Values) -> str | None:
    """Return a text with its values; None where there is none, or one that it names did not come."""
    number = values.get("n")
    text = texts.get(key) or texts.get(f"{key}.{'one' if number == 1 else 'other'}")
    if text is None or not set(_OPEN.findall(text)) <= values.keys():
        return None
    return _OPEN.sub(lambda found: _written(values[found[1]]), text).strip()


def tell(texts: Mapping[str, str], code: str, message: str, hint: str, values: Values, *families: str) -> str:
    """Return what went wrong and what to do: by the code, of the first family that has it, else as it came."""
    given = {"message": message, "hint": hint, **values}
    for family in families:
        if said := say(texts, f"{family}.{code}", given):
            return f"{said} {say(texts, f'{family}.{code}.hint', given) or ''}".strip()
    return f"{message} {hint}".strip()


def _written(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
