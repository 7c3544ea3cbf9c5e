"""What happened: told by how a record was before and is now, so that nothing is told twice and nothing is missed."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from addon.announce.picture import Picture, version_of
from addon.bus import DeploymentChanged, Gone, JobChanged, Message, PublicationChanged
from addon.fleet import Deployment, Publication, Target, TargetState, word_of
from addon.records import Job, JobState
from addon.times import now

_ENDS = {
    JobState.DONE: "finished",
    JobState.FAILED: "failed",
    JobState.INTERRUPTED: "failed",
    JobState.CANCELLED: "cancelled",
}


@dataclass(frozen=True)
class Happening:
    """Something that happened.

    Attributes:
        kind: what, as docs/mqtt.md lists it.
        model: the one whose file others may want.
    """

    kind: str
    values: Mapping[str, Any]
    model: str | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    at: str = field(default_factory=now)

    def announcement(self, file: Mapping[str, Any]) -> bytes:
        """Return it for whoever wants to know; `file`: size, hash and address of the model."""
        told = {"id": self.id, "at": self.at, "kind": self.kind, **self.values, **file}
        return json.dumps(told, ensure_ascii=False).encode()


def happened(before: Picture, message: Message) -> Iterator[Happening]:
    """Yield what a message says that happened, beside what was true before it."""
    match message:
        case JobChanged(job):
            yield from _of_job(before.jobs.get(job.id), job)
        case PublicationChanged(publication):
            yield from _of_publication(before.publications.get(publication.word), publication)
        case DeploymentChanged(deployment):
            yield from _of_deployment(before.deployments.get(deployment.id), deployment)
        case Gone("publication", word) if known := before.publications.get(word):
            yield _withdrawn(known)


def compare(before: Picture, after: Picture) -> Iterator[Happening]:
    """Yield what must have happened between two pictures."""
    for job in after.jobs.values():
        yield from _of_job(before.jobs.get(job.id), job)
    for publication in after.publications.values():
        yield from _of_publication(before.publications.get(publication.word), publication)
    for word in before.publications.keys() - after.publications.keys():
        yield _withdrawn(before.publications[word])
    for deployment in after.deployments.values():
        yield from _of_deployment(before.deployments.get(deployment.id), deployment)


def _of_job(before: Job | None, job: Job) -> Iterator[Happening]:
    kind = _ENDS.get(job.state)
    if kind is None or (before and before.state in _ENDS):
        return
    values: dict[str, Any] = {"job": job.id, "phrase": job.request.phrase}
    if job.model:
        values |= {"model": job.model, "word": word_of(job.model), "version": version_of(job.model)}
    if kind == "failed":
        values |= {"code": job.code or job.state, "message": job.message, "hint": job.hint}
    yield Happening(kind, values, model=job.model)


def _of_publication(before: Publication | None, publication: Publication) -> Iterator[Happening]:
    if before and before.model == publication.model:
        return
    values = {
        "word": publication.word,
        "model": publication.model,
        "version": version_of(publication.model),
        "phrase": publication.phrase,
        "before": before.model if before else None,
    }
    yield Happening("published", values, model=publication.model)


def _withdrawn(publication: Publication) -> Happening:
    return Happening("withdrawn", {"word": publication.word, "model": publication.model})


def _of_deployment(before: Deployment | None, after: Deployment) -> Iterator[Happening]:
    earlier = {target.satellite: target for target in before.targets} if before else {}
    for target in after.targets:
        last = earlier.get(target.satellite)
        if not target.state.ended or (last and last.state.ended):
            continue
        if target.state is TargetState.DONE:
            yield Happening("flashed", _target(after, target), model=after.model)
        elif target.state is TargetState.FAILED:
            told = {"code": target.code, "message": target.message, "hint": target.hint}
            yield Happening("not_flashed", _target(after, target) | told)


def _target(deployment: Deployment, target: Target) -> dict[str, Any]:
    return {
        "deployment": deployment.id,
        "why": deployment.kind,
        "word": word_of(deployment.model),
        "model": deployment.model,
        "version": version_of(deployment.model),
        "satellite": target.satellite,
        "name": target.name,
        "delivery": target.delivery,
    }
