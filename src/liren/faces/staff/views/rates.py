"""三率: per case and per voice, each with what it is a share of, and the formula in words."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.kernel.clock import office_zone, to_office, utc_now

MONTHS = 3


@door("staff", "cases.read")
def rates(request: FaceRequest) -> HttpResponse:
    """The rates of this month and the two before, of the cases I may see."""
    months = _months(to_office(utc_now(), office_zone()))
    told = [
        {
            "month": _("%(m)s月") % {"m": begin.month},
            "rows": _rows(queries.figures(request.actor, since=begin, until=end)),
        }
        for begin, end in months
    ]
    return render(request, "staff/rates.html", showing.frame(request, "rates") | {"months": told})


def _months(today: datetime) -> list[tuple[datetime, datetime]]:
    begin = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end, months = today + timedelta(seconds=1), []
    for _month in range(MONTHS):
        months.append((begin, end))
        end = begin
        begin = (begin - timedelta(days=1)).replace(day=1)
    return months


def _rows(told: queries.Figures) -> list[dict[str, Any]]:
    titles = {
        "response": (_("响应率"), _("时限内联系上的，占时限落在本月的")),
        "resolution": (_("解决率"), _("居民说解决的，占有回音的")),
        "satisfaction": (_("满意率"), _("居民打基本满意及以上的，占打了分的")),
        "coverage": (_("回访覆盖率"), _("有回音的，占本月答复并办结的")),
    }
    return [
        {
            "title": title,
            "formula": formula,
            "cases": getattr(told.per_case, name),
            "voices": getattr(told.per_voice, name),
        }
        for name, (title, formula) in titles.items()
    ]
