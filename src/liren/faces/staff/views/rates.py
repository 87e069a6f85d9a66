"""三率: the finding first, each share with its counts and rows, by unit, place, class and channel."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import figure_links, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.rate_titles import rate_titles, share
from liren.faces.staff import rate_words, showing
from liren.faces.staff.views import listing
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.registers.duties import queries as duties

FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTHS = 13  # offered by name: the same month last year among them


@door("staff", "cases.read")
def rates(request: FaceRequest) -> HttpResponse:
    """The rates of a period of the cases I may see."""
    what, cut = slice_of(request), figure_links.cut_of(typed.text(request.GET, "cut")) or "unit"
    rule = duties.rates_rule(queries.rule_day(what))
    told = queries.figures(request.actor, what, cut)
    before, last_year = (queries.whole(request.actor, one) for one in earlier(what))
    other = queries.whole(request.actor, _counted_by(what, "voice" if what.by == "case" else "case"))
    here = queries.Drill("due", what)
    context = showing.frame(request, "rates") | {
        "what": what,
        "period": rate_words.period_title(what),
        "finding": rate_words.finding(rate_words.period_title(what), told.whole, before, rule),
        "main": [
            _card(name, told.whole, {"before": before, "year": last_year, "other": other}, here, rule)
            for name in ("response", "resolution", "satisfaction")
        ],
        "beside": [
            {"title": rate_titles()[name], "cell": rate_words.cell(told.whole, name, here, rule)}
            for name in ("coverage", "exclusion", "recurrence")
        ],
        "demands": told.whole.demands,
        "demands_query": figure_links.query_of(queries.Drill("demands", what)),
        "residents": told.residents,
        "each": queries.per_ten_thousand(told.whole.demands, told.residents),
        "heads": [rate_titles()[name][0] for name in ("response", "resolution", "satisfaction", *BESIDE)],
        "lines": [_line(line, what, cut, rule) for line in told.lines],
        "left_out": _left_out(request, what),
        "asked_out": _asked_out(request),
        "formulas": rate_titles().values(),
        "rule": rule,
        "percent": round(rule.confidence * 100),
        "cuts": [
            {"title": title, "query": query_of(request, cut=one), "here": one == cut}
            for one, title in rate_words.cut_titles().items()
        ],
        "by_voice": what.by == "voice",
        "cut": cut,
        "cut_title": rate_words.cut_titles()[cut],
        "query": query_of(request),
        "months": months(),
        "month": typed.text(request.GET, "month") or months()[0][0],
        "from": typed.text(request.GET, "from"),
        "to": typed.text(request.GET, "to"),
        "choices": listing.choices(request),
    }
    return render(request, "staff/rates.html", context)


BESIDE = ("coverage", "exclusion", "recurrence")


def slice_of(request: FaceRequest) -> queries.Slice:
    """The period and narrowing an address says; this month where it says none. Never beyond now: what is not due yet
    is not late.
    """
    now, get = utc_now(), request.GET
    since, until = _period(typed.text(get, "month"), typed.text(get, "from"), typed.text(get, "to"), now)
    # whole seconds, as the lists behind the figures say them
    clipped = min(until, now.replace(microsecond=0) + timedelta(seconds=1))
    return queries.Slice(
        since=since,
        until=max(clipped, since + timedelta(seconds=1)),
        by=figure_links.by_of(typed.text(get, "by")),
        place_path=typed.text(get, "place")[:255],
        unit_id=typed.whole(get, "unit"),
        class_code=typed.text(get, "class")[:64],
        channel=typed.text(get, "channel")[:12],
    )


def _period(month: str, begin: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    first, last = _day(begin), _day(end)
    if first is not None and last is not None and first <= last:
        return first, last + timedelta(days=1)
    start = _day(f"{month}-01") or _first(to_office(now, office_zone()))
    return start, _first(start + timedelta(days=32))


def _day(text: str) -> datetime | None:
    """A day's beginning in the office's zone; None for odd words and for days of no office's life."""
    try:
        at = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=office_zone())
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year < LAST_YEAR else None


