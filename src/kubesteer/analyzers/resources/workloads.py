"""Workloads: what makes pods."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

from kubesteer.analyzers.resources.pods import PodTemplate
from kubesteer.analyzers.resources.shapes import Condition, Object, Selector, Shape
from kubesteer.analyzers.resources.volumes import PersistentVolumeClaim


class WorkloadSpec(Shape, frozen=True, gc=False):
    """What Deployment, ReplicaSet, StatefulSet and DaemonSet have in common, and their own few fields."""

    replicas: int = 1
    selector: Selector = Selector()
    template: PodTemplate = PodTemplate()
    paused: bool = False
    min_ready_seconds: int = 0
    progress_deadline_seconds: int = 600
    service_name: str = ""
    pod_management_policy: str = "OrderedReady"
    volume_claim_templates: list[PersistentVolumeClaim] = []


class WorkloadStatus(Shape, frozen=True, gc=False):
    """The same of their status; DaemonSets count by other names."""

    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    current_number_scheduled: int = 0
    desired_number_scheduled: int = 0
    number_misscheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_unavailable: int = 0
    updated_number_scheduled: int = 0
    conditions: list[Condition] = []


class Workload(Object, frozen=True, gc=False):
    """Base of the kinds whose pod template rolls out."""

    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = WorkloadStatus()

    def condition(self, type_: str) -> Condition | None:
        """One condition by its type."""
        return next((c for c in self.status.conditions if c.type == type_), None)


class Deployment(Workload, frozen=True, gc=False):
    """apps/v1 Deployment."""

    kind: ClassVar[str] = "Deployment"


class ReplicaSet(Workload, frozen=True, gc=False):
    """apps/v1 ReplicaSet."""

    kind: ClassVar[str] = "ReplicaSet"

    @property
    def revision(self) -> int:
        """The Deployment's revision that it stands for, 0 where it stands for none."""
        number = self.metadata.annotations.get("deployment.kubernetes.io/revision", "")
        return int(number) if number.isdecimal() else 0


class StatefulSet(Workload, frozen=True, gc=False):
    """apps/v1 StatefulSet."""

    kind: ClassVar[str] = "StatefulSet"


class DaemonSet(Workload, frozen=True, gc=False):
    """apps/v1 DaemonSet."""

    kind: ClassVar[str] = "DaemonSet"


class ControllerRevision(Object, frozen=True, gc=False):
    """apps/v1 ControllerRevision: its number stands at the top level."""

    kind: ClassVar[str] = "ControllerRevision"

    revision: int = 0


class JobSpec(Shape, frozen=True, gc=False):
    """spec of a Job."""

    suspend: bool = False
    completions: int | None = None
    parallelism: int = 1
    backoff_limit: int = 6
    active_deadline_seconds: int | None = None
    template: PodTemplate = PodTemplate()


class JobStatus(Shape, frozen=True, gc=False):
    """status of a Job."""

    start_time: str = ""
    completion_time: str = ""
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    conditions: list[Condition] = []


class Job(Object, frozen=True, gc=False):
    """batch/v1 Job."""

    kind: ClassVar[str] = "Job"

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    def ended(self, type_: str) -> Condition | None:
        """The condition Complete, Failed or another where it is True."""
        return next((c for c in self.status.conditions if c.type == type_ and c.status == "True"), None)


class JobTemplate(Shape, frozen=True, gc=False):
    """spec.jobTemplate of a CronJob."""

    spec: JobSpec = JobSpec()


class CronJobSpec(Shape, frozen=True, gc=False):
    """spec of a CronJob."""

    schedule: str = ""
    time_zone: str = ""
    suspend: bool = False
    concurrency_policy: str = "Allow"
    starting_deadline_seconds: int | None = None
    job_template: JobTemplate = JobTemplate()


class CronJobStatus(Shape, frozen=True, gc=False):
    """status of a CronJob."""

    last_schedule_time: str = ""
    last_successful_time: str = ""


class CronJob(Object, frozen=True, gc=False):
    """batch/v1 CronJob."""

    kind: ClassVar[str] = "CronJob"

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
