"""Registers by spreadsheet: a table down, a table up. First it is only tried, row by row; then one takes it over."""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.faces.kit import tabular, typed, uploading
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing, tables_words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.people import actions as people_register
from liren.registers.people import queries as people
from liren.registers.places import actions as ground
from liren.registers.places import queries as places

SHOWN = 300  # rows told one by one, of each kind
MOST_PACKED = 3_500_000  # a tried table comes along in the form that takes it over; larger ones are split
MOST_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """One register's table: what it is called, what it may hold, how it is read."""

    name: str
    tab: str
    title: str
    note: str
    heads: str
    accept: str
    forms: tuple[str, ...]
    take: Callable[..., ground.Report]
    systems: bool = False


def _kinds() -> dict[str, Kind]:
    table, both = ".csv,.xlsx,.xls,.ods", ("csv", "xlsx")
    return {
        "places": Kind(
            "places", "table", _("地点的表格"),
            _("一行一个地点，先写上级再写下级都行。按编码认出已有的地点：改名、改别名、改人口；空格子不动。移动和撤销不在表格里办。"),
            "、".join(tables_words.PLACE_HEADS), table, both, ground.import_places, True,
        ),
        "outlines": Kind(
            "outlines", "table", _("边界文件"),
            _("GeoJSON，坐标用 WGS-84，每个图形的 code 写地点的编码。同一层的边界一起交：会重叠的不收，空出来的会说。"),
            "code", ".json,.geojson", ("geojson",), ground.import_outlines,
        ),
        "units": Kind(
            "units", "units", _("单位的表格"),
            _("一行一个单位，按编码认出已有的单位；空格子不动。所在地写地点的编码，可承办写是或否。撤销不在表格里办。"),
            "、".join(tables_words.BODY_HEADS), table, both, people_register.import_bodies,
        ),
        "posts": Kind(
            "posts", "posts", _("岗位的表格"),
            _("一行一个岗位，新的岗位先空着，派人由安全管理员办。已有的岗位只能改名称；单位、角色、责任区不一样就是另一个岗位。"),
            "、".join(tables_words.POST_HEADS), table, both, people_register.import_posts,
        ),
    }  # fmt: skip


@door("staff", "places.manage", methods=("GET", "POST"))
def grounds(request: FaceRequest, what: str) -> HttpResponse:
    """Places or outlines by table."""
    return _table(request, _kinds()[what])


@door("staff", "places.manage")
def grounds_file(request: FaceRequest, what: str, form: str) -> HttpResponseBase:
    """All places as a table, or all outlines as GeoJSON: what an import reads back unchanged."""
    if form not in _kinds()[what].forms:
        raise Http404
    path, name = "", f"liren-{what}-{to_office(utc_now(), office_zone()):%Y%m%d}"
    if what == "outlines":
        answer = StreamingHttpResponse(_features(path), content_type="application/geo+json")
        answer["Content-Disposition"] = f'attachment; filename="{name}.geojson"'
        return answer
    rows = tables_words.place_rows(places.every_row(path))
    return as_file(rows, name, form, _("地点"))


@door("staff", "people.manage", methods=("GET", "POST"))
def peoples(request: FaceRequest, what: str) -> HttpResponse:
    """Units or posts by table."""
    return _table(request, _kinds()[what])


@door("staff", "people.manage")
def peoples_file(request: FaceRequest, what: str, form: str) -> HttpResponseBase:
    """All units, or all posts that stand today, as a table an import reads back unchanged."""
    on = showing.today()
    name = f"liren-{what}-{on:%Y%m%d}"
    if what == "units":
        return as_file(tables_words.body_rows(people.body_rows(on)), name, form, _("单位"))
    return as_file(tables_words.post_rows(people.seats(on), on), name, form, _("岗位"))


