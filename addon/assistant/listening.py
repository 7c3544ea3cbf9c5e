"""A listening session: sound in, probabilities and detections out."""

import base64
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from addon.errors import AppError

if TYPE_CHECKING:
    from addon.assistant.client import Assistant


@dataclass(frozen=True)
class Listening:
    """An open session.

    Attributes:
        stride: slices of 10 ms a step takes; `step_s`: the same in seconds.
        cutoff: 0..255; `window`: steps.
    """

    assistant: "Assistant"
    session: str
    stride: int
    cutoff: int
    window: int
    step_s: float

    @classmethod
    async def open(cls, assistant: "Assistant", model: str, cutoff: int | None, window: int | None) -> Self:
        """Open a session on a model.

        Raises:
            AppError: as `Assistant.ask`.
        """
        session = f"s_{secrets.token_hex(6)}"
        found = await assistant.ask("listen_open", session=session, model=model, cutoff=cutoff, window=window)
        return cls(
            assistant,
            session,
            int(found["stride"]),
            int(found["cutoff"]),
            int(found["window"]),
            float(found["step_s"]),
        )

    async def feed(self, pcm: bytes) -> dict[str, Any]:
        """Let it hear int16 samples at 16 kHz; returns `at_s`, `probabilities`, `means`, `detections`.

        Raises:
            AppError: as `Assistant.ask`; after the helper died the session is unknown to the next one.
        """
        return await self.assistant.ask(
            "listen_feed", session=self.session, pcm=base64.b64encode(pcm).decode("ascii")
        )

    async def close(self) -> None:
        """End the session; nothing is said if the helper has forgotten it."""
        with suppress(AppError):
            await self.assistant.ask("listen_close", session=self.session)
