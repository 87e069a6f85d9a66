"""Which unit leads what on a piece of ground: for whoever moves or closes a place and wants to know what changes."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from liren.registers.duties import rules
from liren.registers.duties.models import CatalogueEntry
from liren.registers.places import queries as places


def rows_within(path: str, on: date) -> int:
    """How many rows of the day's duty list speak of a place or of one in it."""
    return CatalogueEntry.objects.filter(_on(on), places.path_filter(path, "place_path")).count()


def leads_under(paths: Iterable[str], on: date) -> dict[str, str]:
    """For each class or group with a row of its own, the unit that leads it on ground that lies in `paths`, outermost
    first: a row for a nearer one beats that of a wider one. The whole office ("") is always among them.
    """
    order = {path: at for at, path in enumerate(dict.fromkeys(["", *paths]))}
    rows = CatalogueEntry.objects.filter(_on(on), assist_only=False, place_path__in=order)
    found = sorted(
        rows.values_list("class_code", "place_path", "unit__short", "unit__name"),
        key=lambda row: order[row[1]],
    )
    return {code: short or name for code, _, short, name in found}


def above(path: str) -> list[str]:
    """The whole office ("") and every place a path lies in, itself last."""
    return rules.prefixes(path)


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
