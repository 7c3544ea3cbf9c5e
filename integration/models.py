"""What the app keeps, as far as Home Assistant shows it. Keys that are not known are passed over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .const import DEPLOYMENT_ENDED, TARGET_ENDED

type Json = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        request: what was asked for, as the app takes it again.
        eta_s: seconds left of the stage; `done` of `total` units.
    """

    id: str
    phrase: str
    state: str
    request: Json = field(default_factory=dict)
    created: str = ""
    position: int = -1
    stage: str = ""
    done: int = 0
    total: int = 0
    eta_s: float | None = None
    message: str = ""
    hint: str = ""
    model: str | None = None

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        request = {key: value for key, value in dict(told.get("request") or {}).items() if value is not None}
        return cls(**_known(cls, told) | {"request": request, "phrase": str(request.get("phrase", ""))})


@dataclass(frozen=True)
class Model:
    """A finished wake word; shares and rates are those of its report."""

    id: str
    word: str
    version: int
    phrase: str
    language: str = ""
    created: str = ""
    recall: float | None = None
    recall_low: float | None = None
    false_accepts_high: float | None = None
    summary: str = ""
    notes: str = ""
    deleted: str | None = None

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        return cls(**_known(cls, told))


@dataclass(frozen=True)
class Publication:
    """A word whose files stand where ESPHome and Home Assistant look; `previous` is what rollback returns to."""

    word: str
    model: str
    phrase: str = ""
    previous: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        return cls(**_known(cls, told) | {"previous": tuple(told.get("previous") or ())})


@dataclass(frozen=True)
class Satellite:
    """A device of the house; `sensitivities` as the app tells them."""

    id: str
    name: str
    delivery: str
    room: str = ""
    entity: str | None = None
    active: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    sensitivities: tuple[Json, ...] = ()

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        several = {key: tuple(told.get(key) or ()) for key in ("active", "available", "sensitivities")}
        return cls(**_known(cls, told) | several)


@dataclass(frozen=True)
class Target:
    """One satellite of a deployment."""

    satellite: str
    name: str = ""
    state: str = "waiting"
    percent: int | None = None
    message: str = ""
    hint: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in TARGET_ENDED

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        return cls(**_known(cls, told))


@dataclass(frozen=True)
class Deployment:
    """A model on its way to satellites."""

    id: str
    model: str
    state: str
    created: str = ""
    targets: tuple[Target, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in DEPLOYMENT_ENDED

    @classmethod
    def read(cls, told: Json) -> Self:
        """Read what the app tells."""
        return cls(**_known(cls, told) | {"targets": tuple(Target.read(t) for t in told.get("targets") or ())})


def _known(cls: type[Any], told: Json) -> dict[str, Any]:
    return {name: told[name] for name in cls.__dataclass_fields__ if name in told}
