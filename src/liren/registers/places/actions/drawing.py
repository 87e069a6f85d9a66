"""Outlines: drawn one by one, or read from a GeoJSON file of a whole layer."""

import json
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.places.actions.importing import Report, RowReport
from liren.registers.places.actions.placing import manage, new_version
from liren.registers.places.events import PlaceDrawn, PlacesImported
from liren.registers.places.models import ExternalCode, Place
from liren.registers.places.queries import ground, tree
from liren.registers.places.queries.managing import numbered
from liren.registers.places.rules import outlines as shapes

LAYERS = frozenset(
    {"street", "community", "grid", "cell"}
)  # within one of these no two outlines share ground
MOST_BYTES = 50 * 1024 * 1024
CODES = 500  # looked up at once


@transaction.atomic
def draw_place(
    place_id: int, *, boundary: Mapping[str, Any] | None, by: Actor, now: datetime
) -> ground.OutlineReport:
    """Give a place its outline (GeoJSON, WGS-84), or take it away; tells the gaps left in the place it
    lies in.

    Raises Denied, NotFound("place.unknown"), Refused: place.outline_broken, place.outline_big,
    place.point, place.outline_overlaps (params `other`, the place it covers, and `square_metres`).
    """
    place = Place.objects.select_for_update().filter(id=place_id).first()
    if place is None:
        raise NotFound("place.unknown")
    manage(by, place.path)
    told = ground.OutlineReport((), ())
    if boundary is not None:
        shape = shapes.polygon(boundary)
        if place.kind in LAYERS:
            told = ground.report({**_drawn(place.kind), place_id: shape}, only={place_id})
            _refuse_clash(told, place_id)
        boundary = shapes.geojson_of(shape)
    Place.objects.filter(id=place_id).update(boundary=boundary)
    new_version()
    event = PlaceDrawn(subject_id=place_id, by=by.id, at=now, place_path=place.path, empty=boundary is None)
    ledger.record(event)
    return told


@transaction.atomic
def import_outlines(file: bytes, *, by: Actor, now: datetime, dry_run: bool = False) -> Report:
    """Outlines of places from a GeoJSON FeatureCollection; a feature names its place by property "code".

    The file is judged as a whole: borders that move together do not clash. A row is a feature, numbered
    from 1. Raises Denied, Refused: table.empty, table.too_big, table.broken.
    """
    features = _features(file)
    named = _named({_code(feature) for feature in features})
    found: dict[int, tuple[int, Any]] = {}
    rows: list[RowReport] = []
    places: dict[int, Place] = {}
    for number, feature in enumerate(features, 1):
        try:
            place, shape = _feature(feature, named)
            manage(by, place.path)
            found[place.id], places[place.id] = (number, shape), place
        except LirenError as error:
            rows.append(RowReport(number, "refused", error.code))
    gaps: list[tuple[int, int]] = []
    for kind in LAYERS:
        mine = {one: shape for one, (_, shape) in found.items() if places[one].kind == kind}
        if not mine:
            continue
        told = ground.report({**_drawn(kind), **mine}, only=mine)
        gaps += told.gaps
        for clash in told.overlaps:
            for one in {clash.first, clash.second} & found.keys():
                rows.append(RowReport(found.pop(one)[0], "refused", "place.outline_overlaps", id=one))
    rows += [RowReport(number, "updated", id=one) for one, (number, _) in found.items()]
    if not dry_run and found:
        for one, (_, shape) in found.items():
            Place.objects.filter(id=one).update(boundary=shapes.geojson_of(shape))
        new_version()
        refused = len(rows) - len(found)
        ledger.record(
            PlacesImported(
                subject_id=tree.root().id,
                by=by.id,
                at=now,
                what="outlines",
                created=0,
                updated=len(found),
                refused=refused,
            )
        )
    return Report(tuple(sorted(rows, key=lambda row: row.line)), dry_run, tuple(gaps))


def _features(file: bytes) -> list[Any]:
    if not file.strip():
        raise Refused("table.empty", field="file")
    if len(file) > MOST_BYTES:
        raise Refused("table.too_big", field="file")
    try:
        read = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise Refused("table.broken", field="file") from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise Refused("table.broken", field="file")
    return features


def _code(feature: Any) -> str:
    """The code by which a feature names its place; "" where it names none."""
    named = feature.get("properties") if isinstance(feature, dict) else None
    return str(named.get("code", "")).strip() if isinstance(named, dict) else ""


def _named(codes: Set[str]) -> dict[str, list[Place]]:
    """The open places of each code, without their old outlines: one statement for CODES of them."""
    places: dict[str, list[Place]] = {}
    wanted = sorted(codes)
    for first in range(0, len(wanted), CODES):
        held = ExternalCode.objects.filter(value__in=wanted[first : first + CODES], place__valid_to=None)
        for code in held.select_related("place").defer("place__boundary"):
            places.setdefault(code.value, []).append(code.place)
    own = {number: code for code in wanted if (number := numbered(code)) is not None}
    for place in Place.objects.filter(id__in=own, valid_to=None).defer("boundary"):
        places[own[place.id]] = [place]
    return places


def _feature(feature: Any, named: Mapping[str, list[Place]]) -> tuple[Place, Any]:
    """The place a feature names and its shape. Raises NotFound("place.unknown"), Refused as `polygon`."""
    held = named.get(_code(feature), [])
    if len(held) != 1:
        raise NotFound("place.unknown")
    return held[0], shapes.polygon(feature.get("geometry"))


def _drawn(kind: str) -> dict[int, Any]:
    rows = Place.objects.filter(kind=kind, boundary__isnull=False, valid_to=None)
    return {one: shapes.polygon(boundary) for one, boundary in rows.values_list("id", "boundary")}


def _refuse_clash(told: ground.OutlineReport, place_id: int) -> None:
    if told.overlaps:
        clash = told.overlaps[0]
        other = clash.second if clash.first == place_id else clash.first
        raise Refused(
            "place.outline_overlaps", field="boundary", other=other, square_metres=clash.square_metres
        )
