"""What may be asked for over MQTT, in the words of HTTP: the same bodies, the same checks, the same parts."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints, ValidationError, model_validator

from addon.announce import Announcer
from addon.announce.announcer import Surroundings
from addon.announce.brokers import broker_finder
from addon.announce.commands import Action
from addon.errors import AppError, Conflict, Invalid, NotFound
from addon.fleet import Deployment
from addon.homeassistant.supervisor import Supervisor
from addon.jobs import JobManager
from addon.library.models import ModelLibrary
from addon.publish.publisher import Publisher
from addon.records import Job, JobRequest, JobState, Model
from addon.satellites.deployments import Deployments
from addon.web.bodies import explain
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.routes.deployments import DeploymentIn
from addon.web.routes.jobs import JobIn
from addon.web.routes.publications import PublishIn

Body = TypeVar("Body", bound=BaseModel)
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]


class AgainIn(Asked):
    """Train a word once more, as it was asked for the last time."""

    word: Id


class CancelIn(Asked):
    """A training, by default the one that runs."""

    job: Id | None = None


class ModelIn(PublishIn):
    """A model, or a word's newest; and what the user passes over knowingly."""

    model: Id | None = None
    word: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ModelIn":
        if (self.model is None) == (self.word is None):
            raise ValueError("either model or word is needed")
        return self


class UpdateIn(PublishIn):
    """A word, whose newest model goes to all satellites that listen for it."""

    word: Id


class RollbackIn(Asked):
    """A word."""

    word: Id


@dataclass(frozen=True)
class Remote:
    """Does what is asked."""

    jobs: JobManager
    models: ModelLibrary
    publisher: Publisher
    deployments: Deployments

    @property
    def actions(self) -> dict[str, Action]:
        """Return what can be asked for, by name."""
        return {
            "train": self._train,
            "cancel": _checked(CancelIn, self._cancel),
            "publish": _checked(ModelIn, self._publish),
            "deploy": self._deploy,
            "rollback": _checked(RollbackIn, self._rollback),
        }

    async def _train(self, values: dict[str, Any]) -> Mapping[str, Any]:
        if "word" in values:
            request = await self._last_request(_check(AgainIn, values).word)
        else:
            request = _check(JobIn, values).record()
        return {"job": (await self.jobs.create(request)).id}

    async def _last_request(self, word: str) -> JobRequest:
        model = await self._newest(word)
        try:
            return (await self.jobs.get(model.job or "")).request
        except NotFound:  # the training was deleted: what its model knows of it is enough
            return JobRequest(phrase=model.phrase, language=model.language or "auto", say=model.ipa)

    async def _cancel(self, body: CancelIn) -> Mapping[str, Any]:
        return {"job": (await self.jobs.cancel(body.job or (await self._running()).id)).id}

    async def _publish(self, body: ModelIn) -> Mapping[str, Any]:
        model = body.model or (await self._newest(body.word or "")).id
        return asdict(await self.publisher.publish(model, override=body.override, replace=body.replace))

    async def _deploy(self, values: dict[str, Any]) -> Mapping[str, Any]:
        if "word" in values:
            update = _check(UpdateIn, values)
            return _told(
                await self.deployments.update(update.word, override=update.override, replace_rival=update.replace)
            )
        body = _check(DeploymentIn, values)
        return _told(
            await self.deployments.create(
                body.model, body.satellites, override=body.override, replace_rival=body.replace
            )
        )

    async def _rollback(self, body: RollbackIn) -> Mapping[str, Any]:
        return _told(await self.deployments.rollback(body.word))

    async def _newest(self, word: str) -> Model:
        models = [model for model in await self.models.all() if model.word == word]
        if not models:
            raise NotFound(f"there is no model of the word {word!r}")
        return models[-1]

    async def _running(self) -> Job:
        running = [job for job in await self.jobs.all() if job.state in (JobState.RUNNING, JobState.CANCELLING)]
        if not running:
            raise Conflict("no training runs")
        return min(running, key=lambda job: job.started or job.created)


@dataclass(frozen=True)
class Files:
    """Says what others need to fetch a model's file.

    Attributes:
        lan_port: where the LAN listener is now, None while it is closed.
    """

    models: ModelLibrary
    lan_port: Callable[[], int | None]
    _hashes: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def describe(self, ident: str) -> Mapping[str, Any]:
        """Return `size` (bytes), `sha256`, and `lan` where it can be fetched; nothing of a model that is gone."""
        if ident not in self._hashes:
            try:
                content = await asyncio.to_thread((await self.models.file(ident, "tflite")).read_bytes)
            except (AppError, OSError):
                return {}
            self._hashes[ident] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        port = self.lan_port()
        paths = {"port": port, "manifest": f"/models/{ident}.json", "model": f"/models/{ident}.tflite"}
        return self._hashes[ident] | ({"lan": paths} if port else {})


def _checked(kind: type[Body], do: Callable[[Body], Awaitable[Mapping[str, Any]]]) -> Action:
    async def act(values: dict[str, Any]) -> Mapping[str, Any]:
        return await do(_check(kind, values))

    return act


def _check(kind: type[Body], values: dict[str, Any]) -> Body:
    try:
        return kind.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise Invalid(explain(error), hint="See docs/mqtt.md for what may be sent.") from error


def _told(deployment: Deployment) -> Mapping[str, Any]:
    return {"deployment": deployment.id, "model": deployment.model}


def make_announcer(parts: Parts, lan_port: Callable[[], int | None], supervisor: Supervisor | None) -> Announcer:
    """Return what speaks MQTT, and have the panel show how that goes."""
    options, home = parts.options, parts.home
    around = Surroundings(
        find_broker=broker_finder(options, supervisor.mqtt if supervisor else None),
        jobs=parts.jobs.all,
        describe_file=Files(parts.models, lan_port).describe,
        held_back=lambda: options.mqtt_discovery == "off" or (options.mqtt_discovery == "auto" and home.set_up),
        changed=home.changed,
    )
    remote = Remote(parts.jobs, parts.models, parts.publisher, parts.household.deployments)
    announcer = Announcer(home.identity.id, parts.version, parts.store, parts.bus, around, remote.actions)
    home.tell_mqtt = lambda: asdict(announcer.status())
    return announcer
