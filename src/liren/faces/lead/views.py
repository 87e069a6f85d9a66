"""Today: what needs a leader, the four figures beside their targets, what changed against its own past. Read only."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import figure_links
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.rate_titles import rate_titles, share
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

FIGURES = ("response", "resolution", "satisfaction", "recurrence")
TOP_RUNGS = ("summon", "listed", "supervise")
WAITING_SHOWN = 30
CHANGED_SHOWN = 3
PERIOD = timedelta(days=30)


@door("leader", "insight.read")
def today(request: FaceRequest) -> HttpResponse:
    """One page: what needs me first. It holds nobody's words, name or number to call."""
    actor, now = request.actor, utc_now()
    month, before = _months(now)
    rule = duties.rates_rule(queries.rule_day(month))
    needs, waits = _needs(actor, now), queries.waiting(actor, limit=WAITING_SHOWN)
    return render(
        request,
        "lead/today.html",
        {
            "who": people.label(actor.id),
            "now": now,
            "needs": needs,
            "needed": sum(one["count"] for one in needs) + len(waits),
            "waits": [_waiting(one) for one in waits],
            "figures": _figures(actor, month, before, rule),
            "rule": rule,
            "places": _changed(actor, now, "grid", rule),
            "classes": _changed(actor, now, "class", rule),
            "days": PERIOD.days,
        },
    )


def _months(now: datetime) -> tuple[queries.Slice, queries.Slice]:
    """This month as far as it has come, and the whole one before."""
    begin = to_office(now, office_zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    earlier = (begin - timedelta(days=1)).replace(day=1)
    return queries.Slice(begin, _second_after(now)), queries.Slice(earlier, begin)


def _second_after(now: datetime) -> datetime:
    # whole seconds, as the lists behind the figures say them
    return now.replace(microsecond=0) + timedelta(seconds=1)


def _needs(actor: Any, now: datetime) -> list[dict[str, Any]]:
    """What stands at the top of the ladder, what is late, which whistles nobody answers: each opens its rows."""
    lists = [queries.Filters(view="supervised", level=level) for level in TOP_RUNGS]
    counts = queries.counts_of(actor, [*lists, queries.Filters(view="late")], now=now)
    titles = {rule.level: rule.title for rule in duties.ladder(to_office(now, office_zone()).date())}
    found = [
        {
            "title": titles.get(level, level),
            "shape": level,
            "count": count,
            "query": _query("supervised", level),
        }
        for level, count in zip(TOP_RUNGS, counts, strict=False)
    ]
    found.append({"title": _("超时没办完"), "shape": "", "count": counts[-1], "query": _query("late")})
    late = sum(one.late for one in queries.whistles_running(actor, now=now))
    refused = len(queries.refusals(actor, now=now))
    found.append({"title": _("吹哨后单位拒绝、待报区里"), "shape": "", "count": refused, "at": "refused"})
    found.append({"title": _("吹哨后过时没有到齐"), "shape": "", "count": late, "at": "running"})
    return found


def _query(view: str, level: str = "") -> str:
    return urlencode({"view": view, **({"level": level} if level else {})})


def _waiting(one: queries.Waiting) -> dict[str, Any]:
    titles = {"extension": _("要求延期"), "exclusion": _("要求不计入三率")}
    return {"row": one, "what": titles[one.what], "class": _class_title(one.class_code)}


def _class_title(code: str) -> str:
    if not code:
        return _("没有定类")
    try:
        return duties.class_view(code, to_office(utc_now(), office_zone()).date()).title
    except LirenError:
        return code


def _figures(
    actor: Any, month: queries.Slice, before: queries.Slice, rule: duties.RatesRule
) -> list[dict[str, Any]]:
    now, then = queries.whole(actor, month), queries.whole(actor, before)
    targets = duties.targets(queries.rule_day(month))
    return [_figure(name, now, then, targets.get(name), month, rule) for name in FIGURES]


def _figure(
    name: str,
    now: queries.Counts,
    then: queries.Counts,
    target: duties.Target | None,
    month: queries.Slice,
    rule: duties.RatesRule,
) -> dict[str, Any]:
    """One figure with its counts, its target and what can be said of both."""
    rate, earlier = now.rate(name), then.rate(name)
    hits, of = queries.SHARES[name]
    verdict = ""
    if target is not None:
        verdict = queries.met(rate, target.share, target.at_most, rule.minimum, rule.confidence)
    wanted = "" if target is None else f"{'≤' if target.at_most else '≥'} {target.share:.0%}"
    return {
        "title": rate_titles()[name][0],
        "formula": rate_titles()[name][1],
        "rate": rate,
        "share": share(rate.value or 0.0, rate.of) if rate.enough(rule.minimum) else "",
        "hits_query": figure_links.query_of(queries.Drill(hits, month)),
        "of_query": figure_links.query_of(queries.Drill(of, month)),
        "before": share(earlier.value or 0.0, earlier.of) if earlier.enough(rule.minimum) else "",
        "before_rate": earlier,
        "target": wanted,
        "verdict": {
            "met": (_("达标"), "done"),
            "missed": (_("未达标"), "late"),
            "unsure": (_("说不准"), "soon"),
        }.get(verdict, ("", "")),
    }


def _changed(
    actor: Any, now: datetime, dimension: queries.Dimension, rule: duties.RatesRule
) -> list[dict[str, Any]]:
    """Where most changed against the same length of time before it: nothing is compared with a neighbour."""
    until = _second_after(now)
    here = queries.Slice(until - PERIOD, until)
    past = queries.Slice(until - 2 * PERIOD, until - PERIOD)
    told = {line.key: line for line in queries.figures(actor, here, dimension, ["demands"]).lines if line.key}
    then = {line.key: line for line in queries.figures(actor, past, dimension, ["demands"]).lines if line.key}
    pairs = {
        key: (
            told[key].counts.demands if key in told else 0,
            then[key].counts.demands if key in then else 0,
        )
        for key in told.keys() | then.keys()
    }
    groups = {group.code: group.title for group in duties.groups(to_office(now, office_zone()).date())}
    return [
        {
            "name": groups.get(key, (told.get(key) or then[key]).name),
            "now": pairs[key][0],
            "before": pairs[key][1],
            "more": pairs[key][0] > pairs[key][1],
            "query": figure_links.query_of(queries.Drill("demands", here, dimension, key)),
            "before_query": figure_links.query_of(queries.Drill("demands", past, dimension, key)),
        }
        for key in queries.most_changed(pairs, rule.minimum, rule.confidence)[:CHANGED_SHOWN]
    ]
