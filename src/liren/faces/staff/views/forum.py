"""议事管理: what waits for the level to sort or to answer, and one proposal with the acts open on it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.faces.kit import forum_words, typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.kernel.clock import office_day, utc_now
from liren.kernel.errors import LirenError, NotFound
from liren.kernel.ids import check_number, new_token
from liren.registers.people import queries as people
from liren.rooms.forum import actions, queries

SORT, ANSWER = "forum.sort", "forum.answer"
LINES = 5  # empty lines for steps on the form of a promise


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one of the forms, and what was wrong with it."""

    act: str = ""
    problem: str = ""
    bad: str = ""
    values: dict[str, str] = field(default_factory=dict)
    steps: tuple[dict[str, str], ...] = ()


@door("staff", SORT)
def board(request: FaceRequest) -> HttpResponse:
    """Proposals that lie with the levels one sits at, the most pressing first; appeals against hiding below."""
    now = utc_now()
    found = queries.waiting(request.actor, typed.text(request.GET, "view"), now=now)
    titles = forum_words.level_titles(queries.levels(office_day(now)))
    views = {
        "sort": _("待分拣"),
        "answer": _("待答复"),
        "promised": _("承诺在办"),
        "gathering": _("征集附议"),
        "ended": _("已结束"),
    }
    context = showing.frame(request, "forum") | {
        "view": found.view,
        "views": [(one.name, views[one.name], one.many) for one in found.counts],
        "rows": [(row, titles[row.level]) for row in found.rows],
        "appeals": [
            (one, forum_words.hide_titles()[one.reason]) for one in queries.hidden_waiting(request.actor)
        ],
    }
    return render(request, "staff/forum.html", context)


@door("staff", SORT)
def proposal(request: FaceRequest, number: str) -> HttpResponse:
    """One proposal for its level's desk. Whoever does not sit at its level reads it on the residents' page."""
    return page(request, number)


def page(request: FaceRequest, number: str, put: Typed | None = None, *, status: int = 200) -> HttpResponse:
    """The desk's page of a proposal; what was typed stays beside its reason. Raises NotFound."""
    put = put or Typed()
    now = utc_now()
    view = queries.proposal(number, request.actor, now=now)
    if not view.may_answer:
        raise NotFound("proposal.not_found")
    titles = forum_words.level_titles(queries.levels(office_day(now)))
    failed = forum_words.failed_titles()
    outcomes = forum_words.outcome_titles() | {"promise": _("答复：办")}
    names = people.labels({turn.by for turn in view.turns} | {one.by for one in view.rulings})
    does, otherwise = forum_words.next_step(view, titles)
    near = queries.alike(view.title, view.words, view.where_id, now=now, limit=4)
    context = showing.frame(request, "forum") | {
        "view": view,
        "level": titles[view.level],
        "next": does,
        "otherwise": otherwise,
        "questions": list(forum_words.question_titles().items()),
        "outcomes": [
            (key, title) for key, title in forum_words.outcome_titles().items() if key in view.moves
        ],
        "near": [row for row in near if row.number != view.number],
        "story": [
            (forum_words.turn_title(turn, titles), turn.at, names.get(turn.by, ""))
            for turn in reversed(view.turns)
        ],
        "rulings": [
            (
                outcomes[one.outcome],
                titles[one.level],
                [failed[name] for name in one.failed],
                one,
                names.get(one.by, ""),
            )
            for one in reversed(view.rulings)
        ],
        "comments": [_comment(one) for one in view.comments],
        "hide_reasons": list(forum_words.hide_titles().items()),
        "put": put,
        "lines": list(put.steps) + [{}] * max(1, LINES - len(put.steps)),
        "key": new_token(9),
    }
    return render(request, "staff/proposal.html", context, status=status)


def _comment(one: queries.CommentView) -> dict[str, Any]:
    return {
        "view": one,
        "stance": forum_words.stance_titles()[one.stance],
        "hidden": forum_words.hide_titles().get(one.hidden, ""),
        "answers": [_comment(other) for other in one.answers],
    }


def _refused(
    request: FaceRequest, number: str, act: str, error: LirenError, steps: tuple[dict[str, str], ...] = ()
) -> HttpResponse:
    if isinstance(error, NotFound):
        raise error
    values = {name: typed.text(request.POST, name) for name in request.POST if name != "csrfmiddlewaretoken"}
    bad = str(getattr(error, "field", "") or "")
    put = Typed(act, sentences.sentence(error), bad, values, steps)
    return page(request, number, put, status=status_of(error))


@door("staff", SORT, methods=("POST",))
def sort(request: FaceRequest, number: str) -> HttpResponse:
    """立案, 并案, 上提 or 不立案, with the four answers."""
    post = request.POST
    sorting = actions.Sorting(**{name: post.get(name) == "1" for name in queries.QUESTIONS})
    outcome = typed.text(post, "outcome")
    try:
        decision = actions.Decision(
            outcome=actions.outcome(outcome),
            sorting=sorting,
            reason=typed.text(post, "reason"),
            join=check_number(typed.text(post, "join")) if outcome == "join" else "",
        )
        actions.sort(number, decision, by=request.actor, now=utc_now(), version=typed.whole(post, "version"))
    except LirenError as error:
        return _refused(request, number, "sort", error)
    return redirect("desk_proposal", number)


