"""What whoever keeps the registers looks at: what of people's hangs on a piece of ground. Counts, and nobody's name."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from liren.registers.people.models import Body, Ownership, Post, Residence
from liren.registers.places import queries as places


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on a piece of ground on a day: homes somebody lives in or owns, units and seats whose ground it is."""

    homes: int
    units: int
    seats: int


def standing(path: str, on: date) -> Standing:
    """What hangs on a place and all in it on a day. Four statements."""
    lived = Residence.objects.filter(
        open_on(on), places.path_filter(path, "household__dwelling__place__path")
    ).values_list("household__dwelling_id", flat=True)
    owned = Ownership.objects.filter(open_on(on), places.path_filter(path, "dwelling__place__path"))
    ground = places.path_filter(path, "place_path") & open_on(on)
    return Standing(
        homes=len({*lived.distinct(), *owned.values_list("dwelling_id", flat=True).distinct()}),
        units=Body.objects.filter(ground).count(),
        seats=Post.objects.filter(ground).count(),
    )


def open_on(day: date) -> Q:
    """Rows that hold on a day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return begun & (Q(valid_to=None) | Q(valid_to__gt=day))


@dataclass(frozen=True, slots=True)
class Watch:
    """A seat that looks after a piece of ground: its title, who sits there, and at which unit."""

    post_id: int
    title: str
    holder: str
    unit: str


def watching(path: str, on: date) -> list[Watch]:
    """Grid workers' seats whose ground holds a place, the nearest ground first."""
    around = Post.objects.filter(open_on(on), role="grid_worker", place_path__in=_above(path))
    rows = around.select_related("body").order_by("-place_path", "id")
    return [Watch(post.id, post.title, post.holder, post.body.short or post.body.name) for post in rows]


def committees(path: str, on: date) -> list[str]:
    """Names of the residents' committees whose ground holds a place."""
    rows = Body.objects.filter(open_on(on), kind="residents_committee", place_path__in=_above(path))
    return list(rows.order_by("-place_path", "sort", "id").values_list("name", flat=True))


def _above(path: str) -> list[str]:
    """The paths of a place and of all it lies in."""
    parts = [part for part in path.split("/") if part]
    return ["/" + "/".join(parts[: end + 1]) + "/" for end in range(len(parts))]
