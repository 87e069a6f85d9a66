"""What a map shows of cases: how many came from each spot in a period, and where the ones of a list stand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, F, Q

from liren.cases.queries.desk import SOON, Filters, narrowed
from liren.kernel.policy import Actor


@dataclass(slots=True)
class OnGround:
    """What is counted in one piece of ground: cases received in the period, and cases of the list, open ones by urgency."""

    received: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    late: int = 0
    soon: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """One case of the list as it stands on the map. No coordinates of its own: None, its place's are used."""

    id: int
    number: str
    title: str
    state: str
    next_due: datetime | None
    due_from: datetime | None
    provisional: bool
    place_id: int | None
    place_path: str
    place_text: str
    latitude: float | None
    longitude: float | None
    unit: str
    voices: int


_PIN = (
    "id", "number", "title", "state", "next_due", "due_from", "due_provisional", "place_id", "place_path", "place_text",
    "latitude", "longitude", "unit__short", "unit__name", "voices",
)  # fmt: skip


def on_ground(
    actor: Actor, filters: Filters, *, since: datetime, now: datetime, pieces: Iterable[str]
) -> dict[str, OnGround]:
    """Counts by piece of ground (a path of `pieces`; "" for cases in none of them), within what the actor may see.

    Received counts follow every filter but the view; listed ones follow the list. Two statements, grouped by the
    database: their cost is the period's and the list's, whatever lies in the archive.
    """
    whole = dict.fromkeys(pieces)
    found: dict[str, OnGround] = defaultdict(OnGround)
    # a map is a figure too: the difference of two readers' would tell of what few may know
    came = narrowed(actor, replace(filters, view="all"), now).filter(
        received_at__gte=since, received_at__lte=now, sealed=False
    )
    for path, code, count in came.order_by().values_list("place_path", "class_code").annotate(n=Count("pk")):
        piece = found[_piece(path, whole)]
        piece.received += count
        piece.classes[code] += count
    late, soon = Q(next_due__lt=now), Q(next_due__gte=now, next_due__lt=now + SOON)
    listed = narrowed(actor, filters, now).filter(sealed=False).order_by().values_list("place_path")
    counted = listed.annotate(n=Count("pk"), late=Count("pk", filter=late), soon=Count("pk", filter=soon))
    for path, count, overdue, near in counted:
        piece = found[_piece(path, whole)]
        piece.listed += count
        piece.late += overdue
        piece.soon += near
    return dict(found)


def _piece(path: str, pieces: Mapping[str, None]) -> str:
    """The piece a path lies in, by its own beginnings: a few look-ups, however many pieces there are."""
    cut = len(path)
    while cut > 0:
        if path[:cut] in pieces:
            return path[:cut]
        cut = path.rfind("/", 0, cut - 1) + 1
    return ""


def pins(actor: Actor, filters: Filters, *, now: datetime, most: int) -> list[Pin]:
    """The cases of a list as pins, the most urgent first, `most` at most. One statement."""
    rows = (
        narrowed(actor, filters, now).filter(sealed=False).order_by(F("next_due").asc(nulls_last=True), "id")
    )
    return [
        Pin(
            id=row["id"],
            number=row["number"],
            title=row["title"],
            state=row["state"],
            next_due=row["next_due"],
            due_from=row["due_from"],
            provisional=row["due_provisional"],
            place_id=row["place_id"],
            place_path=row["place_path"],
            place_text=row["place_text"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            unit=row["unit__short"] or row["unit__name"] or "",
            voices=row["voices"],
        )
        for row in rows.values(*_PIN)[:most]
    ]
