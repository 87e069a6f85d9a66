"""Reading about the vault without opening anything: the blind index, and who revealed what."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from liren.base.ledger.queries import Stretch
from liren.base.vault import keycopy, keyring
from liren.base.vault.models import DataKey, Reveal
from liren.kernel.policy import Actor, Facts, require


@dataclass(frozen=True, slots=True)
class RevealView:
    """One reading of what was sealed: who (`by`), whose (`subject`), what (`context`), why, when."""

    by: int
    subject: str
    context: str
    purpose: str
    at: datetime
    id: int = 0


def blind(kind: str, value: str) -> str:
    """A keyed hash (HMAC-SHA256, hex) to find equal values without keeping them: blind("phone",
    "13900000000").

    The caller brings the value into one form first. Without the keyring it can be neither computed nor
    guessed. Raises LirenError("vault.keyring_missing").
    """
    message = f"{len(kind)}:{kind}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(keyring.blind(), message, sha256).hexdigest()


def fingerprints(folder: Path | None = None) -> dict[str, str]:
    """By what the keys in LIREN_HOME/keys (or in `folder`) are known: key id and "blind" to sixteen hex digits."""
    return keycopy.fingerprints(keyring.folder() if folder is None else folder)


def erased(subject: str) -> bool:
    """Whether the subject's key was destroyed."""
    return DataKey.objects.filter(subject=subject, erased_at__isnull=False).exists()


def reveals(subject: str) -> list[RevealView]:
    """Who has read what was sealed for a subject, newest first: the person concerned may ask for it (PIPL
    art. 45).
    """
    return reveals_of([subject])


def reveals_of(subjects: Sequence[str]) -> list[RevealView]:
    """The same for several subjects at once, newest first. One statement."""
    rows = Reveal.objects.filter(subject__in=list(subjects)).order_by("-at", "-id")
    return [_view(row) for row in rows]


def newest_reveals(stretch: Stretch, *, by: Actor, reader: int | None = None) -> list[RevealView]:
    """Who has read anything sealed, newest first, for who audits. One statement. Raises Denied.

    `reader`: readings of one account alone.
    """
    require(by, "vault.read_reveals", Facts())
    rows = Reveal.objects.all() if reader is None else Reveal.objects.filter(by=reader)
    return [_view(row) for row in stretch.of(rows)]


def _view(row: Reveal) -> RevealView:
    return RevealView(row.by, row.subject, row.context, row.purpose, row.at, row.id)
