"""How cases are put into words for the desk. Words only; no rule is made here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from liren.base.files import queries as kept
from liren.faces.kit.doors import FaceRequest
from liren.faces.staff import sealed_words, watch_words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.kernel.ids import show_number
from liren.registers.channels import queries as channels
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

if TYPE_CHECKING:
    from liren.cases.models import Case, Step, Voice


# Who keeps what the office works by: each has a door of its own on one page.
OFFICE_DUTIES = (
    "duties.manage",
    "places.manage",
    "people.manage",
    "access.grant",
    "channels.manage",
    "jobs.manage",
    "imports.run",
    "vault.read_reveals",
)


def today() -> date:
    """The office's day."""
    return to_office(utc_now(), office_zone()).date()


def frame(request: FaceRequest, rail: str, *, who: str | None = None, dead: bool = True) -> dict[str, Any]:
    """What every page of the desk shows around its own: who is here and which doors are open.

    `who` where the page knows the name already; `dead=False` where the count of dead letters is left out.
    """
    actor = request.actor
    messages = actor.has("channels.manage") or actor.has("cases.dispatch")
    return {
        "rail": rail,
        "asked": "",  # what stands in the search box
        "who": people.label(actor.id) if who is None else who,
        "may_open": actor.has("intake.open"),
        "may_messages": messages,
        "may_call": actor.has("cases.call_back"),
        "may_watch": actor.has("insight.read"),
        "may_cases": actor.has("cases.read"),
        "may_forum": actor.has("forum.sort"),
        "may_places": actor.has("places.manage"),
        "may_units": actor.has("people.manage"),
        "may_posts": actor.has("people.manage") or actor.has("access.grant"),
        "may_webhooks": actor.has("channels.manage"),
        "may_imports": actor.has("imports.run"),
        "may_tokens": actor.has("access.grant"),
        "may_running": actor.has("jobs.manage"),
        "may_audit": actor.has("vault.read_reveals"),
        "may_limits": actor.has("duties.manage"),
        "may_reports": actor.has("reporting.read"),
        "may_fill": actor.has("reporting.enter"),
        "may_forms": actor.has("reporting.manage"),
        "may_office": any(actor.has(duty) for duty in OFFICE_DUTIES),
        "dead": channels.count_dead(actor) if messages and dead else 0,
    }


def channel_titles() -> dict[str, str]:
    """Every way a demand comes in."""
    return {
        "phone": _("12345 热线"),
        "snap": _("随手拍"),
        "mailbox": _("居民信箱"),
        "wechat": _("微信"),
        "web": _("网页"),
        "counter": _("窗口"),
        "grid": _("网格巡查"),
        "open311": _("Open311"),
    }


def demand_titles() -> dict[str, str]:
    """The five types of demand (条例 art. 2)."""
    return {
        "consult": _("咨询"),
        "help": _("求助"),
        "complaint": _("投诉"),
        "whistleblow": _("举报"),
        "suggestion": _("建议"),
    }


def class_title(code: str, on: date) -> str:
    """A class's title, its code where the pack no longer knows it, "" where none was set."""
    if not code:
        return ""
    try:
        return duties.class_view(code, on).title
    except LirenError:
        return code


def place_name(place_id: int | None) -> str:
    """A place's name with its surroundings."""
    return places.full_name(place_id) if place_id else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's story at the desk."""

    title: str
    at: datetime
    who: str
    detail: str
    words: str
    photos: Sequence[kept.FileView]
    step: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """One voice as the desk reads it first: words, when, how it came, photos."""

    words: str
    at: datetime
    channel: str
    on_behalf: bool
    photos: Sequence[kept.FileView]


Photos = Mapping[str, Sequence[kept.FileView]]


def photos_of(case: "Case", voices: "Sequence[Voice]") -> Photos:
    """All photos of a case by their owner ("voice:1", "case:1"), in one statement."""
    return kept.of_all([f"case:{case.id}", *(f"voice:{voice.id}" for voice in voices)])


def said(voices: "Sequence[Voice]", photos: Photos) -> list[Said]:
    """The requesters' own words, in the order they were said."""
    titles = channel_titles()
    return [
        Said(
            voice.words,
            voice.said_at,
            titles.get(voice.channel, voice.channel),
            voice.on_behalf,
            photos.get(f"voice:{voice.id}", []),
        )
        for voice in voices
    ]


def advice_line(item: Any, on: date, places_: Mapping[int, str]) -> dict[str, Any]:
    """One suggestion: how sure, what, why. `places_` has the full names of the suggested places."""
    because = "、".join(str(reason) for reason in item.reasons[:3] if reason)
    if item.kind == "class":
        title = class_title(item.choice, on)
        because = _("因为提到 %(words)s") % {"words": because} if because else ""
    elif item.kind == "place":
        title = places_.get(int(item.choice), "")
        because = {"chosen": _("居民自己选的"), "point": _("手机定位在这里")}.get(because, because)
    else:
        title = people.unit(int(item.choice)).name if item.kind == "unit" else item.choice
        because = _("依据 %(basis)s") % {"basis": because} if because else ""
    return {
        "percent": round(item.confidence * 100),
        "title": title,
        "because": because,
        "taken": item.taken_choice == item.choice,
    }


