"""News of jobs: what people did to work that had been given up."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRetried(Event):
    """A person sent a dead job back to work."""

    kind: ClassVar[str] = "jobs.retried"
    subject_kind: ClassVar[str] = "job"

    task: str
