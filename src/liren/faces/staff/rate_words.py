"""How the rates are put into words: the finding first, each share with its counts, its interval and its formula."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import figure_links
from liren.faces.kit.rate_titles import rate_titles, share
from liren.faces.staff import showing
from liren.kernel.clock import office_zone, to_office
from liren.registers.duties import queries as duties

Rule = duties.RatesRule


def set_titles() -> dict[str, str]:
    """What a figure counts, as the head of its list says it."""
    return {
        "due": _("联系时限到了的"),
        "in_time": _("时限内联系上的"),
        "closed": _("答复并办结的"),
        "heard": _("有回音的"),
        "solved": _("居民说解决了的"),
        "rated": _("打了分的"),
        "satisfied": _("基本满意及以上的"),
        "ended": _("全部办结的（含剔除）"),
        "excluded": _("剔除的"),
        "recurred": _("重办过的或又有人说的"),
        "demands": _("收到的诉求"),
    }


def cut_titles() -> dict[str, str]:
    """By what a table is cut."""
    return {
        "unit": _("按单位"),
        "community": _("按社区"),
        "grid": _("按网格"),
        "class": _("按类别"),
        "channel": _("按来源"),
    }


def none_title(cut: str) -> str:
    """The line of those that have none of the dimension."""
    return {"unit": _("没有派出"), "class": _("没有定类"), "channel": _("来源不明")}.get(
        cut, _("别处或没有定位")
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One rate in one line: its counts with the lists they open; the share only where there are enough."""

    rate: queries.Rate
    few: bool
    hits_query: str
    of_query: str
    low: str = ""
    high: str = ""

    @property
    def counted(self) -> bool:
        """Whether anything was counted at all."""
        return self.rate.of > 0


def cell(counts: queries.Counts, name: str, drill: queries.Drill, rule: Rule) -> Cell:
    """One rate of one line. `drill` says where; the set is put in here."""
    rate = counts.rate(name)
    hits, of = queries.SHARES[name]

    def query(counted: str) -> str:
        return figure_links.query_of(queries.Drill(counted, drill.slice, drill.dimension, drill.key))

    enough = rate.enough(rule.minimum)
    between = rate.interval(rule.confidence) if enough else None
    return Cell(
        rate,
        not enough,
        query(hits),
        query(of),
        *(share(one, rate.of) for one in between or ()),
    )


def finding(title: str, now: queries.Counts, before: queries.Counts, rule: Rule) -> list[str]:
    """What the rates of a period say, in a sentence or two: as much as the counts bear and no more."""
    said: list[str] = []
    for name in ("resolution", "response"):
        rate, earlier = now.rate(name), before.rate(name)
        word = rate_titles()[name][0]
        told = {"period": title, "rate": word, "hits": rate.hits, "of": rate.of, "least": rule.minimum}
        if not rate.enough(rule.minimum):
            said.append(
                _("%(period)s%(rate)s：样本太少（%(hits)s ÷ %(of)s，不到 %(least)s 件），不算率。") % told
            )
            continue
        told["share"] = share(rate.value or 0.0, rate.of)
        match queries.changed(rate, earlier, rule.minimum, rule.confidence):
            case "few":
                said.append(
                    _("%(period)s%(rate)s %(share)s（%(hits)s ÷ %(of)s）；上期样本太少，没法比。") % told
                )
            case "unclear":
                said.append(
                    _("%(period)s%(rate)s %(share)s（%(hits)s ÷ %(of)s），和上期比看不出差别。") % told
                )
            case "clear":
                up = (rate.value or 0) > (earlier.value or 0)
                told["before"] = share(earlier.value or 0.0, earlier.of)
                said.append(
                    _("%(period)s%(rate)s %(share)s（%(hits)s ÷ %(of)s），比上期的 %(before)s 高。") % told
                    if up
                    else _("%(period)s%(rate)s %(share)s（%(hits)s ÷ %(of)s），比上期的 %(before)s 低。")
                    % told
                )
    return said


def line_name(cut: str, line: queries.FigureLine) -> str:
    """What a line of a table is about."""
    if not line.key:
        return none_title(cut)
    if cut == "class":
        groups = {group.code: group.title for group in duties.groups(showing.today())}
        return groups.get(line.key, line.key)
    if cut == "channel":
        return showing.channel_titles().get(line.key, line.key)
    return line.name


def period_title(what: queries.Slice) -> str:
    """A period in words: a month by its name, else from day to day."""
    begin = to_office(what.since, office_zone())
    end = to_office(what.until - timedelta(seconds=1), office_zone())
    if (
        begin.day == 1
        and (begin.year, begin.month) == (end.year, end.month)
        and _whole_or_running(begin, end)
    ):
        return _("%(y)s年%(m)s月") % {"y": begin.year, "m": begin.month}
    told = {"a": f"{begin:%Y-%m-%d}", "b": f"{end:%Y-%m-%d}"}
    return _("%(a)s 至 %(b)s") % told


def _whole_or_running(begin: datetime, end: datetime) -> bool:
    return (end + timedelta(days=1)).month != begin.month or end.date() == showing.today()


def drill_title(drill: queries.Drill, name: str) -> str:
    """What a list that a figure opened counts: period, line, set."""
    said = [period_title(drill.slice), name, set_titles()[drill.name]]
    if drill.slice.by == "voice":
        said.append(_("按人数，这里列出他们的事项"))
    return " · ".join(part for part in said if part)


def table(
    told: queries.Figures, what: queries.Slice, cut: str, rule: Rule
) -> Iterator[list[str | int | float]]:
    """The rates as a plain table, heading first: every share beside its counts, empty below the minimum."""
    names = rate_titles()
    heads: list[str | int | float] = [cut_titles().get(cut, _("合计"))]
    for name in names:
        heads += [names[name][0], _("分子"), _("分母")]
        heads += [_("区间下限"), _("区间上限")] if name in {"resolution", "satisfaction"} else []
    yield [*heads, _("诉求"), _("居民数"), _("万人诉求比")]
    whole = queries.FigureLine("*", _("合计"), told.whole, told.residents)
    for line in [*told.lines, whole]:
        row: list[str | int | float] = [line.name if line is whole else line_name(cut, line)]
        for name in names:
            rate = line.counts.rate(name)
            enough = rate.enough(rule.minimum)
            row += [round(rate.value or 0.0, 4) if enough else "", rate.hits, rate.of]
            if name in {"resolution", "satisfaction"}:
                between = rate.interval(rule.confidence) if enough else None
                row += [round(one, 4) for one in between] if between else ["", ""]
        each = queries.per_ten_thousand(line.counts.demands, line.residents)
        yield [*row, line.counts.demands, line.residents or "", round(each, 2) if each is not None else ""]
    yield [period_title(what), _("口径 %(key)s %(version)s") % {"key": rule.key, "version": rule.version}]
