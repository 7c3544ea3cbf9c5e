"""What choices may be: ranges, shares, conditions; and the words for what they may not."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field

T = TypeVar("T")
Range = tuple[float, float]
CONDITIONS = (
    "clean, rooms, far, telephone, noise_Ndb (such as noise_10db; also white, brown, hum, fan, clicks, babble), "
    "level_Ndb (such as level_-20db), clipped_Ndb (clipped_20db), speed_Npc (speed_120pc) or pitch_Nst (pitch_-3st)"
)
CONDITION = re.compile(
    r"clean|rooms|far|telephone"
    r"|(noise|white|brown|hum|fan|clicks|babble|level|clipped)_(-?\d+(?:\.\d+)?)db"
    r"|(speed)_([5-9]\d|1\d\d|200)pc|(pitch)_(-?(?:\d|1[0-2]))st"
)
_WORDS = {
    "greater_than_equal": ">= {ge:g}",
    "greater_than": "> {gt:g}",
    "less_than_equal": "<= {le:g}",
    "less_than": "< {lt:g}",
    "too_short": "at least {min_length} entry",
    "too_long": "at most {max_length} entries",
    "literal_error": "{expected}",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "path_type": "a folder's path",
    "tuple_type": "a list, such as [a, b],",
    "dict_type": "a mapping, such as {{key: value}},",
    "mapping_type": "a mapping, such as {{key: value}},",
    "dataclass_type": "a section of keys",
    "missing": "a pair of numbers",
    "value_error": "{error}",
}


class Limit:
    """A rule that a value must keep, with its words: for the message, and for the table of all choices."""

    def __init__(self, words: str, holds: Callable[[Any], bool]) -> None:
        self.words, self._holds = words, holds

    def __call__(self, value: T) -> T:
        """Return the value, if the rule holds. Raises ValueError with the rule's words."""
        if not self._holds(value):
            raise ValueError(self.words)
        return value


def limit(words: str, holds: Callable[[Any], bool]) -> AfterValidator:
    """Return a rule for a field."""
    return AfterValidator(Limit(words, holds))


def _rising(value: Range) -> bool:
    return value[0] <= value[1]


def _hears(shares: Mapping[str, float]) -> bool:
    return shares.get("positive", 0) > 0 and sum(shares.values()) > shares["positive"]


Rising = Annotated[Range, limit("[low, high]", _rising)]
Factors = Annotated[Range, limit("[low, high], above 0", lambda v: 0 < v[0] <= v[1])]
Portions = Annotated[Range, limit("[low, high] within 0..1", lambda v: 0 <= v[0] <= v[1] <= 1)]
Levels = Annotated[Range, limit("[low, high], at most 0", lambda v: v[0] <= v[1] <= 0)]
Weights = Annotated[Range, limit("[positives, negatives], above 0", lambda v: min(v) > 0)]
HEARS = limit("a mapping in which `positive` and one other kind are above 0", _hears)
Condition = Annotated[str, limit(CONDITIONS, lambda name: CONDITION.fullmatch(name) is not None)]
SOME = Field(min_length=1)


def describe(error: Mapping[str, Any]) -> str:
    """Return a fault that pydantic found in our words: what is allowed, and what came."""
    words = _WORDS.get(error["type"], "another value")
    allowed = words.format(**error.get("ctx", {}))
    return f"{allowed} is allowed. Received: {error['input']!r}"
