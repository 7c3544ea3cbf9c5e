"""`wakesmith doctor`: what this machine has, what is missing, and does the work begin at all?"""

import argparse
import json
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from trainer.cli.printing import megabytes, write
from trainer.cli.selftest import Finding, test_parts
from trainer.errors import ResourceError

PACKAGES = ("tensorflow-cpu", "tensorflow", "ai-edge-litert", "tflite-micro", "pymicro-features", "piper-tts",
            "onnxruntime", "numpy", "scipy", "av", "cupy-cuda12x")  # fmt: skip
OPTIONAL = {"tensorflow-cpu", "tensorflow", "cupy-cuda12x", "tflite-micro"}
LEAST_MEMORY, LEAST_DISK = 4e9, 5e9  # bytes: a standard run's peak, and its folder


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser(
        "doctor", parents=[common], help="examine this machine; exit code 9 if something is missing"
    )
    parser.add_argument("--json", action="store_true", help="write the findings to stdout as JSON")
    parser.add_argument("--quick", action="store_true", help="leave out the self-test of some ten seconds")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine, and tell each finding as it is made."""
    findings = []
    for examine in (_python, _packages, _voices, _machine, _gpu, *(() if args.quick else (test_parts,))):
        for finding in examine():
            findings.append(finding)
            if not args.json:
                write(f"{finding.level:<6} {finding.name:<18} {finding.message}")
    if args.json:
        write(json.dumps([finding._asdict() for finding in findings], indent=1))
    return ResourceError.exit_code if any(f.level == "FAULT" for f in findings) else 0


def _python() -> Iterator[Finding]:
    level = "ok" if (3, 11) <= sys.version_info < (3, 14) else "FAULT"
    yield Finding(level, "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def installed_packages() -> dict[str, str]:
    """Return the versions of those of `PACKAGES` that are installed."""
    return {name: version for name in PACKAGES if (version := _version(name))}


def _packages() -> Iterator[Finding]:
    found = installed_packages()
    for name in PACKAGES:
        if name in found:
            yield Finding("ok", name, found[name])
        elif name not in OPTIONAL:
            yield Finding("FAULT", name, "is missing; run script/setup")
    if not {"tensorflow", "tensorflow-cpu"} & set(found):
        yield Finding("FAULT", "tensorflow", "is missing; run script/setup")
    if "tflite-micro" not in found:
        yield Finding(
            "note", "tflite-micro", "is not made for this machine: arenas are calculated, LiteRT alone checks models"
        )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _voices() -> Iterator[Finding]:
    from trainer.features.embedding import embedding_folder
    from trainer.phrase.espeak import list_voices
    from trainer.samples.voices import every_voice, kokoro_absence

    voices = every_voice()
    engines = {name: sum(v.engine == name for v in voices) for name in ("piper", "kokoro")}
    level = "ok" if voices else "FAULT"
    yield Finding(level, "voices", ", ".join(f"{count} of {name}" for name, count in engines.items()))
    if absence := kokoro_absence():
        yield Finding("note", "kokoro", f"{absence}; try script/setup --voices")
    if embedding_folder():
        yield Finding("ok", "teacher", "the speech embedding is here; models learn from it, too")
    else:
        yield Finding("note", "teacher", "the speech embedding is not installed; try script/setup --voices")
    yield Finding("ok", "espeak-ng", f"{len(list_voices())} languages")


def _machine() -> Iterator[Finding]:
    from trainer.core.memory import find_memory
    from trainer.core.workers import usable_cores

    yield Finding("ok", "cores", f"{usable_cores()}")
    memory, free = find_memory().available, shutil.disk_usage(Path.cwd()).free
    yield Finding("ok" if memory >= LEAST_MEMORY else "note", "memory", f"{megabytes(memory)} available")
    yield Finding("ok" if free >= LEAST_DISK else "note", "disk", f"{megabytes(free)} free in {Path.cwd()}")


def _gpu() -> Iterator[Finding]:
    from trainer.core.arrays import choose

    driver = shutil.which("nvidia-smi") is not None
    yield Finding(
        "ok" if driver else "note", "gpu driver", "nvidia-smi is here" if driver else "no NVIDIA driver is found"
    )
    try:
        choose("gpu")
        yield Finding("ok", "cupy", "finds the GPU; augmentation runs on it")
    except ResourceError as error:
        yield Finding("note", "cupy", f"not used: {error.message}")
    if _version("tensorflow-cpu") and not _version("tensorflow"):  # the app puts the GPU's before the processor's
        yield Finding(
            "note", "tensorflow", "is the build for processors: no GPU is used; script/setup --gpu changes that"
        )
