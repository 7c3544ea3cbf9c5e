"""Where on the broker what stands: all below `wakesmith/<id>`, and Home Assistant's own topics."""

from dataclasses import dataclass

BIRTH = "homeassistant/status"  # what Home Assistant says when it begins, and its last will


@dataclass(frozen=True)
class Topics:
    """The topics of one installation, by its id."""

    id: str

    @property
    def root(self) -> str:
        """What all of ours begin with."""
        return f"wakesmith/{self.id}"

    @property
    def device(self) -> str:
        """Return the name of our device in Home Assistant."""
        return f"wakesmith_{self.id}"

    @property
    def discovery(self) -> str:
        """Where Home Assistant learns of the device."""
        return f"homeassistant/device/{self.device}/config"

    @property
    def availability(self) -> str:
        """`online` or `offline`."""
        return f"{self.root}/availability"

    @property
    def training(self) -> str:
        """How the training goes."""
        return f"{self.root}/training"

    @property
    def announce(self) -> str:
        """What happened, for whoever wants to know."""
        return f"{self.root}/announce"

    @property
    def command(self) -> str:
        """What is asked of us."""
        return f"{self.root}/command"

    @property
    def answer(self) -> str:
        """What became of it."""
        return f"{self.root}/answer"

    def word(self, word: str) -> str:
        """Where a word's versions and figures stand."""
        return f"{self.root}/word/{word}"
