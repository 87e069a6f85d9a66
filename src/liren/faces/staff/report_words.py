"""Reporting in words: periods, how often, what a month's forms come to. Words only; no rule is made here."""

from datetime import date

from django.utils.translation import gettext as _

from liren.bridges.reporting import queries


def period_title(of: queries.Period) -> str:
    """A period as people say it."""
    if of.every == "month":
        return _("%(y)s年%(m)s月") % {"y": of.first.year, "m": of.first.month}
    if of.every == "quarter":
        return _("%(y)s年第%(q)s季度") % {"y": of.first.year, "q": (of.first.month + 2) // 3}
    return _("%(y)s年全年") % {"y": of.first.year}


def key_title(key: str) -> str:
    """The same of a period as an address says it."""
    return period_title(queries.period(key))


def every_titles() -> dict[queries.Every, str]:
    """How often a form is asked for."""
    return {"month": _("每月"), "quarter": _("每季度"), "year": _("每年")}


def adds_titles() -> dict[str, str]:
    """How the parts of a figure make the whole."""
    return {
        "sum": _("发生数：各月加起来"),
        "last": _("时点数：取最后一个月的"),
        "own": _("不能加：每张表各填各的"),
    }


def standing(sheet: queries.Sheet, today: date) -> tuple[str, str]:
    """Where a form stands in a period: a word and its colour (done, wait, late)."""
    if sheet.handed is not None:
        if sheet.handed.changed:
            return _("报出后改了 %(n)s 处") % {"n": sheet.handed.changed}, "wait"
        return _("已报出"), "done"
    if today < sheet.period.after:
        return _("还没到期末"), ""
    late = today > sheet.due
    if sheet.missing:
        return _("缺 %(n)s 格") % {"n": sheet.missing}, "late" if late else "wait"
    return (_("齐了，过期未报"), "late") if late else (_("齐了，可以报"), "wait")


def finding(told: queries.Burden) -> list[str]:
    """What all forms together ask for, in two sentences."""
    if not told.forms:
        return [_("还没有登记报表。把部门要的表登记进来，系统里有的自动填，没有的只问一次。")]
    counts = {"forms": told.forms, "columns": told.columns, "held": told.held, "entered": told.entered}
    said = [
        _("%(forms)s 张表一共 %(columns)s 栏：%(held)s 栏系统里有，自动填；要人填的是 %(entered)s 项。")
        % counts
    ]
    if told.shared:
        said.append(_("有 %(n)s 栏和别的表问的一样，填一次就够。") % {"n": told.shared})
    if told.twice:
        said.append(_("还有 %(n)s 栏可能重复问了，请定一下。") % {"n": told.twice})
    else:
        said.append(_("重复问的：0 栏。"))
    return said
