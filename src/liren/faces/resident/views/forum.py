"""议事: proposals of the neighbourhood and one of them, with everything that was decided, promised and done."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.faces.kit import forum_words, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.kernel.clock import office_day, utc_now
from liren.kernel.ids import new_token
from liren.rooms.forum import queries

PAGE = 30
STATES = ("", "open", "kept", "ended")


@door("resident", "anyone")
def listed(request: FaceRequest) -> HttpResponse:
    """What neighbours propose; one tap seconds."""
    return list_page(request)


def list_page(request: FaceRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The list; `problem` says why a tap did nothing."""
    now = utc_now()
    titles = forum_words.level_titles(queries.levels(office_day(now)))
    state = typed.text(request.GET, "state")
    level = typed.text(request.GET, "level")
    state, level = state if state in STATES else "", level if level in titles else ""
    page = min(typed.whole(request.GET, "page") or 1, 10_000)
    rows = queries.listed(now=now, state=state, level=level, limit=PAGE + 1, skip=(page - 1) * PAGE)
    mine = queries.mine(request.actor, now=now)
    behind = {row.number for row in mine}
    context = {
        "tab": "forum",
        "rows": [_row(row, titles, behind) for row in rows[:PAGE]],
        "mine": [_row(row, titles, behind) for row in mine] if not (state or level) and page == 1 else [],
        "state": state,
        "level": level,
        "states": [("", _("全部")), ("open", _("进行中")), ("kept", _("做到了")), ("ended", _("已结束"))],
        "levels": list(titles.items()),
        "page": page,
        "more": len(rows) > PAGE,
        "problem": problem,
    }
    return render(request, "resident/forum.html", context, status=status)


def _row(row: queries.Row, titles: dict[str, str], behind: set[str]) -> dict[str, Any]:
    return {
        "row": row,
        "level": titles[row.level],
        "may_second": row.state == "gathering" and row.number not in behind,
        "gathering": row.state == "gathering",
        "behind": row.number in behind,
    }


@door("resident", "anyone")
def figures(request: FaceRequest) -> HttpResponse:
    """How deep it goes this year, in sentences and a table; each figure says what it is of."""
    now = utc_now()
    found = queries.depth(office_day(now).year, now=now)
    return render(
        request, "resident/forum_figures.html", {"tab": "forum", "depth": found, "lines": _lines(found)}
    )


def _lines(found: queries.Depth) -> list[dict[str, Any]]:
    """Each figure with what it is of, and the proposals behind it."""
    return [
        {
            "title": _("参与过的户"),
            "hits": found.households,
            "of": found.eligible,
            "says": _("提案、附议、发言或验收过的，一户算一次"),
            "href": "",
        },
        {
            "title": _("按时给了决定"),
            "hits": found.in_time,
            "of": found.asked,
            "says": _("各级该分拣、该答复的次数里，到期前给了的"),
            "href": "?state=open",
        },
        {
            "title": _("按时做完的步骤"),
            "hits": found.steps_in_time,
            "of": found.steps_due,
            "says": _("承诺到期的步骤里，没有误期的；改过日期的按改后的算"),
            "href": "?state=open",
        },
        {
            "title": _("验收为做到了"),
            "hits": found.kept,
            "of": found.made,
            "says": _("今年提出的提案里"),
            "href": "?state=kept",
        },
        {
            "title": _("有过提案的网格"),
            "hits": found.grids,
            "of": found.all_grids,
            "says": _("一次都没有的，是还没有听到声音的地方"),
            "href": "",
        },
    ]


@door("resident", "anyone")
def proposal(request: FaceRequest, number: str) -> HttpResponse:
    """One proposal."""
    return proposal_page(request, number)


def proposal_page(
    request: FaceRequest,
    number: str,
    *,
    problem: str = "",
    status: int = 200,
    typed_words: str = "",
    stance: str = "",
) -> HttpResponse:
    """One proposal; what somebody typed and why it was not taken. Raises NotFound("proposal.not_found")."""
    now = utc_now()
    view = queries.proposal(number, request.actor, now=now)
    levels = queries.levels(office_day(now))
    titles = forum_words.level_titles(levels)
    failed, outcomes = forum_words.failed_titles(), forum_words.outcome_titles() | {"promise": _("答复：办")}
    does, otherwise = forum_words.next_step(view, titles)
    context = {
        "tab": "forum",
        "view": view,
        "level": titles[view.level],
        "counts_for": titles[view.counts_for],
        "climb": [_stop(view, key, titles[key], name) for key, name in view.seats if _on_the_way(view, key)],
        "next": does,
        "otherwise": otherwise,
        "story": [(forum_words.turn_title(turn, titles), turn.at) for turn in reversed(view.turns)],
        "rulings": [
            (outcomes[one.outcome], titles[one.level], [failed[name] for name in one.failed], one)
            for one in reversed(view.rulings)
            if one.reason
        ],
        "stances": [(key, title) for key, title in forum_words.stance_titles().items() if key != "office"],
        "stance_titles": forum_words.stance_titles(),
        "comments": [_comment(one) for one in view.comments],
        "key": new_token(9),
        "problem": problem,
        "typed": typed_words,
        "stance": stance or "for",
        "fresh": request.GET.get("fresh") == "1",
        "told": {"second": _("算上您家了。"), "said": _("发出来了。"), "judged": _("记下了，谢谢。")}.get(
            request.GET.get("told", ""), ""
        ),
    }
    return render(request, "resident/proposal.html", context, status=status)


def _on_the_way(view: queries.View, key: str) -> bool:
    order = [level for level, _name in view.seats]
    return order.index(key) >= order.index(view.first_level)


def _stop(view: queries.View, key: str, title: str, name: str) -> dict[str, str]:
    order = [level for level, _name in view.seats]
    here, at = order.index(view.level), order.index(key)
    kind = "past" if at < here or (at == here and view.state == "kept") else "here" if at == here else ""
    return {"title": title, "name": name, "kind": kind}


def _comment(one: queries.CommentView) -> dict[str, Any]:
    return {
        "view": one,
        "stance": forum_words.stance_titles()[one.stance],
        "hidden": forum_words.hide_titles().get(one.hidden, ""),
        "may_appeal": bool(one.mine and one.hidden and not one.appeal),
        "answers": [_comment(other) for other in one.answers],
    }
