"""One training from its start to its end: the attempts, what they tell, and what is kept of them."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from addon.bus import Bus, JobChanged, JobEvent
from addon.errors import AppError
from addon.jobs.child import GRACES, HASTE, Child, Exit, Graces
from addon.jobs.recipe import CONFIG
from addon.jobs.recovery import STOPPED
from addon.jobs.snapshot import Picture, read_picture
from addon.jobs.verdict import Verdict, is_gpu_failure, judge
from addon.records import Job, JobState, Model
from addon.store import Store
from addon.times import now
from trainer.events import Event, Failed, Finished, Progress, Stage, Warning

_LOG = logging.getLogger(__name__)
RETRY_S = 5.0  # until what could not be written down is tried again
_SAVE_S = 2.0
Keep = Callable[[Job, Path, str], Awaitable[Model]]


@dataclass(frozen=True)
class Workshop:
    """What every run works with.

    Attributes:
        folder: of all jobs' folders.
        trainer: the command before `train`. `env`: its environment.
        device: the app's option; a job may choose another.
        has_gpu: whether this machine shows one.
        prepare: writes a job's file of choices, where it has none yet.
        keep: takes a finished model's folder over, with the run's last words, and returns the model.
    """

    store: Store
    bus: Bus
    folder: Path
    trainer: Sequence[str]
    env: Mapping[str, str]
    device: str
    has_gpu: Callable[[], bool]
    prepare: Callable[[Job], Awaitable[None]]
    keep: Keep
    graces: Graces = GRACES


class Run:
    """A job that is under way. `job` and `picture` are always as last heard."""

    def __init__(self, workshop: Workshop, job: Job) -> None:
        self.workshop, self.job = workshop, job
        self.folder = workshop.folder / job.id
        self.picture = Picture()
        self._child: Child | None = None
        self._ending = self._stopping = self._unsaved = False

    async def begin(self) -> None:
        """Take the job out of the queue: from here on it runs, whatever the next start of the app finds."""
        told = {} if self.job.on_cpu else {"code": "", "message": "", "hint": "", "values": {}}
        began = {"attempt": self.job.attempt + 1, "started": now(), "ended": None}
        changes: dict[str, Any] = {"state": JobState.RUNNING, "position": -1, **began, **told}
        job = replace(self.job, **changes)
        await self.workshop.store.jobs.put(job)  # first: where this fails it still waits
        self.job = job
        self.workshop.bus.publish(JobChanged(job))

    async def finish(self) -> None:
        """Do the work. Whatever happens, the job then is in a state that is an end."""
        saver = asyncio.create_task(self._save_now_and_then())
        verdict = Verdict(JobState.INTERRUPTED, STOPPED, "the app ended")
        try:
            verdict = await self._work()
        except AppError as error:
            verdict = Verdict(JobState.FAILED, error.code, error.message, error.hint, error.values)
        except OSError as error:
            hint = "Check that the disk has room and that the data folder can be written."
            message = f"the system refuses: {error}"
            verdict = Verdict(JobState.FAILED, "system", message, hint, {"reason": str(error)})
        except Exception as error:
            _LOG.exception("job %s", self.job.id)
            verdict = Verdict(
                JobState.FAILED, "internal", f"unexpected {type(error).__name__}", "The app's log says where."
            )
        finally:
            saver.cancel()
            await self._end(verdict)

    async def cancel(self) -> None:
        """Have it end, whether or not that can be written down; `cancelling` until nothing is left of it."""
        self._ending = True
        if self._child:
            self._child.cancel()
        await self._note(state=JobState.CANCELLING)

    def stop(self) -> None:
        """Have it end soon, because the app does; the next start of the app goes on with it."""
        self._ending = self._stopping = True
        if self._child:
            self._child.cancel(HASTE)

    async def _work(self) -> Verdict:
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        self.picture = await asyncio.to_thread(read_picture, self.folder / "events.jsonl")
        await self.workshop.prepare(self.job)
        device = self._device()
        seen = await self._attempt(device)
        verdict = judge(seen)
        if not self._ending and is_gpu_failure(seen, verdict, self.job.stage, device, self.workshop.has_gpu()):
            message = f"the GPU failed ({verdict.message}); the training goes on with the processor"
            told = {"code": "cpu", "message": message, "hint": verdict.hint, "values": {"reason": verdict.message}}
            await self._note(on_cpu=True, attempt=self.job.attempt + 1, **told)
            self._tell(
                Warning("cpu", message, "It takes longer; the result is the same.", {"reason": verdict.message})
            )
            seen = await self._attempt("cpu")
            verdict = judge(seen)
        if seen.malformed:
            _LOG.warning("job %s: %d lines of the trainer were no events", self.job.id, seen.malformed)
        if verdict.state is not JobState.DONE:
            return self._named(verdict)
        summary = seen.ending.summary if isinstance(seen.ending, Finished) else ""
        model = await self.workshop.keep(self.job, self.folder / "result", summary)
        self.job = replace(self.job, model=model.id)
        self._tell(seen.ending or Finished(str(self.folder / "result")))
        if self.job.on_cpu:
            return Verdict(JobState.DONE, self.job.code, self.job.message, self.job.hint, self.job.values)
        return Verdict(JobState.DONE)

    def _named(self, verdict: Verdict) -> Verdict:
        """Return what a run that did not succeed is called, whoever ended it."""
        if self._stopping and self.job.state is not JobState.CANCELLING:
            verdict = Verdict(JobState.INTERRUPTED, STOPPED, "the app ended", "It goes on when the app starts.")
        elif self._ending:
            verdict = Verdict(
                JobState.CANCELLED, "cancelled", "stopped", "Finished stages are kept: it can be resumed."
            )
        self._tell(Failed(verdict.code, verdict.message, verdict.hint, verdict.values))
        return verdict

    async def _attempt(self, device: str) -> Exit:
        if self._ending:
            return Exit(None, 0, cancelled=True)
        command = [
            *self.workshop.trainer, "train", "--config", str((self.folder / CONFIG).absolute()),
            "--out", str(self.folder.absolute()), "--resume", "--json", "--device", device,
        ]  # fmt: skip
        env = dict(self.workshop.env) | ({"CUDA_VISIBLE_DEVICES": "-1"} if device == "cpu" else {})
        self._child = await Child.start(command, self.folder, env, self.workshop.graces)
        try:
            if self._ending:  # asked for while it was being started
                self._child.cancel(HASTE if self._stopping else None)
            await self._note(pid=self._child.pid)
            return await self._child.follow(self._take)
        finally:
            self._child = None

    def _device(self) -> str:
        return "cpu" if self.job.on_cpu else str(self.job.request.settings.get("device", self.workshop.device))

    def _take(self, event: Event) -> None:
        match event:
            case Stage(name):
                self.job = replace(self.job, stage=name, done=0, total=0, eta_s=None)
            case Progress(done, total, _, _, eta_s):
                self.job = replace(self.job, done=done, total=total, eta_s=eta_s)
        self._unsaved = True
        self._tell(event)

    def _tell(self, event: Event) -> None:
        self.picture.take(event)
        self.workshop.bus.publish(JobEvent(self.job.id, event))

    async def _set(self, **changes: Any) -> None:
        self.job = replace(self.job, **changes)
        self.workshop.bus.publish(JobChanged(self.job))
        await self.workshop.store.jobs.put(self.job)

    async def _note(self, **changes: Any) -> None:
        """Change the job; what cannot be written down now is written later."""
        try:
            await self._set(**changes)
        except sqlite3.Error as error:
            _LOG.warning("job %s cannot be written down: %s", self.job.id, error)
            self._unsaved = True

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_S)
            if self._unsaved:
                self._unsaved = False
                try:
                    await self.workshop.store.jobs.put(self.job)
                except sqlite3.Error:
                    self._unsaved = True  # it is tried again

    async def _end(self, verdict: Verdict) -> None:
        told = {
            "code": verdict.code,
            "message": verdict.message,
            "hint": verdict.hint,
            "values": verdict.values,
        }
        end = {"state": verdict.state, "ended": now(), "eta_s": None, "pid": None, **told}
        while True:
            try:
                return await self._set(**end)
            except sqlite3.Error:  # a full disk, most likely: what became of the job must not be lost
                _LOG.exception("job %s is %s, and that cannot be written down", self.job.id, verdict.state)
                if self._stopping:
                    return None
                await asyncio.sleep(RETRY_S)
