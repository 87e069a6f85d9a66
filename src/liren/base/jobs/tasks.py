"""What this process can do, and how often what repeats is due. Filled at start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from liren.base.jobs import rules

Work = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A named function; `lease` is how long a worker may be silent before another takes the job over."""

    name: str
    work: Work
    lease: timedelta
    max_attempts: int


_TASKS: dict[str, Task] = {}
_SCHEDULES: dict[str, str] = {}


def add(task: Task) -> None:
    """Make a task known. Raises ValueError for a name in use by another function."""
    known = _TASKS.get(task.name)
    if known is not None and known.work is not task.work:
        raise ValueError(f"task {task.name} exists")
    _TASKS[task.name] = task


def repeat(name: str, spec: str) -> None:
    """Make a known task repeat. Raises ValueError for an unknown task or a schedule that cannot be read."""
    rules.parse(spec)
    if name not in _TASKS:
        raise ValueError(f"task {name} is not registered")
    _SCHEDULES[name] = spec


def find(name: str) -> Task | None:
    """The task of this name."""
    return _TASKS.get(name)


def names() -> list[str]:
    """The names of all tasks this process can do."""
    return sorted(_TASKS)


def schedules() -> dict[str, str]:
    """Name and spec of everything that repeats."""
    return dict(_SCHEDULES)


def drop(name: str) -> None:
    """Forget a task and its schedule."""
    _TASKS.pop(name, None)
    _SCHEDULES.pop(name, None)
