"""The month: one plain sentence first, the three rates with what they are shares of, by community, class and unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.rate_titles import rate_titles, share
from liren.faces.public import months, words
from liren.registers.duties import queries as duties

RATES = ("response", "resolution", "satisfaction")
CUTS: tuple[queries.Dimension, ...] = ("community", "class", "unit")


@door("public", "anyone")
def latest(request: FaceRequest) -> HttpResponse:
    """The last whole month in which anybody said anything."""
    return _page(request, months.read(""))


@door("public", "anyone")
def month(request: FaceRequest, month: str) -> HttpResponse:
    """A month somebody asked for by name."""
    return _page(request, months.read(month))


@dataclass(frozen=True, slots=True)
class Told:
    """A count as it may be shown: None is kept back; `query` opens its rows, "" where they are not opened."""

    count: int | None
    query: str = ""


def _page(request: FaceRequest, month: months.Month) -> HttpResponse:
    if not month.over:
        return render(
            request, "public/running.html", {"month": month, "tab": "month", **months.beside(month)}
        )
    least = month.rule.fewest
    cut = next((one for one in CUTS if one == typed.text(request.GET, "by")), CUTS[0])
    with queries.one_look():
        tables = queries.cells(month.slice, queries.LISTED_SETS, least)
        figures = queries.public_figures(month.slice, cut)
        before = queries.public_figures(month.before).whole
        # what that month's own page keeps back is not told beside this one
        tables_before = queries.cells(month.before, queries.LISTED_SETS, least)
    groups = words.group_titles()
    rule = duties.rates_rule(queries.rule_day(month.slice))
    total = tables["demands"].shown()
    context = {
        "tab": "month",
        "month": month,
        "sentences": words.sentences(
            month.title, _told_rates(figures.whole, tables), total, _top(tables["demands"], groups)
        ),
        "empty": figures.whole.demands == 0 and figures.whole.due == 0 and figures.whole.closed == 0,
        "total": Told(total, words.query(month=month.key)),
        "total_before": tables_before["demands"].shown(),
        "before_title": months.title(months.earlier(month.begin)),
        "cards": [_card(name, figures.whole, before, tables, tables_before, month, rule) for name in RATES],
        "cuts": [
            {"title": title, "by": one, "here": one == cut}
            for one, title in {"community": _("按社区"), "class": _("按类别"), "unit": _("按单位")}.items()
        ],
        "cut_title": {"community": _("社区"), "class": _("类别"), "unit": _("承办单位")}[cut],
        "heads": [rate_titles()[name][0] for name in RATES],
        "lines": _lines(figures, cut, tables, month, rule, groups),
        "formulas": rate_titles().values(),
        "least": least,
        "rule": rule,
        "disclosure": month.rule,
        "percent": round(rule.confidence * 100),
        **months.beside(month),
    }
    return render(request, "public/month.html", context)


def _told_rates(whole: queries.Counts, tables: Mapping[str, queries.Cells]) -> dict[str, queries.Rate]:
    """The rates of the whole month of which both counts are told."""
    return {
        name: whole.rate(name)
        for name in RATES
        if all(tables[one].shown() is not None for one in queries.SHARES[name])
    }


def _top(table: queries.Cells, groups: Mapping[str, str]) -> tuple[str, int] | None:
    """The group of which there was most to say, among those that are told."""
    counts = {group: table.shown(group=group) for group in {group for _c, group in table.counts}}
    told = [(count, group) for group, count in counts.items() if count and group != queries.NONE]
    if not told:
        return None
    count, group = max(told)
    return groups.get(group, group), count


def _card(
    name: str,
    whole: queries.Counts,
    before: queries.Counts,
    tables: Mapping[str, queries.Cells],
    tables_before: Mapping[str, queries.Cells],
    month: months.Month,
    rule: duties.RatesRule,
) -> dict[str, Any]:
    """One of the three, with what it is a share of, how sure it is, and the month before."""
    title, formula = rate_titles()[name]
    hits, of = queries.SHARES[name]
    rate, coverage, earlier = whole.rate(name), whole.rate("coverage"), before.rate(name)
    few = tables[hits].shown() is None or tables[of].shown() is None
    enough = rate.enough(rule.minimum) and not few
    interval = rate.interval(rule.confidence) if enough else None
    known = all(tables_before[one].shown() is not None for one in (hits, of))
    return {
        "title": title,
        "formula": formula,
        "share": share(rate.value or 0.0, rate.of) if enough else "",
        "none": rate.of == 0,
        "few": few,
        "hits": Told(tables[hits].shown(), words.query(month=month.key, set=hits)),
        "of": Told(tables[of].shown(), words.query(month=month.key, set=of)),
        "interval": [share(one, rate.of) for one in interval] if interval else None,
        "sampled": rate.sampled,
        "coverage": coverage if rate.sampled and coverage.of >= rule.minimum and not few else None,
        "before": earlier if known and earlier.of else None,
        "before_share": share(earlier.value or 0.0, earlier.of)
        if known and earlier.enough(rule.minimum)
        else "",
    }


def _lines(
    figures: queries.Figures,
    cut: queries.Dimension,
    tables: Mapping[str, queries.Cells],
    month: months.Month,
    rule: duties.RatesRule,
    groups: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The table by one dimension; every count is shown only where no small one can be got by subtraction."""
    by_unit = _units_kept(figures, month.rule.fewest) if cut == "unit" else {}

    def shown(line: queries.FigureLine, name: str) -> int | None:
        key = line.key or queries.NONE
        if cut == "unit":
            return None if by_unit[name].hides(key, "all") else int(getattr(line.counts, name))
        table = tables[name]
        return table.shown(community=key) if cut == "community" else table.shown(group=key)

    return [
        {
            "name": _name(line, cut, groups),
            "demands": Told(shown(line, "demands"), _query(line, cut, month, "demands")),
            "cells": [
                _cell(line, name, shown(line, hits), shown(line, of), rule, _query(line, cut, month, of))
                for name in RATES
                for hits, of in [queries.SHARES[name]]
            ],
        }
        for line in figures.lines
    ]


def _units_kept(figures: queries.Figures, least: int) -> dict[str, Any]:
    return {
        name: queries.line_kept(
            {line.key or queries.NONE: getattr(line.counts, name) for line in figures.lines}, least
        )
        for name in queries.LISTED_SETS
    }


def _name(line: queries.FigureLine, cut: queries.Dimension, groups: Mapping[str, str]) -> str:
    if not line.key:
        return {"unit": _("没有派出"), "class": _("没有定类")}.get(cut, _("别处或没有定位"))
    return groups.get(line.key, line.key) if cut == "class" else line.name


def _query(line: queries.FigureLine, cut: queries.Dimension, month: months.Month, name: str) -> str:
    if not line.key:
        return ""  # what belongs nowhere is no list of its own
    field = {"community": "community", "class": "group", "unit": "unit"}[cut]
    return words.query(month=month.key, set="" if name == "demands" else name, **{field: line.key})


def _cell(
    line: queries.FigureLine, name: str, hits: int | None, of: int | None, rule: duties.RatesRule, query: str
) -> dict[str, Any]:
    rate = line.counts.rate(name)
    few = hits is None or of is None
    return {
        "few": few,
        "share": share(rate.value or 0.0, rate.of) if not few and rate.enough(rule.minimum) else "",
        "hits": hits,
        "of": of,
        "query": query,
    }
