"""What is true now, as far as others are told: trainings, words, what is sent where. The bus keeps it so."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from addon.bus import DeploymentChanged, Gone, JobChanged, JobEvent, Message, ModelChanged, PublicationChanged
from addon.fleet import Deployment, Publication, word_of
from addon.records import Job, JobState, Model
from addon.store import Store
from trainer.events import Progress, Stage, StageState

_LONGEST_SUMMARY = 255  # characters that Home Assistant takes
_FINE_S, _COARSE_S = (
    5,
    60,
)  # steps of the time left, below and above two minutes: figures that hardly change are not sent
UNPUBLISHED = "0"  # the installed version of a word that is not published

Jobs = Callable[[], Awaitable[list[Job]]]


@dataclass
class Picture:
    """All records that matter, by id; publications by word. Replaced by `read`, kept true by `take`."""

    jobs: dict[str, Job] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)

    @classmethod
    async def read(cls, store: Store, jobs: Jobs) -> "Picture":
        """Return what is true now."""
        return cls(
            {job.id: job for job in await jobs()},
            {model.id: model for model in await store.models.all()},
            {found.word: found for found in await store.publications.all()},
            {found.id: found for found in await store.deployments.all()},
        )

    def take(self, message: Message) -> bool:
        """Note what happened and say whether anything is other than it was."""
        match message:
            case JobChanged(job):
                self.jobs[job.id] = job
            case JobEvent(ident, Progress() as progress) if known := self.jobs.get(ident):
                self.jobs[ident] = replace(known, done=progress.done, total=progress.total, eta_s=progress.eta_s)
            case JobEvent(ident, Stage(name, StageState.RUNNING)) if known := self.jobs.get(ident):
                self.jobs[ident] = replace(known, stage=name, done=0, total=0, eta_s=None)
            case ModelChanged(model):
                self.models[model.id] = model
            case PublicationChanged(publication):
                self.publications[publication.word] = publication
            case DeploymentChanged(deployment):
                self.deployments[deployment.id] = deployment
            case Gone(what, ident):
                tables: dict[str, dict[str, Any]] = {
                    "job": self.jobs, "model": self.models, "publication": self.publications,
                }  # fmt: skip
                return tables.get(what, {}).pop(ident, None) is not None
            case _:
                return False
        return True

    @property
    def current(self) -> Job | None:
        """The training that runs, the first of them."""
        running = [job for job in self.jobs.values() if job.state in (JobState.RUNNING, JobState.CANCELLING)]
        return min(running, key=lambda job: job.started or job.created, default=None)

    def training(self) -> dict[str, Any]:
        """Return how the training goes: `progress` in percent of the stage, `time_left` in seconds, null: unknown."""
        job, queue = self.current, sum(job.state is JobState.QUEUED for job in self.jobs.values())
        if job is None:
            empty = dict.fromkeys(("stage", "progress", "time_left", "phrase", "job"))
            return {"state": "queued" if queue else "idle", **empty, "queue": queue}
        return {
            "state": "training" if job.state is JobState.RUNNING else "cancelling",
            "stage": job.stage or None,
            "progress": min(100 * job.done // job.total, 100) if job.total else None,
            "time_left": _coarse(job.eta_s),
            "phrase": job.request.phrase,
            "job": job.id,
            "queue": queue,
        }

    def words(self) -> list[str]:
        """Return the ids of all words that have a model or are published."""
        return sorted({model.word for model in self.models.values()} | set(self.publications))

    def newest(self, word: str) -> Model | None:
        """Return a word's newest model."""
        models = [model for model in self.models.values() if model.word == word]
        return max(models, key=lambda model: model.version, default=None)

    def shown(self, word: str) -> Model | None:
        """Return the model whose figures count: the published one, else the newest."""
        publication = self.publications.get(word)
        return (self.models.get(publication.model) if publication else None) or self.newest(word)

    def phrase(self, word: str) -> str:
        """Return a word as people say it."""
        publication = self.publications.get(word)
        model = self.newest(word)
        return model.phrase if model else publication.phrase if publication else word

    def word(self, word: str) -> dict[str, Any]:
        """Return all that is shown of a word."""
        return {"versions": self.versions(word), "quality": self.quality(word)}

    def versions(self, word: str) -> dict[str, Any]:
        """Return a word's versions as Home Assistant's `update` entity reads them; it refuses any other key."""
        publication, newest = self.publications.get(word), self.newest(word)
        installed = version_of(publication.model) if publication else UNPUBLISHED
        under_way = self._under_way(word)
        state = {
            "installed_version": installed,
            "latest_version": str(newest.version) if newest else installed,
            "title": self.phrase(word),
            "in_progress": under_way is not None,
            "update_percentage": _percent(under_way) if under_way else None,
        }
        summary = newest.summary if newest else ""
        return state | ({"release_summary": _short(summary)} if summary else {})

    def quality(self, word: str) -> dict[str, Any]:
        """Return a word's figures: shares in percent, a rate per hour; the bounds hold with 95 %."""
        model = self.shown(word)
        if model is None:
            return dict.fromkeys(("model", "recall", "recall_low", "false_accepts_high"))
        return {
            "model": model.id,
            "recall": _of_hundred(model.recall),
            "recall_low": _of_hundred(model.recall_low),
            "false_accepts_high": None if model.false_accepts_high is None else round(model.false_accepts_high, 3),
        }

    def _under_way(self, word: str) -> Deployment | None:
        found = [d for d in self.deployments.values() if not d.state.ended and word_of(d.model) == word]
        return min(found, key=lambda d: d.created, default=None)


def version_of(model: str) -> str:
    """Return the version of a model's id, for people."""
    found = re.search(r"_v(\d+)$", model)
    return found[1] if found else model


def _percent(deployment: Deployment) -> int:
    """Return how much of a deployment is done: each satellite counts the same."""
    shares = [100 if target.state.ended else (target.percent or 0) // 2 for target in deployment.targets]
    return min(sum(shares) // max(len(shares), 1), 100)


def _coarse(seconds: float | None) -> int | None:
    if seconds is None:
        return None
    step = _FINE_S if seconds < 2 * _COARSE_S else _COARSE_S
    return step * round(seconds / step)


def _of_hundred(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else text[: _LONGEST_SUMMARY - 1].rstrip() + "…"
