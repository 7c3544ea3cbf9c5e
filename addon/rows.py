"""Records to rows and back, column by column in the order of the fields."""

import json
from dataclasses import asdict
from typing import Any

import aiosqlite

from addon.fleet import Delivery, Deployment, DeploymentState, Publication, Target, TargetState
from addon.records import Job, JobRequest, JobState, Model, Profile, Sample, SampleLabel, SampleState

Row = tuple[Any, ...]


def row_of_job(job: Job) -> Row:
    """Return the job as a row of `jobs`."""
    return (
        job.id, json.dumps(asdict(job.request)), job.state.value, job.created, job.position, job.attempt, job.started,
        job.ended, job.stage, job.done, job.total, job.eta_s, job.code, job.message, job.hint, job.model, job.pid,
        int(job.on_cpu), job.revivals, json.dumps(dict(job.values), ensure_ascii=False),
    )  # fmt: skip


def job_of(row: aiosqlite.Row) -> Job:
    """Read a row of `jobs`."""
    return Job(
        id=row["id"], request=request_of(row["request"]), state=JobState(row["state"]), created=row["created"],
        position=row["position"], attempt=row["attempt"], started=row["started"], ended=row["ended"],
        stage=row["stage"], done=row["done"], total=row["total"], eta_s=row["eta_s"], code=row["code"],
        message=row["message"], hint=row["hint"], model=row["model"], pid=row["pid"], on_cpu=bool(row["on_cpu"]),
        revivals=row["revivals"], values=json.loads(row["values"]),
    )  # fmt: skip


def row_of_model(model: Model) -> Row:
    """Return the model as a row of `models`."""
    return (
        model.id, model.word, model.version, model.phrase, model.language, model.created, model.size, model.cutoff,
        model.window, model.recall, model.recall_low, model.false_accepts_high, model.summary, model.notes, model.job,
        model.deleted, json.dumps(model.ipa, ensure_ascii=False),
    )  # fmt: skip


def model_of(row: aiosqlite.Row) -> Model:
    """Read a row of `models`."""
    return Model(
        id=row["id"], word=row["word"], version=row["version"], phrase=row["phrase"], language=row["language"],
        created=row["created"], size=row["size"], cutoff=row["cutoff"], window=row["window"], recall=row["recall"],
        recall_low=row["recall_low"], false_accepts_high=row["false_accepts_high"], summary=row["summary"],
        notes=row["notes"], job=row["job"], deleted=row["deleted"], ipa=tuple(json.loads(row["ipa"])),
    )  # fmt: skip


def row_of_sample(sample: Sample) -> Row:
    """Return the recording as a row of `samples`."""
    return (
        sample.id, sample.phrase, sample.speaker, sample.label.value, sample.state.value, sample.source, sample.name,
        sample.created, sample.seconds, sample.peak_dbfs, sample.snr_db, json.dumps(sample.problems), sample.deleted,
    )  # fmt: skip


def sample_of(row: aiosqlite.Row) -> Sample:
    """Read a row of `samples`."""
    return Sample(
        id=row["id"], phrase=row["phrase"], speaker=row["speaker"], label=SampleLabel(row["label"]),
        state=SampleState(row["state"]), source=row["source"], name=row["name"], created=row["created"],
        seconds=row["seconds"], peak_dbfs=row["peak_dbfs"], snr_db=row["snr_db"],
        problems=tuple(json.loads(row["problems"])), deleted=row["deleted"],
    )  # fmt: skip


def row_of_profile(profile: Profile) -> Row:
    """Return the profile as a row of `profiles`."""
    return (profile.name, json.dumps(asdict(profile.request)))


def profile_of(row: aiosqlite.Row) -> Profile:
    """Read a row of `profiles`."""
    return Profile(row["name"], request_of(row["request"]))


def request_of(text: str) -> JobRequest:
    """Read a request from JSON as `row_of_job` writes it."""
    data = json.loads(text)
    lists = {name: tuple(data.get(name, ())) for name in ("say", "veto", "satellites")}
    return JobRequest(**(data | lists))


def row_of_publication(publication: Publication) -> Row:
    """Return the publication as a row of `publications`."""
    return (
        publication.word, publication.model, publication.phrase, publication.published,
        json.dumps(publication.previous), json.dumps(publication.overridden),
    )  # fmt: skip


def publication_of(row: aiosqlite.Row) -> Publication:
    """Read a row of `publications`."""
    return Publication(
        word=row["word"], model=row["model"], phrase=row["phrase"], published=row["published"],
        previous=tuple(json.loads(row["previous"])), overridden=tuple(json.loads(row["overridden"])),
    )  # fmt: skip


def row_of_deployment(deployment: Deployment) -> Row:
    """Return the deployment as a row of `deployments`."""
    targets = json.dumps([asdict(target) for target in deployment.targets], ensure_ascii=False)
    return (
        deployment.id, deployment.model, deployment.kind, deployment.state.value, deployment.created, targets,
        deployment.started, deployment.ended, deployment.of, int(deployment.undone), deployment.replaced,
    )  # fmt: skip


def deployment_of(row: aiosqlite.Row) -> Deployment:
    """Read a row of `deployments`."""
    return Deployment(
        id=row["id"], model=row["model"], kind=row["kind"], state=DeploymentState(row["state"]),
        created=row["created"], targets=tuple(_target_of(target) for target in json.loads(row["targets"])),
        started=row["started"], ended=row["ended"], of=row["of"], undone=bool(row["undone"]),
        replaced=row["replaced"],
    )  # fmt: skip


def _target_of(data: dict[str, Any]) -> Target:
    words = tuple(data.get("before", ()))
    typed = {"delivery": Delivery(data["delivery"]), "state": TargetState(data["state"]), "before": words}
    return Target(**(data | typed))
