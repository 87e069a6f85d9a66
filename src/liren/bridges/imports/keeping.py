"""The file of an import on disk, sealed: LIREN_HOME/imports/<id>. It holds names and phones: kept for a while only."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from liren.base.disk import actions as disk
from liren.base.vault import actions as vault
from liren.bridges.imports.models import Import
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor

CONTEXT = "imports.file"
KEPT = timedelta(days=30)


def place(import_id: int) -> Path:
    """Where it lies."""
    return Path(settings.HOME) / "imports" / str(import_id)


def keep(import_id: int, data: bytes) -> None:
    """Seal a file and have it surely on disk. In the transaction that makes the import."""
    disk.write(place(import_id), vault.seal_bytes(data, subject=f"import:{import_id}", context=CONTEXT))


def read(import_id: int, *, by: Actor, now: datetime) -> bytes:
    """The file again; who read it is kept. Raises NotFound("import.file_gone") once its time is over."""
    try:
        sealed = place(import_id).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("import.file_gone") from error
    return vault.reveal_bytes(sealed, context=CONTEXT, by=by, purpose="bring_in", now=now)


def forget(import_id: int, *, by: Actor, now: datetime) -> None:
    """Destroy the key, and the file with the transaction that says so."""
    vault.erase(f"import:{import_id}", by=by, now=now)
    transaction.on_commit(partial(place(import_id).unlink, missing_ok=True))
    Import.objects.filter(id=import_id).update(kept=False)
