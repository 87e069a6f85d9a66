"""The keys of everything sealed, written out once under a passphrase, for the safe."""

import time
from datetime import datetime
from pathlib import Path

from django.db import transaction

from liren.base.backup.actions.copying import note
from liren.base.backup.events import KeysCopied
from liren.base.backup.models import Run
from liren.base.disk import actions as disk
from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor


def copy_keys(target: Path, passphrase: str, *, by: Actor, now: datetime) -> dict[str, str]:
    """Write the keyring under a passphrase into a new file, and note which keys are in it; their fingerprints.

    Raises Refused: backup.keys_there (the file exists), vault.passphrase_short; LirenError("vault.keyring_missing").
    """
    begun = time.monotonic()
    data = vault.copy_keys(passphrase)
    try:
        disk.create(target, data)
    except FileExistsError:
        raise Refused("backup.keys_there", path=str(target)) from None
    prints = keys.fingerprints()
    with transaction.atomic():
        note(Run.Kind.KEYS, now, time.monotonic() - begun, fingerprints=prints)
        ledger.record(KeysCopied(subject_id=0, by=by.id, at=now, keys=tuple(sorted(prints))))
    return prints
