"""The parts of a page that are the same everywhere: icons, states, clocks, dates, masked numbers."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.cases.queries import Rate
from liren.faces.kit import forum_words, prefs
from liren.faces.kit.icons import ICONS
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.ids import show_number

register = template.Library()

# state of a case -> (shape class, word for staff, word for residents)
_SHAPES = {
    "received": "",
    "dispatched": "",
    "objected": "soon",
    "signed": "doing",
    "contacted": "doing",
    "handling": "doing",
    "deferred": "off",
    "replied": "doing",
    "solved": "done",
    "reopened": "soon",
    "closed": "done",
    "closed_unconfirmed": "off",
    "withdrawn": "off",
    "left": "off",
    "merged": "off",
    "archived": "off",
}


def state_word(state: str, *, for_staff: bool) -> str:
    """The word for a state: the desk's term for staff, plain speech for residents."""
    desk = {
        "received": _("待派单"),
        "dispatched": _("待签收"),
        "objected": _("派单异议"),
        "signed": _("待联系"),
        "contacted": _("已联系"),
        "handling": _("办理中"),
        "deferred": _("挂账"),
        "replied": _("待回访"),
        "solved": _("已解决"),
        "reopened": _("重办"),
        "closed": _("已结案"),
        "closed_unconfirmed": _("结案（未确认）"),
        "withdrawn": _("已撤回"),
        "left": _("依法转出"),
        "merged": _("已并案"),
        "archived": _("已归档"),
    }
    plain = {
        "received": _("已收到"),
        "dispatched": _("已派出"),
        "objected": _("正在核对由谁办"),
        "signed": _("已接单"),
        "contacted": _("办理中"),
        "handling": _("办理中"),
        "deferred": _("暂时等一等"),
        "replied": _("已答复"),
        "solved": _("已解决"),
        "reopened": _("重新办理"),
        "closed": _("已办结"),
        "closed_unconfirmed": _("已结束"),
        "withdrawn": _("已撤回"),
        "left": _("已告诉您去哪里办"),
        "merged": _("和同一件事一起办"),
        "archived": _("已归档"),
    }
    return (desk if for_staff else plain).get(state, state)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon, hidden from screen readers: the word beside it says it."""
    return mark_safe(f'<svg class="ic" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>')  # noqa: S308 - our own drawings


@register.simple_tag
def state_tag(state: str, face: str = "resident") -> SafeString:
    """A state as shape, colour and word."""
    return format_html(
        '<span class="state {}">{}</span>',
        _SHAPES.get(state, ""),
        state_word(state, for_staff=face == "staff"),
    )


def span(delta: timedelta) -> str:
    """A span in words: 3 天 / 2 小时 / 40 分."""
    minutes = max(0, int(delta.total_seconds() // 60))
    if minutes >= 48 * 60:
        return _("%(n)s 天") % {"n": minutes // (24 * 60)}
    if minutes >= 10 * 60:
        return _("%(n)s 小时") % {"n": minutes // 60}
    if minutes >= 60:
        return _("%(h)s 小时 %(m)s 分") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(n)s 分钟") % {"n": max(1, minutes)}


@register.simple_tag
def clock(next_due: datetime | None, due_from: datetime | None, provisional: bool = False) -> SafeString:
    """How much time is left: shape, words and a bar; nothing where no clock runs."""
    if next_due is None:
        return SafeString()
    now = utc_now()
    left = next_due - now
    late = left < timedelta(0)
    soon = not late and left < timedelta(hours=4)
    kind = "late" if late else "soon" if soon else "doing"
    word = (_("超时 %(span)s") if late else _("剩 %(span)s")) % {"span": span(abs(left))}
    whole = (next_due - due_from).total_seconds() if due_from else 0
    used = 100 if late or whole <= 0 else round(100 * (1 - left.total_seconds() / whole))
    mark = " " + _("（暂估）") if provisional else ""
    return format_html(
        '<span class="state {0}" title="{3}">{1}{4}</span>'
        '<svg class="clock {0}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="way" width="100" height="4"/><rect width="{2}" height="4"/></svg>',
        kind,
        word,
        max(0, min(100, used)),
        moment(next_due),
        mark,
    )


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in office time, short: 5月15日 18:00; with the year where it is not this one."""
    if at is None:
        return ""
    local, today = to_office(at, office_zone()), to_office(utc_now(), office_zone())
    if (get_language() or "").startswith("en"):
        # 5 May, never 5/6: which of the two is the month?
        year = f" {local.year}" if local.year != today.year else ""
        return f"{local.day} {local:%b}{year} {local:%H:%M}"
    day = _("%(m)s月%(d)s日") % {"m": local.month, "d": local.day}
    if local.year != today.year:
        day = _("%(y)s年") % {"y": local.year} + day
    return f"{day} {local:%H:%M}"


@register.filter
def day(at: datetime | None) -> str:
    """A day in office time."""
    return moment(at).rsplit(" ", 1)[0] if at else ""


@register.filter
def plain(value: float) -> str:
    """A number for a drawing: with a point, whatever the language."""
    return f"{value:g}"


@register.filter
def at(values: dict[str, str], name: str) -> str:
    """What a form holds in a field named by another value."""
    return values.get(name, "")


@register.filter
def percent(rate: Rate) -> str:
    """A share as a whole percent; one decimal where there are enough cases to bear it."""
    share = rate.value or 0.0
    return f"{share:.1%}" if rate.of >= 100 else f"{share:.0%}"


@register.filter
def number(value: str) -> str:
    """A tracking number in groups of four, as it is read out."""
    return show_number(value)


@register.simple_tag(takes_context=True)
def mode(context: dict[str, Any]) -> str:
    """The reader's mode, for the root element."""
    return prefs.of(context["request"]).mode


@register.simple_tag(takes_context=True)
def tone(context: dict[str, Any]) -> str:
    """The reader's tone, for the root element."""
    return prefs.of(context["request"]).tone


@register.simple_tag
def proposal_tag(state: str) -> SafeString:
    """Where a proposal stands, as shape, colour and word."""
    return forum_words.state_tag(state)


@register.simple_tag
def households(have: int, needed: int) -> SafeString:
    """How many households stand behind something and how many are needed: a bar whose tick is what is needed.

    Said in words for who does not see it.
    """
    most = max(have, round(needed * 1.25), 1)
    words = (
        _("附议 %(have)s 户，需要 %(needed)s 户，已够")
        if have >= needed
        else _("附议 %(have)s 户，需要 %(needed)s 户")
    ) % {
        "have": have,
        "needed": needed,
    }
    return format_html(
        '<svg class="households{}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="all" width="100" height="10"/><rect class="have" width="{}" height="10"/>'
        '<rect class="tick" x="{}" width="0.7" height="10"/></svg>',
        " enough" if have >= needed else "",
        words,
        round(100 * have / most, 1),
        round(100 * needed / most, 1),
    )
