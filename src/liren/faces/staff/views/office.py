"""机关: what the office works by, one door for each, shown to whoever keeps it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.base.backup import queries as backup
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.kernel.clock import utc_now


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
        (
            ("imports.run",),
            "desk_imports",
            _("导入"),
            _("别的系统的工单按表搬进来，先试后导，每一行都有下落"),
        ),
        (("access.grant",), "desk_tokens", _("接口密钥"), _("别的系统凭它接进来：能做什么、用到哪天")),
        (("channels.manage",), "desk_webhooks", _("通知地址"), _("诉求有变化时告诉哪些系统，哪些没送到")),
        (
            ("jobs.manage",),
            "desk_running",
            _("备份与运行"),
            _("备份多久了、演练过没有、机器好不好，哪里要处理"),
        ),
        (
            ("vault.read_reveals",),
            "desk_audit",
            _("审计"),
            _("谁看过加密的内容、为什么看，谁登录过、谁给谁派了岗位"),
        ),
        (("duties.manage",), "desk_duties", _("职责清单"), _("什么事归哪个单位主责、谁协办，依据是什么")),
        (("duties.manage",), "desk_templates", _("用语"), _("给居民回话时可以从哪句话开头")),
        (("duties.manage",), "desk_limits", _("时限"), _("多久联系居民、多久办完，按类别定")),
        (("duties.manage",), "desk_calendars", _("日历"), _("上下班时间、每年的放假安排、临时不上班的日子")),
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
    context = showing.frame(request, "office", dead=False) | {
        "doors": mine,
        "troubles": backup.troubles(utc_now()) if request.actor.has("jobs.manage") else 0,
    }
    return render(request, "staff/office.html", context)
