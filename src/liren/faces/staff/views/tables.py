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

from liren.cases import queries as cases
from liren.faces.kit import tabular, typed, uploading
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import (
    calendar_table,
    calendar_words,
    reply_words,
    rule_tables,
    rule_words,
    showing,
    tables_words,
)
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import Actor
from liren.registers.duties import actions as rules
from liren.registers.duties import queries as duties
from liren.registers.people import actions as people_register
from liren.registers.people import queries as people
from liren.registers.places import actions as ground
from liren.registers.places import queries as places

TRIED = 12  # words tried on past cases, each by itself
SHOWN = 300  # rows told one by one, of each kind
MOST_PACKED = 3_500_000  # a tried table comes along in the form that takes it over; larger ones are split
MOST_BYTES = 50 * 1024 * 1024


Effect = tuple[str, list[tuple[str, str]]]


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
    # what a tried table would mean: the question and (what, figure), None where it changes nothing
    effect: Callable[[Any, Actor], Effect | None] | None = None


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
        "limits": Kind(
            "limits", "limits", _("时限的表格"),
            _("一行一类，改哪一格算哪一格：改了的行要写新的起用日期（最早明天）和依据，没改的行原样留着就行。"),
            "、".join(rule_tables.LIMIT_HEADS), table, both, rules.import_limits, effect=_limits_effect,
        ),
        "holidays": Kind(
            "holidays", "calendars", _("放假安排的表格"),
            _("一行一个节日，按国务院的通知填；一年的各行一起交，今年的只改还没到的日子。补班写日期，几天用顿号隔开。"),
            "、".join(calendar_table.HEADS), table, both, calendar_table.take, effect=_holidays_effect,
        ),
        "wording": Kind(
            "wording", "templates", _("用语的表格"),
            _("一行一条，空的写法和网页上一样，比如【什么事】。改了的行要写新的起用日期（最早明天）和依据，没改的行原样留着就行。"),
            "、".join(rule_tables.TEMPLATE_HEADS), table, both, rules.import_templates, effect=_wording_effect,
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


@door("staff", "duties.manage", methods=("GET", "POST"))
def ruled(request: FaceRequest, what: str) -> HttpResponse:
    """Limits, public holidays or words for replies by table."""
    return _table(request, _kinds()[what])


@door("staff", "duties.manage")
def ruled_file(request: FaceRequest, what: str, form: str) -> HttpResponseBase:
    """The limits, holidays or words for replies of today as a table an import reads back unchanged."""
    on = showing.today()
    name = f"liren-{what}-{on:%Y%m%d}"
    if what == "holidays":
        return as_file(calendar_table.rows(on), name, form, _("放假安排"))
    if what == "limits":
        return as_file(rule_tables.limit_rows(on), name, form, _("时限"))
    return as_file(rule_tables.template_rows(on), name, form, _("用语"))


def _limits_effect(report: rules.RuleReport, by: Actor) -> Effect | None:
    """What the limits of a tried table would have meant for the cases of the last months."""
    if not report.values:
        return None
    figures = rule_words.effect_rows(cases.limit_effect(report.values, by=by, now=utc_now()))
    return _("如果过去 %(days)s 天就这样定") % {"days": cases.SIMULATED_DAYS}, figures


def _wording_effect(report: rules.RuleReport, by: Actor) -> Effect | None:
    """What the words of a tried table would have met, those of each row by themselves."""
    on, figures = showing.today(), []
    for key, value in list(report.values.items())[:TRIED]:
        code, _dot, kind = key.rpartition(".")
        row = next(one for one in duties.template_rows(code, on) if one.kind == kind)
        before, after = reply_words.filled(row.texts.zh), reply_words.filled(value["zh"])
        effect = cases.words_effect(code, kind, before, after, by=by, now=utc_now())
        figures += [(f"{row.title} · {title}", figure) for title, figure in reply_words.effect_rows(effect)]
    if not figures:
        return None
    return _("如果过去 %(days)s 天就用这些话") % {"days": cases.SIMULATED_DAYS}, figures


def _holidays_effect(report: calendar_table.HolidayReport, by: Actor) -> Effect | None:
    """What the years of a tried table would mean for the limits that run."""
    if report.planned is None:
        return None
    effect = cases.calendar_effect(report.planned, by=by, now=utc_now())
    return _("正在走的时限会怎样"), calendar_words.effect_rows(effect)


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
    carried = ""
    if request.method == "POST":
        sure = bool(request.POST.get("sure"))
        try:
            data = unpacked(request.POST.get("packed", "")) if sure else uploaded(request)
            carried = "" if sure else packed(data)
            more = {"system": _system(request)} if kind.systems else {}
            report = kind.take(data, by=request.actor, now=utc_now(), dry_run=not sure, **more)
        except LirenError as error:
            problem = error
    tried = kind.effect(report, request.actor) if kind.effect and report and report.dry_run else None
    context = showing.frame(request, "office", dead=False) | {
        "kind": kind,
        "effect": tried,
        "report": _told(report) if report else None,
        "packed": carried,
        "system": _system(request),
        "problem": sentences.sentence(problem) if problem else "",
    }
    return render(request, "staff/office_table.html", context, status=status_of(problem) if problem else 200)


def _system(request: FaceRequest) -> str:
    said = typed.text(request.POST, "system")
    return said if said in {"gcj02", "bd09"} else "wgs84"


def uploaded(request: FaceRequest) -> bytes:
    """The chosen file. Raises Refused: table.empty, table.too_big."""
    if getattr(request, uploading.NOTE, ""):
        raise Refused("table.too_big", field="file")
    upload = request.FILES.get("file")
    if upload is None:
        raise Refused("table.empty", field="file")
    return cast(BinaryIO, upload).read()


def packed(data: bytes) -> str:
    """A table as a form can carry it. Raises Refused("table.too_big")."""
    packed = base64.urlsafe_b64encode(zlib.compress(data, 6)).decode()
    if len(packed) > MOST_PACKED:
        raise Refused("table.too_big", field="file")
    return packed


def unpacked(text: str) -> bytes:
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
