"""The classes of demands and whose duty each is, by limits and words that go with it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q

from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.rulepacks import Row
from liren.kernel.worktime import Limit
from liren.registers.duties import rules
from liren.registers.duties.models import Catalogue, CatalogueEntry
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import (
    Duty,
    Part,
    Permit,
)
from liren.registers.duties.settings import (
    template_keys,
)
from liren.registers.duties.taxonomy import holding, nearby
from liren.registers.duties.views import (
    CatalogueView,
    ClassView,
    DutyMatch,
    GroupView,
    HandlingLimits,
    Template,
    Words,
)
from liren.registers.people import queries as people


def classes(on: date) -> list[ClassView]:
    """Every class that holds on that day, in the order of the pack. No SQL."""
    rows = pack("taxonomy").on(on)
    return [_class(row, row.key, on) for row in rows.values() if row.value["kind"] == "class"]


def groups(on: date) -> list[GroupView]:
    """The top groups of that day with their classes. No SQL."""
    inside: dict[str, list[ClassView]] = {}
    for view in classes(on):
        inside.setdefault(view.group, []).append(view)
    return [
        GroupView(row.key, _words(row), row.value["icon"], tuple(inside.get(row.key, ())))
        for row in pack("taxonomy").on(on).values()
        if row.value["kind"] == "group"
    ]


def class_view(code: str, on: date) -> ClassView:
    """The class of a code on that day; a retired code leads to its successor (`view.code != code`), of any
    depth.

    A code that no longer holds and has no successor, and one never known: NotFound("duty.class_unknown"). No
    SQL.
    """
    return _class(holding(code, on), code, on)


def cues(on: date) -> dict[str, tuple[str, ...]]:
    """For each class of that day the everyday words, Chinese and English, by which it is recognised; its
    title first.
    """
    return {view.code: (view.titles.zh, *view.cues) for view in classes(on)}


def lead(class_code: str, place_path: str, on: date) -> list[DutyMatch]:
    """Whose duty a class is in a place on that day, best first; see `rules.strongest`. Assisting rows come
    last.

    More than one match without `assist_only` means that the list leaves the choice to a person. An empty
    `place_path` finds only what holds in the whole office. A retired code is looked up by its successor.
    Empty where the list is silent. Raises NotFound("duty.class_unknown"). One SQL statement.
    """
    found = _entries(class_code, place_path, on)
    return [found[duty.entry_id][1] for duty in rules.strongest(duty for duty, _ in found.values())]


def permits(unit_id: int, class_code: str, place_path: str, on: date, *, part: Part = "lead") -> Permit:
    """Whether the unit may be given this class here as lead (or `part="assist"`). True in a condition if it
    may.

    A unit, and above all a community, gets only what is on its list, and leads nothing it only assists in
    (北京市接诉即办工作条例 art. 17). Raises NotFound("duty.class_unknown"). One SQL statement.
    """
    found = _entries(class_code, place_path, on)
    return rules.permit(rules.strongest(duty for duty, _ in found.values()), unit_id, part)


def limits(class_code: str, unit_id: int | None, on: date) -> HandlingLimits:
    """The limits of a class that day: its own row, else its group's, else the default (条例 art. 13).

    A class that runs round the clock does so for every unit; otherwise the unit's own calendar counts (24×7
    utilities). One SQL statement where a unit is named, else none.
    """
    found = pack("limits")
    row = _nearest("limits", class_code, on)
    value = row.value
    calendar = str(value["calendar"])
    if unit_id is not None and calendar == found.pick("default", on).value["calendar"]:
        calendar = people.unit(unit_id).calendar
    return HandlingLimits(
        response=_limit(value["response"]),
        handle=_limit(value["handle"]),
        calendar=calendar,
        key=row.key,
        source=row.source,
        version=row.version,
        response_basis=value["response"]["basis"],
        handle_basis=value["handle"]["basis"],
        urgent=bool(value.get("urgent")),
        note=str(value.get("note", "")),
    )


def templates(class_code: str, on: date | None = None) -> list[Template]:
    """Words for each kind of reply: the class's own, else its group's, else the general ones.

    `on` is today if left out.
    """
    day = on or to_office(utc_now(), office_zone()).date()
    found = pack("templates")
    chosen = []
    for kind in rules.TEMPLATE_KINDS:
        rows = (found.find(key, day) for key in template_keys(class_code, kind, day))
        row = next((row for row in rows if row is not None), None)
        if row is not None:
            texts = Words(row.value["zh"], row.value["en"])
            chosen.append(Template(row.key, kind, _words(row), texts, row.source))
    return chosen


def catalogues() -> list[CatalogueView]:
    """Every version of the duty list, newest first."""
    rows = Catalogue.objects.annotate(count=Count("entries")).order_by("-version")
    return [CatalogueView(row.version, row.valid_from, row.valid_to, row.source, row.count) for row in rows]


def catalogue_rows(
    on: date, *, unit_id: int | None = None, class_code: str = ""
) -> list[tuple[str, DutyMatch]]:
    """The duty list of a day as (class or group code, row), of one unit or class if named.

    One SQL statement.
    """
    wanted = _on(on)
    if unit_id is not None:
        wanted &= Q(unit_id=unit_id)
    if class_code:
        wanted &= Q(class_code__in=nearby(class_code, on))
    rows = CatalogueEntry.objects.filter(wanted).order_by("class_code", "place_path", "assist_only", "id")
    return [(row["class_code"], _match(row)) for row in rows.values(*_FIELDS)]


_FIELDS = (
    "id",
    "class_code",
    "place_path",
    "unit_id",
    "unit__name",
    "unit__short",
    "co_unit_ids",
    "assist_only",
    "basis",
    "source",
    "version",
)


def _entries(class_code: str, place_path: str, on: date) -> dict[int, tuple[Duty, DutyMatch]]:
    """The rows that speak of the class or its group, here or in a wider place."""
    codes = nearby(holding(class_code, on).key, on)
    wanted = _on(on) & Q(class_code__in=codes, place_path__in=rules.prefixes(place_path))
    found = {}
    for row in CatalogueEntry.objects.filter(wanted).values(*_FIELDS):
        duty = Duty(
            entry_id=row["id"],
            exact=row["class_code"] == codes[0],
            place_path=row["place_path"],
            unit_id=row["unit_id"],
            co_unit_ids=tuple(row["co_unit_ids"]),
            assist_only=row["assist_only"],
            basis=row["basis"],
        )
        found[duty.entry_id] = (duty, _match(row))
    return found


def _match(row: Mapping[str, Any]) -> DutyMatch:
    return DutyMatch(
        entry_id=row["id"],
        unit_id=row["unit_id"],
        unit_name=row["unit__short"] or row["unit__name"],
        co_unit_ids=tuple(row["co_unit_ids"]),
        basis=row["basis"],
        assist_only=row["assist_only"],
        place_path=row["place_path"],
        version=row["version"],
        source=row["source"],
    )


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def _nearest(name: str, code: str, on: date) -> Row:
    found = pack(name)
    rows = (found.find(key, on) for key in nearby(code, on))
    return next((row for row in rows if row is not None), None) or found.pick("default", on)


def _class(row: Row, asked: str, on: date) -> ClassView:
    value = row.value
    group = pack("taxonomy").pick(value["parent"], on)
    limit = _nearest("limits", row.key, on)
    return ClassView(
        code=row.key,
        asked=asked,
        group=group.key,
        titles=_words(row),
        group_titles=_words(group),
        hints=Words(**value["hint"]),
        types=tuple(value["types"]),
        icon=value["icon"],
        cues=(*value.get("cues", ()), *value.get("cues_en", ())),
        urgent=limit.key == row.key and bool(limit.value.get("urgent")),
        source=row.source,
        version=row.version,
    )


def _limit(value: Mapping[str, Any]) -> Limit:
    return Limit(value["value"], value["unit"])


def _words(row: Row) -> Words:
    return Words(row.title.zh, row.title.en)