def as_file(rows: Any, name: str, form: str, sheet: str) -> HttpResponseBase:
    """Rows as CSV or as a workbook."""
    return tabular.as_xlsx(rows, name, sheet=sheet) if form == "xlsx" else tabular.as_csv(rows, name)


def _features(path: str) -> Iterator[str]:
    comma = '{"type": "FeatureCollection", "features": [\n'
    for place, code, boundary in places.every_outline(path):
        properties = {"code": code, "name": place.name, "kind": place.kind}
        yield comma + json.dumps(
            {"type": "Feature", "properties": properties, "geometry": boundary}, ensure_ascii=False
        )
        comma = ",\n"
    yield ("" if comma.startswith(",") else comma) + "\n]}\n"


def _table(request: FaceRequest, kind: Kind) -> HttpResponse:
    """A register's table: the way down, the way up, and what became of each row."""
    report: ground.Report | None = None
    problem: LirenError | None = None
    packed = ""
    if request.method == "POST":
        sure = bool(request.POST.get("sure"))
        try:
            data = _unpacked(request.POST.get("packed", "")) if sure else _uploaded(request)
            packed = "" if sure else _packed(data)
            more = {"system": _system(request)} if kind.systems else {}
            report = kind.take(data, by=request.actor, now=utc_now(), dry_run=not sure, **more)
        except LirenError as error:
            problem = error
    context = showing.frame(request, "office", dead=False) | {
        "kind": kind,
        "report": _told(report) if report else None,
        "packed": packed,
        "system": _system(request),
        "problem": sentences.sentence(problem) if problem else "",
    }
    return render(request, "staff/office_table.html", context, status=status_of(problem) if problem else 200)


def _system(request: FaceRequest) -> str:
    said = typed.text(request.POST, "system")
    return said if said in {"gcj02", "bd09"} else "wgs84"


def _uploaded(request: FaceRequest) -> bytes:
    """The chosen file. Raises Refused: table.empty, table.too_big."""
    if getattr(request, uploading.NOTE, ""):
        raise Refused("table.too_big", field="file")
    upload = request.FILES.get("file")
    if upload is None:
        raise Refused("table.empty", field="file")
    return cast(BinaryIO, upload).read()


def _packed(data: bytes) -> str:
    """A table as a form can carry it. Raises Refused("table.too_big")."""
    packed = base64.urlsafe_b64encode(zlib.compress(data, 6)).decode()
    if len(packed) > MOST_PACKED:
        raise Refused("table.too_big", field="file")
    return packed


def _unpacked(text: str) -> bytes:
    """The table again. Raises Refused: table.broken, table.too_big; an endless one is stopped at the limit."""
    try:
        reader = zlib.decompressobj()
        data = reader.decompress(base64.urlsafe_b64decode(text.encode("ascii", "replace")), MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Refused("table.broken", field="file") from error
    if reader.unconsumed_tail:
        raise Refused("table.too_big", field="file")
    return data


def _told(report: ground.Report) -> dict[str, Any]:
    """A report in words: counts, then the rows that were not taken with line, column and reason, then the others."""
    titles, columns = tables_words.status_titles(), tables_words.column_titles()
    refused = [row for row in report.rows if row.status == "refused"]
    taken = [row for row in report.rows if row.status in {"created", "updated"}]
    names = places.full_names(gap for gap, _square in report.gaps)
    return {
        "dry": report.dry_run,
        "counts": [(titles[status], report.count(status), status == "refused") for status in titles],
        "may_take": bool(taken),
        "refused": [
            {
                "line": row.line,
                "column": columns.get(row.column, row.column),
                "reason": sentences.sentence(Refused(row.reason)),
            }
            for row in refused[:SHOWN]
        ],
        "more_refused": max(0, len(refused) - SHOWN),
        "taken": [{"line": row.line, "word": titles[row.status]} for row in taken[:SHOWN]],
        "more_taken": max(0, len(taken) - SHOWN),
        "gaps": [{"name": names.get(gap, ""), "square": square} for gap, square in report.gaps],
    }
