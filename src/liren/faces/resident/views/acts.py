"""What I can do about a matter of mine: rate, chase, add, answer, bring back, say anew, withdraw. One tap each."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.kit.uploads import keep_photos
from liren.faces.resident.views.matters import matter_page
from liren.faces.resident.views.say import may_send_now
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound

SOLVED = {"1", "2", "3", "4", "5"}


def _voice(request: FaceRequest, number: str) -> int:
    return queries.matter(number, request.actor, now=utc_now()).voice.id


def _key(request: FaceRequest, act: str, voice_id: int) -> str:
    return f"{act}:{voice_id}:{request.POST.get('key', '')[:60]}"


def _back(number: str, told: str = "") -> HttpResponse:
    return redirect(f"/m/{number}?told={told}" if told else f"/m/{number}")


@door("resident", "matters.rate", methods=("POST",))
def rate(request: FaceRequest, number: str) -> HttpResponse:
    """Five levels or 没解决, in one tap, with reasons for who wants to give some. "Not solved" opens the case again."""
    said, text = request.POST.get("said", ""), typed.text(request.POST, "text")
    reasons = tuple(request.POST.getlist("reason")[:20])
    voice_id = _voice(request, number)
    try:
        cases.rate(
            voice_id,
            "solved" if said in SOLVED else said,
            by=request.actor,
            now=utc_now(),
            rating=int(said) if said in SOLVED else None,
            text=text,
            reasons=reasons,
            key=_key(request, "rate", voice_id),
        )
    except LirenError as error:
        problem = sentences.sentence(error)
        return matter_page(
            request, number, status=status_of(error), problem=problem, rated_text=text, rated_reasons=reasons
        )
    return _back(number, "rated" if said in SOLVED else "reopened")


@door("resident", "matters.chase", methods=("POST",))
def chase(request: FaceRequest, number: str) -> HttpResponse:
    """催一催."""
    voice_id = _voice(request, number)
    try:
        cases.chase(voice_id, by=request.actor, now=utc_now(), key=_key(request, "chase", voice_id))
    except LirenError as error:
        return matter_page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return _back(number, "chased")


def _with_words(
    request: FaceRequest,
    number: str,
    field: str,
    told: str,
    act: Callable[[str, tuple[int, ...]], object],
) -> HttpResponse:
    """Do an act with words and photos; if it is refused, the words are still in their box, named `field`."""
    text = typed.text(request.POST, "text")
    try:
        act(text, tuple(keep_photos(request)))
    except NotFound:
        raise
    except LirenError as error:
        more = {field: text, f"{field}_problem": sentences.sentence(error)}
        return matter_page(request, number, status=status_of(error), **more)
    return _back(number, told)


@door("resident", "matters.say_more", methods=("POST",))
def say_more(request: FaceRequest, number: str) -> HttpResponse:
    """Add words or photos."""
    voice_id = _voice(request, number)

    def act(text: str, photos: tuple[int, ...]) -> object:
        key = _key(request, "more", voice_id)
        return cases.say_more(voice_id, text, by=request.actor, now=utc_now(), key=key, file_ids=photos)

    return _with_words(request, number, "more", "", act)


@door("resident", "matters.say_more", methods=("POST",))
def answer(request: FaceRequest, number: str) -> HttpResponse:
    """Answer what the unit asked me."""
    voice_id = _voice(request, number)
    question = typed.whole(request.POST, "question") or 0
    if all(one.id != question for one in queries.matter(number, request.actor, now=utc_now()).questions):
        return _back(number)  # answered already, here or on the phone

    def act(text: str, photos: tuple[int, ...]) -> object:
        key = _key(request, "answer", voice_id)
        return cases.answer_question(
            question, text, by=request.actor, now=utc_now(), key=key, file_ids=photos
        )

    return _with_words(request, number, "answer", "answered", act)


@door("resident", "matters.come_back", methods=("POST",))
def come_back(request: FaceRequest, number: str) -> HttpResponse:
    """有新情况，再说一次: a matter that left comes back with what is new."""
    voice_id = _voice(request, number)

    def act(text: str, photos: tuple[int, ...]) -> object:
        key = _key(request, "back", voice_id)
        return cases.come_back(voice_id, text, by=request.actor, now=utc_now(), key=key, file_ids=photos)

    return _with_words(request, number, "back", "back", act)


@door("resident", "intake.send", methods=("POST",))
def again(request: FaceRequest, number: str) -> HttpResponse:
    """再说一次: an ended matter is said anew in one tap, with the old number beside it."""
    voice_id = _voice(request, number)
    try:
        may_send_now(request)
        accepted = cases.say_again(
            voice_id, by=request.actor, now=utc_now(), key=_key(request, "again", voice_id)
        )
    except LirenError as error:
        return matter_page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return redirect(f"/m/{accepted.number}?fresh=1")


@door("resident", "matters.withdraw", methods=("POST",))
def withdraw(request: FaceRequest, number: str) -> HttpResponse:
    """Take one's own matter back."""
    voice_id = _voice(request, number)
    try:
        cases.withdraw(voice_id, by=request.actor, now=utc_now(), key=_key(request, "withdraw", voice_id))
    except LirenError as error:
        return matter_page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return _back(number)
