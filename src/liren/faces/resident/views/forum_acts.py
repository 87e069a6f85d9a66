"""What a neighbour does with a proposal: second it, say something, find a comment right, judge, take back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.base.access import actions as access
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device, status_of
from liren.faces.resident.views.forum import list_page, proposal_page
from liren.faces.resident.views.say import may_send_now, with_device
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound
from liren.rooms.forum import actions

DUTY = "forum.speak"


def _done(
    request: FaceRequest, number: str, act: Callable[[], object], *, told: str = "", at: str = ""
) -> HttpResponse:
    """Do it and come back; where it is refused, the same page with the reason and what was typed."""
    token = with_device(request)
    try:
        act()
        response: HttpResponse = redirect(f"/forum/{number}?told={told}{at}")
    except NotFound:
        raise
    except LirenError as error:
        response = proposal_page(
            request,
            number,
            problem=sentences.sentence(error),
            status=status_of(error),
            typed_words=typed.text(request.POST, "words"),
            stance=typed.text(request.POST, "stance"),
        )
    if token:
        keep_device(request, response, token)
    return response


def _paced(request: FaceRequest) -> None:
    """Households are counted by devices where no phone is asked for, so devices made one after another are held off."""
    address = request.META.get("REMOTE_ADDR", "")
    access.throttle("second", device_id=request.actor.device_id, address=address, now=utc_now())


def _second(request: FaceRequest, number: str) -> None:
    _paced(request)
    actions.second(number, by=request.actor, now=utc_now())


@door("resident", DUTY, methods=("POST",))
def second(request: FaceRequest, number: str) -> HttpResponse:
    """附议: from the list or from its own page."""
    if request.POST.get("from") != "list":
        return _done(request, number, lambda: _second(request, number), told="second")
    token = with_device(request)
    try:
        _second(request, number)
        response: HttpResponse = redirect(f"/forum#p{number}")
    except LirenError as error:
        response = list_page(request, problem=sentences.sentence(error), status=status_of(error))
    if token:
        keep_device(request, response, token)
    return response


@door("resident", DUTY, methods=("POST",))
def take_back(request: FaceRequest, number: str) -> HttpResponse:
    """不再附议."""
    return _done(request, number, lambda: actions.take_back(number, by=request.actor, now=utc_now()))


@door("resident", DUTY, methods=("POST",))
def withdraw(request: FaceRequest, number: str) -> HttpResponse:
    """撤回提案."""
    actions.withdraw(number, by=request.actor, now=utc_now())
    return redirect("forum")


@door("resident", DUTY, methods=("POST",))
def judge(request: FaceRequest, number: str) -> HttpResponse:
    """做到了, or 没做到 with what is missing."""
    kept, words = request.POST.get("kept") == "1", typed.text(request.POST, "words")

    def say() -> None:
        _paced(request)
        actions.judge(number, kept=kept, words=words, by=request.actor, now=utc_now())

    return _done(request, number, say, told="judged")


@door("resident", DUTY, methods=("POST",))
def comment(request: FaceRequest, number: str) -> HttpResponse:
    """Say something of it, or answer somebody."""
    post = request.POST

    def say() -> None:
        may_send_now(request)
        actions.comment(
            number,
            typed.text(post, "words"),
            stance=typed.text(post, "stance"),
            by=request.actor,
            now=utc_now(),
            key=typed.text(post, "key")[:40],
            answers=typed.whole(post, "answers"),
        )

    return _done(request, number, say, told="said", at="#comments")


@door("resident", DUTY, methods=("POST",))
def agree(request: FaceRequest, number: str, comment: str) -> HttpResponse:
    """说得对: once, and once more takes it back."""

    def nod() -> None:
        _paced(request)
        actions.agree(number, int(comment), by=request.actor, now=utc_now())

    return _done(request, number, nod, at=f"#m{comment}")


@door("resident", DUTY, methods=("POST",))
def appeal(request: FaceRequest, number: str, comment: str) -> HttpResponse:
    """Say why hidden words should stand."""
    words = typed.text(request.POST, "words")
    return _done(
        request,
        number,
        lambda: actions.appeal(number, int(comment), words, by=request.actor, now=utc_now()),
        at="#comments",
    )
