"""Sound files that are written whole or not at all."""

from pathlib import Path

from trainer.core.audio import Samples, write_wav
from trainer.core.folders import disk_space_named


def write_sound(path: Path, samples: Samples) -> None:
    """Write 16 kHz mono 16-bit PCM; nobody sees it half written.

    Raises:
        ResourceError: the disk is full.
    """
    partial = path.with_name(f".{path.name}.partial")
    with disk_space_named(path):
        try:
            write_wav(partial, samples)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
