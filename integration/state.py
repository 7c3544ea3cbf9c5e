"""The state of the app, as its messages tell it, and what happened between two states."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .models import Deployment, Job, Json, Model, Publication, Satellite

HAPPENINGS = ("finished", "failed", "published", "flashed")
_ACTIVE = re.compile(r"^(?:wakesmith_)?(?P<word>.+?)(?:_v\d+)?$")


@dataclass(frozen=True)
class Happening:
    """Something that a user may want to act on; `word` is "" where there is none yet."""

    kind: Literal["finished", "failed", "published", "flashed"]
    word: str
    data: Json


@dataclass(frozen=True)
class AppState:
    """All that Home Assistant shows of the app.

    Attributes:
        id: of the app's installation, for ever.
        home: the app's connections to Home Assistant, as the panel shows them.
    """

    id: str
    name: str
    version: str
    jobs: dict[str, Job] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    satellites: dict[str, Satellite] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    home: Json = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """Every word with its phrase, which is the newest model's."""
        found = {p.word: p.phrase or p.word for p in self.publications.values()}
        return found | {m.word: m.phrase for m in sorted(self.models.values(), key=lambda m: m.version)}

    @property
    def running(self) -> Job | None:
        """The training that began first and has not ended."""
        return min((j for j in self.jobs.values() if j.state in ("running", "cancelling")), key=_age, default=None)

    @property
    def queued(self) -> list[Job]:
        """Trainings that wait, the next first."""
        return sorted((j for j in self.jobs.values() if j.state == "queued"), key=lambda j: j.position)

    @property
    def sending(self) -> list[Deployment]:
        """Deployments that have not ended."""
        return [d for d in self.deployments.values() if not d.ended]

    def versions(self, word: str) -> list[Model]:
        """Return a word's models, the newest first."""
        return sorted((m for m in self.models.values() if m.word == word), key=lambda m: -m.version)

    def shown(self, word: str) -> Model | None:
        """Return the model whose figures a word shows: the published one, else the newest."""
        publication = self.publications.get(word)
        published = self.models.get(publication.model) if publication else None
        return published or next(iter(self.versions(word)), None)

    def trainings(self, word: str) -> list[Job]:
        """Return the trainings of a word's phrase, the newest first."""
        phrase = self.words.get(word, "").casefold()
        models = {m.id for m in self.versions(word)}
        found = [j for j in self.jobs.values() if j.model in models or j.phrase.casefold() == phrase]
        return sorted(found, key=_age, reverse=True)

    def listeners(self, word: str) -> list[Satellite]:
        """Return the satellites that listen for any version of a word."""
        return [s for s in self.satellites.values() if any(word_of(active) == word for active in s.active)]

    def word_of_job(self, job: Job) -> str:
        """Return the word of a training; "" where it made none and there was none of that phrase."""
        if job.model in self.models:
            return self.models[job.model].word
        phrase = job.phrase.casefold()
        return next((word for word, said in self.words.items() if said.casefold() == phrase), "")


def word_of(ident: str) -> str:
    """Return the word of a satellite's active id: `hey_jarvis_v2` and `wakesmith_hey_jarvis` are `hey_jarvis`."""
    found = _ACTIVE.match(ident)
    return found["word"] if found else ident


def take(state: AppState, message: Json) -> AppState:
    """Return the state after a message; the same object where it tells nothing that is shown."""
    match message:
        case {"type": "snapshot"}:
            return _begin(state, message)
        case {"type": "job", "job": {"id": str(ident)} as told}:
            return replace(state, jobs=state.jobs | {ident: Job.read(told)})
        case {"type": "event", "job": str(ident), "event": dict(event)} if ident in state.jobs:
            return _progress(state, ident, event)
        case {"type": "model", "model": {"id": str(ident)} as told}:
            kept = {ident: Model.read(told)} if not told.get("deleted") else {}
            return replace(state, models={k: v for k, v in state.models.items() if k != ident} | kept)
        case {"type": "publication", "publication": {"word": str(word)} as told}:
            return replace(state, publications=state.publications | {word: Publication.read(told)})
        case {"type": "deployment", "deployment": {"id": str(ident)} as told}:
            return replace(state, deployments=state.deployments | {ident: Deployment.read(told)})
        case {"type": "satellites", "satellites": list(told)}:
            return replace(state, satellites=_by_id(Satellite.read(t) for t in told))
        case {"type": "home", "home": dict(told)}:
            return replace(state, home=told)
        case {"type": "gone", "what": str(what), "id": str(ident)}:
            return _without(state, what, ident)
        case _:
            return state


