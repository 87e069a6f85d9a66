"""机关: what the office works by, one door for each, shown to whoever keeps it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing


def doors() -> list[tuple[tuple[str, ...], str, str, str]]:
    """Every door: the duties any of which opens it, the page, its title, what is behind it."""
    return [
        (("places.manage",), "desk_places", _("地方"), _("社区、网格、院落、楼栋：名称、别名、上级和边界")),
        (
            ("people.manage",),
            "desk_units",
            _("单位"),
            _("科室、所队、居委会、公共服务企业：名称、简称、上班时间"),
        ),
        (
            ("people.manage", "access.grant"),
            "desk_posts",
            _("岗位"),
            _("谁坐在哪个岗位上、能做什么，交接和收回"),
        ),
        (("duties.manage",), "desk_limits", _("时限"), _("多久联系居民、多久办完，按类别定")),
    ]


@door("staff", "anyone")
def office(request: FaceRequest) -> HttpResponse:
    """The doors that are open to me."""
    mine = [
        {"url": reverse(page), "title": title, "line": line}
        for duties, page, title, line in doors()
        if any(request.actor.has(duty) for duty in duties)
    ]
    if not mine:
        raise Http404
    return render(
        request, "staff/office.html", showing.frame(request, "office", dead=False) | {"doors": mine}
    )
