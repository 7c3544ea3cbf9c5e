"""Fields of requests: text without control characters, finite numbers; and the base of all their models."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_WHOLE = 2**53  # beyond it, JSON's readers disagree


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters are not allowed")
    return text


def _sayable(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text) or "\x7f" in text:
        raise ValueError("control characters are not allowed")
    return text


def _text(least: int, most: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


Text = Annotated[str, _text(1, 200), AfterValidator(_printable)]
Line = Annotated[str, _text(0, 200), AfterValidator(_printable)]
Notes = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_sayable)]
Phrase = Annotated[str, _text(1, 100), AfterValidator(_printable)]
Language = Annotated[str, StringConstraints(pattern=r"^(auto|[a-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2})$")]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Seconds = Annotated[float, Field(allow_inf_nan=False, ge=0, le=86400)]
Whole = Annotated[int, Field(ge=-_WHOLE, le=_WHOLE)]
Scalar = bool | Whole | Number | Line | None
Setting = Scalar | Annotated[list[Scalar], Field(max_length=100)]


class Asked(BaseModel):
    """The base of what is sent: unknown keys are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
