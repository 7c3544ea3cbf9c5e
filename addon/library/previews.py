"""Spoken samples of phrases: made once each, kept while there is room."""

import asyncio
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from addon.assistant import Assistant

MOST_BYTES = 200_000_000  # of all; beyond it those go that nobody asked for longest


class Previews:
    """The folder `previews/`. Belongs to one event loop."""

    def __init__(self, assistant: Assistant, data: Path) -> None:
        self._assistant, self._folder = assistant, data.absolute() / "previews"
        self._making: dict[str, asyncio.Task[None]] = {}

    async def get(self, text: str, language: str, ipa: str | None, voice: str) -> Path:
        """Return the WAV of a phrase in a voice; who asks while it is being made waits for the same one.

        Raises:
            AppError: the helper's own.
        """
        key = hashlib.sha256(json.dumps([text, language, ipa, voice]).encode()).hexdigest()[:32]
        path = self._folder / f"{key}.wav"
        if path.is_file():
            await asyncio.to_thread(os.utime, path)
            return path
        task = self._making.get(key)
        if task is None:
            work = self._make(path, text=text, language=language, ipa=ipa or "", voice=voice)
            task = self._making[key] = asyncio.create_task(work, name="preview")
            task.add_done_callback(lambda done: self._forget(key, done))
        await asyncio.shield(task)  # one who leaves takes nothing from the others
        return path

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        self._making.pop(key, None)
        if not task.cancelled():
            task.exception()  # told to those who asked, if any is still there

    async def _make(self, path: Path, **asked: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{secrets.token_hex(4)}.partial.wav")
        try:
            await self._assistant.ask("preview", **asked, path=str(partial))
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)
        await asyncio.to_thread(drop_oldest, self._folder, MOST_BYTES)


def drop_oldest(folder: Path, most: int) -> None:
    """Remove those that nobody asked for longest until the others have at most so many bytes. Blocks."""
    known = [(path, path.stat()) for path in folder.glob("*.wav") if ".partial" not in path.name]
    total = 0
    for path, about in sorted(known, key=lambda item: item[1].st_mtime, reverse=True):
        total += about.st_size
        if total > most:
            path.unlink(missing_ok=True)
