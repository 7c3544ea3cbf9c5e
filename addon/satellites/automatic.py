"""What a training was asked to be sent to is sent when it is done, whether or not anybody looks on."""

import asyncio
import logging

from addon.bus import Bus, JobChanged, Overrun
from addon.errors import AppError
from addon.records import Job, JobState
from addon.satellites.deployments import Deployments
from addon.satellites.roster import Roster
from addon.store import Store

PAUSE_S = 5.0  # before jobs are looked at again that could not be read
_log = logging.getLogger(__name__)


class Sender:
    """Hears of trainings that are done. A deployment of a model says that it was sent, over restarts too."""

    def __init__(self, store: Store, bus: Bus, roster: Roster, deployments: Deployments) -> None:
        self._store, self._bus, self._roster, self._deployments = store, bus, roster, deployments

    async def run(self) -> None:
        """Send what is done, until cancelled; first what was done while the app was not there."""
        while True:
            try:
                await self._hear()
            except Overrun:
                continue  # too much happened at once: all jobs are looked at again
            except Exception:  # such as a database that refuses
                _log.exception("what is to be sent cannot be found out")
                await asyncio.sleep(PAUSE_S)

    async def _hear(self) -> None:
        async with self._bus.listen() as messages:
            for job in await self._store.jobs.all(JobState.DONE):
                await self._see(job)
            async for message in messages:
                if isinstance(message, JobChanged):
                    await self._see(message.job)

    async def _see(self, job: Job) -> None:
        if job.state is not JobState.DONE or job.model is None or not job.request.satellites:
            return
        if any(one.model == job.model for one in await self._store.deployments.all()):
            return
        await self._roster.settle()
        try:
            await self._deployments.send(job.model, job.request.satellites)
        except AppError as error:
            _log.warning("%s is not sent: %s", job.model, error.message)
            await self._deployments.note_failure(job.model, job.request.satellites, error)
        except Exception:
            _log.exception("%s is not sent", job.model)
