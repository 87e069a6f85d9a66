"""Every write to jobs: register and schedule work, enqueue it, do it, send a dead job back, forget finished
ones.
"""

from liren.base.jobs.actions.asking import enqueue, every, purge_done, register, retry
from liren.base.jobs.actions.working import current, renew, work

__all__ = ["current", "enqueue", "every", "purge_done", "register", "renew", "retry", "work"]