@door("staff", ANSWER, methods=("POST",))
def promise(request: FaceRequest, number: str) -> HttpResponse:
    """答复：办, with steps and days."""
    post = request.POST
    lines = _lines(post)
    try:
        steps = [actions.Planned(one["title"], _day(one["due"]), _money(one["money"])) for one in lines]
        actions.promise(
            number,
            typed.text(post, "answer"),
            steps,
            by=request.actor,
            now=utc_now(),
            version=typed.whole(post, "version"),
        )
    except LirenError as error:
        return _refused(request, number, "promise", error, tuple(lines))
    return redirect("desk_proposal", number)


@door("staff", ANSWER, methods=("POST",))
def step(request: FaceRequest, number: str, step: str) -> HttpResponse:
    """One step: done with a note, or put off to a new day with why."""
    post = request.POST
    try:
        if post.get("do") == "postpone":
            actions.postpone(
                number,
                int(step),
                _day(typed.text(post, "due")),
                typed.text(post, "why"),
                by=request.actor,
                now=utc_now(),
            )
        else:
            actions.step_done(number, int(step), typed.text(post, "note"), by=request.actor, now=utc_now())
    except LirenError as error:
        return _refused(request, number, f"step{step}", error)
    return redirect("desk_proposal", number)


@door("staff", ANSWER, methods=("POST",))
def more(request: FaceRequest, number: str) -> HttpResponse:
    """One step more."""
    post = request.POST
    try:
        planned = actions.Planned(
            typed.text(post, "title"), _day(typed.text(post, "due")), _money(typed.text(post, "money"))
        )
        actions.add_step(number, planned, by=request.actor, now=utc_now())
    except LirenError as error:
        return _refused(request, number, "more", error)
    return redirect("desk_proposal", number)


@door("staff", ANSWER, methods=("POST",))
def finish(request: FaceRequest, number: str) -> HttpResponse:
    """请居民验收."""
    try:
        actions.finish(number, by=request.actor, now=utc_now())
    except LirenError as error:
        return _refused(request, number, "finish", error)
    return redirect("desk_proposal", number)


@door("staff", SORT, methods=("POST",))
def paper(request: FaceRequest, number: str) -> HttpResponse:
    """Count a sheet of signatures."""
    post = request.POST
    try:
        actions.add_paper(
            number, typed.whole(post, "count"), typed.text(post, "sheet"), by=request.actor, now=utc_now()
        )
    except LirenError as error:
        return _refused(request, number, "paper", error)
    return redirect("desk_proposal", number)


@door("staff", ANSWER, methods=("POST",))
def answer(request: FaceRequest, number: str, comment: str) -> HttpResponse:
    """Answer a comment in the level's name."""
    post = request.POST
    try:
        actions.comment(
            number,
            typed.text(post, "words"),
            stance="office",
            by=request.actor,
            now=utc_now(),
            key=typed.text(post, "key")[:40],
            answers=int(comment),
        )
    except LirenError as error:
        return _refused(request, number, f"answer{comment}", error)
    return redirect(f"/desk/forum/{number}#m{comment}")


@door("staff", "forum.moderate", methods=("POST",))
def moderate(request: FaceRequest, number: str, comment: str) -> HttpResponse:
    """Hide a comment, show it again, or rule on its appeal."""
    do = request.POST.get("do", "")
    try:
        if do == "hide":
            actions.hide(
                number, int(comment), typed.text(request.POST, "reason"), by=request.actor, now=utc_now()
            )
        elif do in {"uphold", "show"}:
            actions.rule_appeal(number, int(comment), do == "show", by=request.actor, now=utc_now())
        else:
            actions.restore(number, int(comment), by=request.actor, now=utc_now())
    except LirenError as error:
        return _refused(request, number, f"moderate{comment}", error)
    return redirect(f"/desk/forum/{number}#m{comment}")


def _lines(post: QueryDict) -> list[dict[str, str]]:
    """The steps somebody wrote; a line with nothing in it is no step."""
    found = []
    for at in range(len(post.getlist("step_title"))):
        line = {
            name: typed.listed(post, f"step_{name}")[at : at + 1][0]
            if at < len(post.getlist(f"step_{name}"))
            else ""
            for name in ("title", "due", "money")
        }
        if any(value.strip() for value in line.values()):
            found.append(line)
    return found


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        return None


def _money(said: str) -> Decimal | None:
    """Yuan; what is no number is below zero, which the room refuses in words."""
    plain = said.replace(",", "").replace("，", "").strip()
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return Decimal(-1)
    return found.quantize(Decimal("0.01")) if found.is_finite() and abs(found) < 10**11 else Decimal(-1)
