"""A look at a reply before it is sent: hints beside the box while it is written, or the whole page without a script."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views.case import Typed, page
from liren.registers.duties import queries as duties

PART = "X-Part"  # asked for by the script of the page: the hints alone


def sentence(hint: queries.Hint) -> str:
    """A hint in the words of the desk."""
    match hint.fault:
        case "brackets":
            return _("“%(word)s”还没有填。") % {"word": hint.word}
        case "short" if hint.count > 1:
            return _("居民问了 %(n)s 件事，这些字恐怕没有都答到。") % {"n": hint.count}
        case "short":
            return _("太短了：写明做了什么、结果怎样。")
        case "copied":
            return _("有 %(n)s%% 是居民自己的原话，请写您做了什么。") % {"n": hint.count}
        case "banned":
            return _("“%(word)s”等于没说：%(instead)s。") % {"word": hint.word, "instead": hint.instead}
        case "no_date":
            return _("没有写哪一天做的、哪一天做完。")
        case "no_contact":
            return _("没有写还有问题找谁、电话多少。")


@door("staff", "cases.read", methods=("POST",))
def check(request: FaceRequest, number: str) -> HttpResponse:
    """What to look at again in what was written. Nothing is kept and nothing is sent."""
    text = typed.text(request.POST, "text")
    case = queries.case_ref(number, request.actor)
    found = queries.hints(
        text, "\n".join(queries.words_of_case(case.id)), duties.reply_checks(showing.today())
    )
    told = [sentence(hint) for hint in found]
    if request.headers.get(PART):
        return render(request, "staff/reply_hints.html", {"hints": told, "checked": bool(text.strip())})
    return page(request, number, Typed(text=text, hints=told, checked=True))
