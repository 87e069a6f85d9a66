"""Every write of backup: make a copy, go on from one, prove one, copy the keys, remember what was erased."""

from liren.base.backup.actions.copying import copy, folder, found
from liren.base.backup.actions.drilling import Drilled, Inspection, drill, inspect, set_probe
from liren.base.backup.actions.erasures import again, remember, set_eraser
from liren.base.backup.actions.keeping_keys import copy_keys
from liren.base.backup.actions.restoring import Restoring, await_database, finish, restore, unfinished

__all__ = [
    "Drilled",
    "Inspection",
    "Restoring",
    "again",
    "await_database",
    "copy",
    "copy_keys",
    "drill",
    "finish",
    "folder",
    "found",
    "inspect",
    "remember",
    "restore",
    "set_eraser",
    "set_probe",
    "unfinished",
]
