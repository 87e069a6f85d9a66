"""Proposals in lists: of a neighbourhood, those that sound alike, one's own."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from liren.kernel.clock import office_day
from liren.kernel.policy import Actor
from liren.methods import text as texts
from liren.registers.places import queries as places
from liren.rooms.forum import levels
from liren.rooms.forum.models import Proposal
from liren.rooms.forum.rules import ALIKE, masked
from liren.rooms.forum.standing import hashed, keys
from liren.rooms.forum.states import OPEN, SECONDED, State

NEWEST = 200  # among so many of the newest one's own are looked for


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal in a list. `needed`: the households the level it lies with asks for."""

    number: str
    title: str
    where: str
    level: str
    state: str
    households: int
    needed: int
    made_at: datetime
    changed_at: datetime
    due_at: datetime | None
    overdue: bool


def listed(
    *, now: datetime, state: str = "", level: str = "", path: str = "", limit: int = 50, skip: int = 0
) -> list[Row]:
    """Proposals of a place, what moved last first.

    `state`: "open" (may be seconded or is at work), "kept", "ended"; "" for all that stand.
    """
    found = Proposal.objects.exclude(state=State.WITHDRAWN).filter(places.path_filter(path, "where_path"))
    if level:
        found = found.filter(level=level)
    if state == "open":
        found = found.filter(state__in=sorted(OPEN))
    elif state == "kept":
        found = found.filter(state=State.KEPT)
    elif state == "ended":
        found = found.filter(state__in=[State.DECLINED, State.JOINED, State.LAPSED])
    return rows(found.order_by("-changed_at", "-id")[skip : skip + limit], now)


def alike(title: str, words: str, place_id: int, *, now: datetime, limit: int = 3) -> list[Row]:
    """Open proposals of the same community that sound like this one, the most alike first: shown before sending."""
    around = levels.seat(place_id, "community") or places.get(place_id)
    found = list(
        Proposal.objects.filter(
            places.path_filter(around.path, "where_path"), state__in=sorted(SECONDED | {State.PROMISED})
        ).order_by("-changed_at")[:NEWEST]
    )
    near = texts.nearest(f"{title} {words}", [f"{row.title} {row.words}" for row in found], least=ALIKE)
    return rows([found[at] for at, _likeness in near[:limit]], now)


def mine(actor: Actor, *, now: datetime) -> list[Row]:
    """Those of the newest proposals that the asker made or stands behind: for their own page, and no other."""
    if actor.device_id is None:
        return []
    newest = list(Proposal.objects.exclude(state=State.WITHDRAWN).order_by("-changed_at")[:NEWEST])
    known = keys(actor)
    wanted = {row.id: hashed(known, row.salt) for row in newest}
    every = [mark for own in wanted.values() for mark in own]
    behind = set(
        Proposal.objects.filter(Q(seconds__who__in=every), id__in=wanted).values_list("id", flat=True)
    )
    return rows([row for row in newest if row.id in behind or row.author in wanted[row.id]], now)


def rows(found: "QuerySet[Proposal] | list[Proposal]", now: datetime) -> list[Row]:
    """Proposals as rows of a list. Two statements for names and households."""
    kept = list(found)
    summed = Proposal.objects.filter(id__in=[row.id for row in kept]).annotate(all=Sum("seconds__households"))
    behind = dict(summed.values_list("id", "all"))
    names = places.full_names({row.where_id for row in kept})
    rules = {one.key: one for one in levels.levels(office_day(now))}
    return [
        Row(
            number=row.number,
            title=masked(row.title),
            where=names.get(row.where_id, ""),
            level=row.level,
            state=row.state,
            households=behind[row.id] or 0,
            needed=rules[row.level].seconds,
            made_at=row.made_at,
            changed_at=row.changed_at,
            due_at=row.due_at,
            overdue=row.due_at is not None and row.due_at < now,
        )
        for row in kept
    ]
