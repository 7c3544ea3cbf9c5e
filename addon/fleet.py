"""Where finished wake words go: the satellites of the house, what is published, and what is sent to which of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Values = Mapping[str, str | int | float]


class Delivery(StrEnum):
    """How a satellite takes a model."""

    EXTERNAL = "external"  # it loads words by itself: no flash
    FLASH = "flash"
    NONE = "none"


@dataclass(frozen=True)
class Sensitivity:
    """A word's run-time sensitivity on a satellite.

    Attributes:
        entity: Home Assistant's: a select with `options`, or a number from `low` to `high` in steps of `step`, which
            is the threshold of whatever the satellite listens for at that place.
        option: the one that is chosen, or the number; "" if it is not known.
    """

    entity: str
    word: str
    options: tuple[str, ...]
    option: str
    low: float | None = None
    high: float | None = None
    step: float | None = None


@dataclass(frozen=True)
class Satellite:
    """A device of the house.

    Attributes:
        id: its MAC address in lower case without colons; `name_<name>` where it tells none.
        board: such as "esp32-s3-devkitc-1"; `version`: of ESPHome; `project`: such as "esphome.voice-pe".
        configuration: its YAML file in ESPHome's folder, such as "kitchen.yaml".
        entity: its assist satellite in Home Assistant, such as "assist_satellite.kitchen".
        active, available: ids of wake words that it listens for, and that it could choose.
        most_active: how many at a time.
        sources: who knows it: "mdns", "registry", "dashboard".
        as_of: when Home Assistant last told of it, where it cannot be asked now.
        code, message, hint, values: why it takes none, or what to know about how.
    """

    id: str
    name: str
    delivery: Delivery
    room: str = ""
    board: str = ""
    version: str = ""
    project: str = ""
    address: str = ""
    online: bool | None = None
    configuration: str | None = None
    entity: str | None = None
    active: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    most_active: int = 1
    sensitivities: tuple[Sensitivity, ...] = ()
    sources: tuple[str, ...] = ()
    as_of: str | None = None
    code: str = ""
    message: str = ""
    hint: str = ""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """A word whose files stand where ESPHome and Home Assistant look.

    Attributes:
        word: the id without its version; `model`: the version that counts.
        previous: versions that were published before it, the last first: what rollback returns to.
        overridden: quality bounds that the user passed over knowingly.
    """

    word: str
    model: str
    phrase: str
    published: str
    previous: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()


class TargetState(StrEnum):
    """Where one satellite of a deployment stands; the last four are ends."""

    WAITING = "waiting"
    PLACING = "placing"
    EDITING = "editing"
    CHECKING = "checking"
    COMPILING = "compiling"
    UPLOADING = "uploading"
    ACTIVATING = "activating"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in (TargetState.DONE, TargetState.FAILED, TargetState.SKIPPED, TargetState.CANCELLED)


@dataclass(frozen=True)
class Target:
    """One satellite of a deployment.

    Attributes:
        satellite: its id; `name` as it was called then.
        percent: of the state it is in, where that is known; `line`: what the tool last said.
        edit: the id of the edit of its YAML, which can be undone, or of an undo was.
        flashed: whether an upload began.
        code, message, hint, values: of its failure.
        before: ids of the words that it listened for when its turn came.
    """

    satellite: str
    name: str
    delivery: Delivery
    state: TargetState = TargetState.WAITING
    percent: int | None = None
    line: str = ""
    edit: str = ""
    flashed: bool = False
    code: str = ""
    message: str = ""
    hint: str = ""
    values: Values = field(default_factory=dict)
    before: tuple[str, ...] = ()


class DeploymentState(StrEnum):
    """What becomes of a deployment; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the app ended in the middle

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in (DeploymentState.QUEUED, DeploymentState.RUNNING, DeploymentState.CANCELLING)


@dataclass(frozen=True)
class Deployment:
    """A model on its way to satellites, one after another.

    Attributes:
        kind: "send", "rollback" or "undo"; `of`: the deployment that is undone.
        undone: whether an undo of it was done.
        replaced: the version that was published before, where this published another: what undo publishes again.
    """

    id: str
    model: str
    kind: str
    state: DeploymentState
    created: str
    targets: tuple[Target, ...]
    started: str | None = None
    ended: str | None = None
    of: str | None = None
    undone: bool = False
    replaced: str = ""


def word_of(model: str) -> str:
    """Return the word of a versioned model id: `hey_jarvis` of `hey_jarvis_v2`; any other id as it is."""
    word, _, version = model.rpartition("_v")
    return word if word and version.isdecimal() else model