def compare(old: AppState, new: AppState) -> Iterator[Happening]:
    """Yield what happened between two states of the same app; what had ended before is passed over."""
    for job in new.jobs.values():
        before = old.jobs.get(job.id)
        if before is None or before.state == job.state or job.state not in ("done", "failed"):
            continue
        kind: Literal["finished", "failed"] = "finished" if job.state == "done" else "failed"
        data = {"phrase": job.phrase, "job": job.id, "model": job.model, "message": job.message, "hint": job.hint}
        yield Happening(kind, new.word_of_job(job), data)
    for publication in new.publications.values():
        earlier = old.publications.get(publication.word)
        if earlier is None or earlier.model != publication.model:
            phrase = publication.phrase or new.words.get(publication.word, "")
            replaced = earlier.model if earlier else None
            data = {"phrase": phrase, "model": publication.model, "replaced": replaced}
            yield Happening("published", publication.word, data)
    for deployment in new.deployments.values():
        yield from _flashed(old.deployments.get(deployment.id), deployment, new)


def _flashed(old: Deployment | None, new: Deployment, state: AppState) -> Iterator[Happening]:
    if old is None:
        return
    before = {target.satellite: target.state for target in old.targets}
    word = state.models[new.model].word if new.model in state.models else word_of(new.model)
    for target in new.targets:
        if target.state == "done" and before.get(target.satellite) != "done":
            data = {"phrase": state.words.get(word, word), "model": new.model, "deployment": new.id}
            yield Happening("flashed", word, data | {"satellite": target.satellite, "name": target.name})


def _begin(state: AppState, message: Json) -> AppState:
    models = (Model.read(t) for t in message.get("models") or ())
    publications = (Publication.read(t) for t in message.get("publications") or ())
    return replace(
        state,
        jobs=_by_id(Job.read(t) for t in message.get("jobs") or ()),
        models=_by_id(m for m in models if not m.deleted),
        publications={p.word: p for p in publications},
        satellites=_by_id(Satellite.read(t) for t in message.get("satellites") or ()),
        deployments=_by_id(Deployment.read(t) for t in message.get("deployments") or ()),
        home=message.get("home") or {},
    )


def _progress(state: AppState, ident: str, event: dict[str, Any]) -> AppState:
    job = state.jobs[ident]
    match event:
        case {"kind": "progress"}:
            job = replace(job, done=event.get("done", 0), total=event.get("total", 0), eta_s=event.get("eta_s"))
        case {"kind": "stage", "name": str(name), "state": "running"}:
            job = replace(job, stage=name, done=0, total=0, eta_s=None)
        case _:
            return state
    return replace(state, jobs=state.jobs | {ident: job})


_KEPT = {"job": "jobs", "model": "models", "publication": "publications", "deployment": "deployments"}


def _without(state: AppState, what: str, ident: str) -> AppState:
    if what not in _KEPT:
        return state
    kept: dict[str, Any] = getattr(state, _KEPT[what])
    changes: dict[str, Any] = {_KEPT[what]: {key: value for key, value in kept.items() if key != ident}}
    return replace(state, **changes)


def _by_id[T: (Job, Model, Satellite, Deployment)](records: Iterable[T]) -> dict[str, T]:
    return {record.id: record for record in records}


def _age(job: Job) -> str:
    return job.created
