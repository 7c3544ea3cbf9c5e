"""What is worth a notification: of trainings, publications and deployments as they are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from addon.fleet import Deployment, DeploymentState, Publication, Target, TargetState
from addon.homeassistant.sayings import say, tell
from addon.records import Job, JobState, Model


@dataclass(frozen=True)
class Notice:
    """A notification.

    Attributes:
        tag: one of the same tag takes its place.
        mark: what it tells of; with another mark it is news again.
        page: of the panel, such as `model/hey_jarvis_v2`.
    """

    tag: str
    mark: str
    title: str
    message: str
    page: str


@dataclass(frozen=True)
class News:
    """All there is to tell; what a later step says anew is left out of the earlier one's.

    Attributes:
        texts: of the user's language.
        models: by id, deleted ones not among them.
    """

    texts: Mapping[str, str]
    jobs: Sequence[Job]
    models: Mapping[str, Model]
    publications: Sequence[Publication]
    deployments: Sequence[Deployment]

    def gather(self) -> dict[str, Notice]:
        """Return what is true now, by tag."""
        last = {_word(d.model): d for d in self.deployments}  # oldest first: the last of each word stays
        sent = {d.model for d in last.values()}
        sent |= {job.model for job in self.jobs if job.request.satellites and job.model}  # or will be, at once
        published = {p.model for p in self.publications}
        found = [
            *(n for job in self.jobs if job.model not in sent | published for n in self._training(job)),
            *(self._publication(p) for p in self.publications if p.model not in sent),
            *(n for deployment in last.values() for n in self._deployment(deployment)),
        ]
        return {notice.tag: notice for notice in found}

    def _training(self, job: Job) -> Iterator[Notice]:
        tag, phrase = f"job_{job.id}", {"phrase": job.request.phrase}
        model = self.models.get(job.model or "")
        if job.state is JobState.DONE and model:
            message = f"{self._recall(model)} {self._say('notice.done', {})}".strip()
            yield Notice(tag, "done", self._say("notice.done.title", phrase), message, f"model/{model.id}")
        elif job.state in (JobState.FAILED, JobState.INTERRUPTED):
            message = tell(self.texts, job.code, job.message, job.hint, job.values, "end", "error")
            title = self._say(f"notice.{job.state}.title", phrase)
            yield Notice(tag, f"{job.state} {job.attempt}", title, message or title, f"job/{job.id}")

    def _publication(self, publication: Publication) -> Notice:
        version = publication.model.rpartition("_v")[2]
        return Notice(
            f"word_{publication.word}",
            publication.model,
            self._say("notice.published.title", {"phrase": publication.phrase}),
            self._say("notice.published", {"version": version}),
            f"model/{publication.model}",
        )

    def _deployment(self, deployment: Deployment) -> Iterator[Notice]:
        state, model = deployment.state, self.models.get(deployment.model)
        if state not in (DeploymentState.DONE, DeploymentState.FAILED, DeploymentState.INTERRUPTED):
            return
        good = state is DeploymentState.DONE
        if deployment.undone or (good and deployment.kind == "undo"):
            return
        kind = {"send": "sent", "rollback": "back", "undo": "undone"}.get(deployment.kind, "sent")
        title = self._say(
            f"notice.{'' if good else 'not_'}{kind}.title",
            {
                "phrase": model.phrase if model else _word(deployment.model).replace("_", " "),
                "version": deployment.model.rpartition("_v")[2],
            },
        )
        message = "\n\n".join(self._outcome(deployment.targets)) or title
        yield Notice(f"deployment_{deployment.id}", state, title, message, f"deployment/{deployment.id}")

    def _outcome(self, targets: Iterable[Target]) -> Iterator[str]:
        """Yield lines that say what became of each satellite."""
        names: dict[TargetState, list[str]] = {}
        for target in targets:
            state = target.state if target.state.ended else TargetState.WAITING
            names.setdefault(state, []).append(target.name)
            if state is TargetState.FAILED:
                why = tell(self.texts, target.code, target.message, target.hint, target.values, "error")
                without = self._say("target.maybe_without", {}) if target.flashed else ""
                yield f"{target.name}: {why} {without}".strip()
        for state, key in (
            (TargetState.DONE, "listening"),
            (TargetState.SKIPPED, "skipped"),
            (TargetState.WAITING, "unknown"),
        ):
            if state in names:
                yield self._say(f"notice.{key}", {"names": ", ".join(names[state])})

    def _recall(self, model: Model) -> str:
        if model.recall is None or model.recall_low is None:
            return ""
        figures = {"count": f"{100 * model.recall:.0f}", "low": f"{100 * model.recall_low:.0f}"}
        return self._say("words.recall_low", figures)

    def _say(self, key: str, values: Mapping[str, str]) -> str:
        return say(self.texts, key, values) or ""


def _word(model: str) -> str:
    return model.rpartition("_v")[0] or model
