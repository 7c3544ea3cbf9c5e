"""What became of a run: by its terminal event and its exit code together."""

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

from addon.jobs.child import Exit
from addon.records import JobState
from trainer.events import Failed, Finished

# Signals by which a faulty program ends itself; any other was sent by the system or by someone.
_FAULTS = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE}
_GPU_CODES = {"no_gpu", "gpu", "gpu_memory", "gpu_lost"}
_GPU_WORDS = re.compile(r"cuda|cudnn|cublas|cupy|\bgpus?\b|nvidia|resource ?exhausted|\boom\b", re.IGNORECASE)
_GPU_STAGES = {"features", "training"}
_ADVICE = re.compile(r"\s*Go on with: .*", re.DOTALL)  # the command line's; the panel has a button


@dataclass(frozen=True)
class Verdict:
    """How a job ends, and what to tell: `values` is what the message names."""

    state: JobState
    code: str = ""
    message: str = ""
    hint: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)


def judge(exit: Exit) -> Verdict:
    """Say how the run ended. Exit 0 after `failed`, and an end without a terminal event, are failures."""
    ending = exit.ending
    if isinstance(ending, Finished) and exit.code == 0:
        return Verdict(JobState.DONE)
    if exit.cancelled:
        return Verdict(JobState.CANCELLED, "cancelled", "stopped", "Finished stages are kept: it can be resumed.")
    if isinstance(ending, Failed) and ending.code == "cancelled":
        return Verdict(
            JobState.INTERRUPTED, "interrupted", "the trainer was told to stop", "Resume goes on from here."
        )
    if isinstance(ending, Failed):
        return Verdict(JobState.FAILED, ending.code, ending.message, _ADVICE.sub("", ending.hint), ending.values)
    if exit.silent:
        return Verdict(
            JobState.FAILED, "silent", "the trainer said nothing for too long and was ended", _last_words(exit)
        )
    if ending is None and exit.code < 0 and exit.code not in _FAULTS:
        name = signal.Signals(-exit.code).name
        hint = "Most likely memory ran out: stop other apps. Resume goes on from here."
        message = f"the system ended the trainer ({name})"
        return Verdict(JobState.INTERRUPTED, "killed", message, hint, {"signal": name})
    said = "said that it had finished, but ended" if ending else "ended without a result,"
    return Verdict(JobState.FAILED, "crash", f"the trainer {said} with {_code(exit.code)}", _last_words(exit))


def is_gpu_failure(exit: Exit, verdict: Verdict, stage: str, device: str, has_gpu: bool) -> bool:
    """Say whether the same work may well succeed on the processor.

    Args:
        stage: the last that was begun.
        device: what the run was told to use.
        has_gpu: whether this machine shows one.
    """
    if device == "cpu" or verdict.state is not JobState.FAILED or verdict.code == "silent":
        return False
    if verdict.code in _GPU_CODES:
        return True
    if not has_gpu and device != "gpu":
        return False
    if _GPU_WORDS.search(f"{verdict.message} {exit.stderr}"):
        return True
    return verdict.code == "crash" and stage in _GPU_STAGES


def _code(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _last_words(exit: Exit) -> str:
    kept = "Finished stages are kept; the log says more."
    return f"{kept} Its last words: {exit.stderr[-300:]}" if exit.stderr else kept
