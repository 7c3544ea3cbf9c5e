"""Trainings: their queue, the child process of each, what it tells, and what becomes of it after a crash."""

from addon.jobs.machine import Surveyor
from addon.jobs.manager import JobManager
from addon.jobs.preflight import Check, Preflight
from addon.jobs.snapshot import JobSnapshot

__all__ = ["Check", "JobManager", "JobSnapshot", "Preflight", "Surveyor"]
