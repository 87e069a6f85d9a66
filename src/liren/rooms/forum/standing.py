"""Who speaks, as one household and without a name: a hash that is good for one proposal and leads nowhere else."""

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


def marks(actor: Actor, salt: str) -> frozenset[str]:
    """The marks an actor may have left at a proposal; none for somebody without a device."""
    keys = [f"d:{actor.device_id}"] if actor.device_id is not None else []
    if actor.phone_index:
        keys.append(f"p:{actor.phone_index}")
        keys += [f"h:{home.household_id}" for home in people.homes_by_phone(actor.phone_index)]
    return frozenset(content_hash(key, salt) for key in keys)


def speaker(proposal: Proposal, actor: Actor, now: datetime) -> Speaker:
    """Who an actor is at a proposal: the household of a proven phone, else the phone, else the device.

    Raises Refused("device.missing"), Refused("forum.lives_elsewhere") where the register has them outside its ground.
    """
    if actor.device_id is None:
        raise Refused("device.missing")
    found = marks(actor, proposal.salt)
    if not actor.phone_index:
        return Speaker(content_hash(f"d:{actor.device_id}", proposal.salt), found, known=False, proven=False)
    homes = people.homes_by_phone(actor.phone_index, on=office_day(now))
    if not homes:
        return Speaker(content_hash(f"p:{actor.phone_index}", proposal.salt), found, known=False, proven=True)
    ground = _ground(proposal)
    here = [home for home in homes if home.path.startswith(ground)]
    if not here:
        raise Refused("forum.lives_elsewhere")
    return Speaker(content_hash(f"h:{here[0].household_id}", proposal.salt), found, known=True, proven=True)


def took_part(actor: Actor, now: datetime) -> None:
    """Count the actor's household as one that took part this year: once, whatever it does and however often."""
    if actor.device_id is None:
        return
    homes = people.homes_by_phone(actor.phone_index, on=office_day(now)) if actor.phone_index else []
    key = (
        f"h:{homes[0].household_id}"
        if homes
        else f"p:{actor.phone_index}"
        if actor.phone_index
        else f"d:{actor.device_id}"
    )
    year = office_day(now).year
    TookPart.objects.get_or_create(mark=vault.blind(f"forum.took_part.{year}", key), defaults={"year": year})


def _ground(proposal: Proposal) -> str:
    """Whose matter it is: of everybody around the seat of its level, at most of the whole office."""
    root = places.office_view().path
    return root if root.startswith(proposal.seat_path) else proposal.seat_path
