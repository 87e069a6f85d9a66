"""下一步, for every state a matter can be in: who does what by when, and what happens if it is late. Words only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liren.cases.queries import Matter
from liren.faces.kit.templatetags.kit import day, moment, number, span
from liren.kernel.clock import utc_now

# States in which somebody owes the requester a step by a date: the clock is told.
_CLOCKED = frozenset(
    {"received", "dispatched", "objected", "signed", "contacted", "handling", "reopened", "deferred"}
)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next. `clock` is the time left, or past, in words; "" where none runs."""

    what: str
    clock: str = ""
    late: bool = False


def of_state(state: str, unit: str, due: datetime | None) -> NextStep:
    """The next step as far as state, unit and date tell it: for who sees the status alone."""
    sentences = {
        "received": _("我们正在核对地点和该谁办，%(by)s 前派出去。超时会自动提醒街道。"),
        "dispatched": _("%(unit)s 会接单，%(by)s 前联系您。超时会自动提醒街道。"),
        "objected": _("街道正在核对这件事该谁办，%(by)s 前定下来。不用您再说一次。超时会自动提醒街道。"),
        "signed": _("%(unit)s 已接单，%(by)s 前联系您。超时会自动提醒街道。"),
        "contacted": _("%(unit)s 正在办，%(by)s 前答复您。超时会自动提醒街道。"),
        "handling": _("%(unit)s 正在办，%(by)s 前答复您。超时会自动提醒街道。"),
        "deferred": _("这件事要等一等。%(unit)s %(by)s 前再看一次，并告诉您。到时没有动静会自动提醒街道。"),
        "reopened": _("有人说没解决，%(unit)s 要重新办，%(by)s 前答复您。超时会自动提醒街道。"),
        "replied": _("请您说一句：解决了没有。也可能有人打电话来问您，%(by)s 前。"),
        "solved": _("您说解决了。如果又出现，%(by)s 前可以再说“没解决”。"),
        "closed": _("这件事已办结。"),
        "closed_unconfirmed": _("我们没有联系上您，先放在这里。"),
        "withdrawn": _("您已撤回。以后还可以再说一次。"),
        "left": _("这件事不由我们办，已经告诉您去哪里。"),
        "merged": _("和同一件事一起办，有进展一样会告诉您。"),
        "archived": _("这件事已经办完，材料收进档案了。"),
    }
    what = sentences.get(state, "") % {"unit": unit or _("承办单位"), "by": moment(due)}
    if state not in _CLOCKED or due is None:
        return NextStep(what)
    left = due - utc_now()
    if left < timedelta(0):
        word = _("说好的时间过了 %(span)s。您可以催一催，也可以打 12345。") % {"span": span(-left)}
        return NextStep(what, word, late=True)
    return NextStep(what, _("还有 %(span)s") % {"span": span(left)})


def of_matter(matter: Matter) -> NextStep:
    """The next step of one of my matters, with all that only I may know of it."""
    case = matter.case
    if case.state == "left" and matter.left is not None:
        return NextStep(_left(matter))
    step = of_state(case.state, case.unit.name if case.unit else "", case.next_due)
    what = step.what
    if case.state == "reopened" and matter.voice.verdict == "not_solved":
        unit = case.unit.name if case.unit else _("承办单位")
        what = _("您说没解决，%(unit)s 要重新办，%(by)s 前答复您。") % {
            "unit": unit,
            "by": moment(case.next_due),
        }
    if case.state == "solved" and matter.verdict != "solved":
        what = _("大家说解决了。如果您那里没解决，%(by)s 前点“没解决”会重新办。") % {
            "by": moment(case.next_due)
        }
    if case.state in {"closed", "closed_unconfirmed", "archived"}:
        what = f"{what}{_afterwards(matter)}"
    if case.due_provisional and step.clock:
        what = f"{what}{_('（放假安排还没公布，日子可能会变。）')}"
    return NextStep(what, step.clock, step.late)


def _afterwards(matter: Matter) -> str:
    if not matter.may_reopen:
        return _("又出现的话，点“再说一次”就行，原来的编号会带上。")
    if matter.reopen_until is None:
        return _("又出现的话，点“没解决”会重新办。")
    return _("又出现的话，%(until)s 前点“没解决”会重新办。") % {"until": day(matter.reopen_until)}


def _left(matter: Matter) -> str:
    """Where to turn, under which reference, who asks after it, and until when it may come back."""
    left = matter.left
    if left is None:
        return ""
    named = {"channel": left.channel, "n": number(left.earlier_number) if left.earlier_number else ""}
    told = {
        "emergency": _("这件事很急，已经马上转给%(channel)s，由他们处理。"),
        "other_procedure": _("这件事要到%(channel)s去办，怎么办写在下面的答复里。"),
        "outside_duty": _("这件事要找%(channel)s，怎么找写在下面的答复里。"),
        "repeat": _("这件事以前答复过（编号 %(n)s），现在的情况写在下面的答复里。"),
    }
    if not left.channel and left.key != "repeat":
        told = {}
    parts = [told.get(left.key, _("这件事我们办不了，原因写在下面的答复里。")) % named]
    if left.reference:
        parts.append(_("那边的编号是 %(ref)s。") % {"ref": left.reference})
    if left.follow_due is not None and not left.outcome:
        parts.append(_("%(by)s 前我们会去问办得怎样，再告诉您。") % {"by": day(left.follow_due)})
    if left.back_until > utc_now():
        parts.append(_("有新情况，%(by)s 前可以再说一次。") % {"by": day(left.back_until)})
    return "".join(parts)


def line(state: str, unit: str, due: datetime | None) -> str:
    """The same in a few words, for a row of a list: who, by when. "" where nobody owes a step."""
    if due is None or state not in _CLOCKED:
        return ""
    if state == "deferred":
        return _("等一等，%(at)s 再看") % {"at": day(due)}
    if state in {"received", "objected"}:
        return _("%(at)s 前定下谁来办") % {"at": moment(due)}
    late = due < utc_now()
    text = _("%(unit)s，%(at)s 前") if not late else _("%(unit)s，说好 %(at)s 前，已经过了")
    return text % {"unit": unit or _("承办单位"), "at": moment(due)}
