"""Who speaks, as one household and without a name: a hash that is good for one proposal and leads nowhere else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liren.base.vault import queries as vault
from liren.kernel.clock import office_day
from liren.kernel.errors import Refused
from liren.kernel.events import content_hash
from liren.kernel.policy import Actor
from liren.registers.people import queries as people
from liren.registers.places import queries as places
from liren.rooms.forum.models import Proposal, TookPart


@dataclass(frozen=True, slots=True)
class Speaker:
    """`who` is how the household is kept at this proposal, `marks` every mark it may be known by; `known`: the register
    has it on the proposal's ground.
    """

    who: str
    marks: frozenset[str]
    known: bool
    proven: bool


def keys(actor: Actor) -> tuple[str, ...]:
    """What an actor may be known by, the household first: read once, then hashed for each proposal."""
    found = [f"h:{home.household_id}" for home in people.homes_by_phone(actor.phone_index)]
    if actor.phone_index:
        found.append(f"p:{actor.phone_index}")
    if actor.device_id is not None:
        found.append(f"d:{actor.device_id}")
    return tuple(found)


def hashed(known: Iterable[str], salt: str) -> frozenset[str]:
    """The marks these may have left at the proposal with this salt."""
    return frozenset(content_hash(key, salt) for key in known)


def marks(actor: Actor, salt: str) -> frozenset[str]:
    """The marks an actor may have left at a proposal; none for somebody without a device."""
    return hashed(keys(actor), salt)


def speaker(proposal: Proposal, actor: Actor, now: datetime) -> Speaker:
    """Who an actor is at a proposal: the household of a proven phone, else the phone, else the device.

    Raises Refused("device.missing"), Refused("forum.lives_elsewhere") where the register has them outside its ground.
    """
    if actor.device_id is None:
        raise Refused("device.missing")
    homes = people.homes_by_phone(actor.phone_index, on=office_day(now))
    here = [home for home in homes if home.path.startswith(_ground(proposal))]
    if homes and not here:
        raise Refused("forum.lives_elsewhere")
    who = content_hash(_key(actor, here), proposal.salt)
    return Speaker(who, marks(actor, proposal.salt), known=bool(here), proven=bool(actor.phone_index))


def took_part(actor: Actor, now: datetime) -> None:
    """Count the actor's household as one that took part this year: once, whatever it does and however often."""
    if actor.device_id is None:
        return
    year = office_day(now).year
    key = _key(actor, people.homes_by_phone(actor.phone_index, on=office_day(now)))
    TookPart.objects.get_or_create(mark=vault.blind(f"forum.took_part.{year}", key), defaults={"year": year})


def author_key(proposal: Proposal, actor: Actor, now: datetime) -> tuple[str, bool]:
    """What the author's household is kept as, and whether the register has it on the proposal's ground.

    An author from elsewhere is no household of this ground, and stands behind the own proposal all the same.
    """
    homes = people.homes_by_phone(actor.phone_index, on=office_day(now))
    here = [home for home in homes if home.path.startswith(_ground(proposal))]
    return content_hash(_key(actor, here), proposal.salt), bool(here)


def _key(actor: Actor, homes: Sequence[people.HomeView]) -> str:
    """The one thing a household is counted by: the register's, else the phone, else the device."""
    if homes:
        return f"h:{homes[0].household_id}"
    return f"p:{actor.phone_index}" if actor.phone_index else f"d:{actor.device_id}"


def _ground(proposal: Proposal) -> str:
    """Whose matter it is: of everybody around the seat of its level, at most of the whole office."""
    root = places.office_view().path
    return root if root.startswith(proposal.seat_path) else proposal.seat_path