def _titles() -> Mapping[str, str]:
    return {
        "receive": _("居民提交"),
        "import": _("从旧系统导入"),
        "join": _("又有居民反映"),
        "place": _("核定地点"),
        "classify": _("核定类别"),
        "dispatch": _("派单"),
        "return": _("退回"),
        "sign": _("签收"),
        "contact": _("联系诉求人"),
        "start": _("开始办理"),
        "note": _("记录"),
        "reply": _("答复居民"),
        "answer": _("直接答复"),
        "attempt": _("回访未接通"),
        "record_verdict": _("回访"),
        "rate": _("居民评价"),
        "say_more": _("居民补充"),
        "chase": _("居民催办"),
        "withdraw": _("居民撤回"),
        "solve": _("居民说解决了"),
        "reopen": _("居民说没解决，重办"),
        "close": _("结案"),
        "leave": _("依法转出"),
        "follow_exit": _("问了后来怎样"),
        "come_back": _("居民带着新情况回来"),
        "merge": _("并到同一件事里"),
        "take_in": _("并进来一件"),
        "split": _("撤销并案，单独办"),
        "split_to_unit": _("撤销并案，回到承办单位"),
        "give_out": _("拆出去一件"),
        "object": _("提出派单异议"),
        "uphold": _("异议成立，退回重派"),
        "overrule": _("异议不成立，由原单位办"),
        "ask_extension": _("申请延期"),
        "grant_extension": _("准予延期"),
        "refuse_extension": _("不准延期"),
        "defer": _("挂账"),
        "resume": _("恢复办理"),
        "recount": _("时限按新规则重算"),
        "ask": _("问居民"),
        "answer_question": _("居民回答"),
        "ask_part": _("请协办"),
        "end_part": _("协办结束"),
        "ask_exclusion": _("申请不计入三率"),
        "decide_exclusion": _("定是否剔除"),
        "give_up": _("三次未接通，结案（未确认）"),
    }


def story(
    case: "Case",
    steps: "Sequence[Step]",
    later: "Sequence[Voice]",
    photos: Photos,
    names: Mapping[int, str],
) -> list[Line]:
    """The whole story, newest first; `later` are the voices whose words do not stand above it already."""
    spoken = {voice.id: voice for voice in later}
    titles, on = {**_titles(), **watch_words.titles(), **sealed_words.titles()}, today()
    lines = []
    for step in steps:
        first_words = step.move in {"receive", "join"}
        voice = spoken.get(step.voice_id or 0) if first_words else None
        lines.append(
            Line(
                title=_("核查不属实，重办")
                if step.facts.get("cause") == "not_as_replied"
                else titles.get(step.move, step.move),
                at=step.at,
                who=_("居民") if first_words else names.get(step.by, ""),
                detail=_detail(step, on),
                words=voice.words if voice else step.words,
                photos=photos.get(f"voice:{voice.id}", []) if voice else [],
            )
        )
    on_site = photos.get(f"case:{case.id}")
    if on_site:
        lines.insert(
            0, Line(_("现场照片"), case.replied_at or case.received_at, "", "", "", on_site, step=False)
        )
    return lines


def _detail(step: "Step", on: date) -> str:
    if step.move == "dispatch" and step.unit:
        auto = _("机器派单") if step.facts.get("automatic") else ""
        return " · ".join(part for part in (step.unit.name, auto) if part)
    if step.move == "receive" and step.facts.get("earlier"):
        return _("接着编号 %(n)s 的事") % {"n": show_number(str(step.facts["earlier"]))}
    if step.move == "import":
        came = {"source": step.facts.get("source", ""), "line": step.facts.get("line", "")}
        return _("%(source)s，表里第 %(line)s 行") % came
    if step.move == "classify":
        return class_title(str(step.facts.get("class", "")), on)
    if step.move in {"rate", "record_verdict"}:
        verdict = _("解决了") if step.facts.get("verdict") == "solved" else _("没解决")
        stars = step.facts.get("rating")
        return f"{verdict} · {rating_title(stars)}" if stars else verdict
    if step.move in {"merge", "take_in", "give_out"} and step.facts.get("voices"):
        return _("%(n)s 人") % {"n": step.facts["voices"]}
    if step.move == "end_part":
        return {"done": _("办完了"), "declined": _("办不了"), "withdrawn": _("已撤回")}.get(
            str(step.facts.get("end", "")), ""
        )
    if step.facts.get("ahead_of_parts"):
        return _("答复先行")
    if step.move == "attempt":
        return _("第 %(n)s 次") % {"n": step.facts.get("count", "")}
    return watch_words.detail(step, on)


def rating_title(stars: int) -> str:
    """好差评, five levels."""
    return {5: _("非常满意"), 4: _("满意"), 3: _("基本满意"), 2: _("不满意"), 1: _("非常不满意")}.get(
        stars, ""
    )
