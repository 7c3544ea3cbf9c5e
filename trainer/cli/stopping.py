"""Ctrl-C and a polite kill: asked once, and not forgotten."""

import signal
from types import FrameType

from trainer.events import Event, is_terminal


class Stop:
    """Whether the user asked to stop.

    The interruption alone is not enough: when it comes while C++ calls back into Python, TensorFlow's bindings turn
    it into a RuntimeError, and other callbacks lose it.
    """

    def __init__(self) -> None:
        """Listen to SIGINT, also where a parent had it ignored, and to SIGTERM."""
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def __call__(self, event: Event) -> None:
        """Watch a run: interrupt it at its next event, should the interruption have been lost."""
        if self.asked and not is_terminal(event):
            raise KeyboardInterrupt

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        raise KeyboardInterrupt