def _first(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def months() -> list[tuple[str, str]]:
    """The months offered by name, this one first."""
    found, at = [], _first(to_office(utc_now(), office_zone()))
    for _month in range(MONTHS):
        found.append((f"{at:%Y-%m}", _("%(y)s年%(m)s月") % {"y": at.year, "m": at.month}))
        at = _first(at - timedelta(days=1))
    return found


def earlier(what: queries.Slice) -> tuple[queries.Slice, queries.Slice]:
    """The period before and the same one a year ago: whole months for a month, else as many days."""
    begin = to_office(what.since, office_zone())
    end = to_office(what.until - timedelta(seconds=1), office_zone())
    if begin == _first(begin) and (begin.year, begin.month) == (end.year, end.month):
        last_month = _first(begin - timedelta(days=1))
        a_year_ago = begin.replace(year=begin.year - 1)
        return _at(what, last_month, begin), _at(what, a_year_ago, _first(a_year_ago + timedelta(days=32)))
    year = timedelta(days=365)
    return _at(what, what.since - (what.until - what.since), what.since), _at(
        what, what.since - year, what.until - year
    )


def _at(what: queries.Slice, since: datetime, until: datetime) -> queries.Slice:
    return queries.Slice(since, until, what.by, what.place_path, what.unit_id, what.class_code, what.channel)


def _counted_by(what: queries.Slice, by: queries.By) -> queries.Slice:
    return queries.Slice(
        what.since, what.until, by, what.place_path, what.unit_id, what.class_code, what.channel
    )


def query_of(request: FaceRequest, **changes: str) -> str:
    """The address of this page with changes, so that a table is a link."""
    names = ("month", "from", "to", "by", "cut", "place", "unit", "class", "channel")
    said = {name: typed.text(request.GET, name)[:255] for name in names} | changes
    return urlencode({name: value for name, value in said.items() if value})


def _card(
    name: str,
    whole: queries.Counts,
    beside: dict[str, queries.Counts],
    drill: queries.Drill,
    rule: rate_words.Rule,
) -> dict[str, Any]:
    """One of the three with what it is compared to: the other way of counting, the period before, last year."""

    def told(counts: queries.Counts) -> dict[str, Any]:
        rate = counts.rate(name)
        enough = rate.enough(rule.minimum)
        return {"rate": rate, "share": share(rate.value or 0.0, rate.of) if enough else ""}

    title, formula = rate_titles()[name]
    coverage = whole.rate("coverage")
    return {
        "title": title,
        "formula": formula,
        "cell": rate_words.cell(whole, name, drill, rule),
        "sampled": whole.rate(name).sampled,
        "coverage": coverage if whole.rate(name).sampled and coverage.of else None,
        **{key: told(counts) for key, counts in beside.items()},
    }


def _line(
    line: queries.FigureLine, what: queries.Slice, cut: queries.Dimension, rule: rate_words.Rule
) -> dict[str, Any]:
    here = queries.Drill("due", what, cut, line.key)
    names = ("response", "resolution", "satisfaction", *BESIDE)
    return {
        "name": rate_words.line_name(cut, line),
        "cells": [rate_words.cell(line.counts, name, here, rule) for name in names],
        "demands": line.counts.demands,
        "demands_query": figure_links.query_of(queries.Drill("demands", what, cut, line.key)),
        "each": queries.per_ten_thousand(line.counts.demands, line.residents),
    }


def _left_out(request: FaceRequest, what: queries.Slice) -> list[dict[str, Any]]:
    """What stands outside the rates, by reason: published beside them."""
    titles = {reason.code: reason.title for reason in duties.exclusion_reasons(queries.rule_day(what))}
    counted = queries.left_out(request.actor, what)
    return [
        {"title": titles.get(code, code or _("没有写明")), "count": count}
        for code, count in sorted(counted.items(), key=lambda item: -item[1])
    ]


def _asked_out(request: FaceRequest) -> list[dict[str, Any]]:
    """What waits for the reader's decision, with the reason in words."""
    titles = {reason.code: reason.title for reason in duties.exclusion_reasons(showing.today())}
    return [
        {"row": row, "reason": titles.get(row.reason_code, row.reason_code)}
        for row in queries.asked_out(request.actor)
    ]
