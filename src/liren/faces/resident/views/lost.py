"""A form that came back without its proof: the page stood too long, or cookies are off. Nothing typed is lost."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest
from liren.faces.resident.views import matters, say
from liren.faces.resident.views.front import home_context
from liren.kernel.errors import NotFound


def lost_form(request: FaceRequest, reason: str = "") -> HttpResponse:
    """Show what was typed, ready to send again. Django's CSRF_FAILURE_VIEW."""
    problem = _("页面放得太久，刚才没有提交成功。您写的内容还在，请再提交一次；照片要重新选。")
    words = typed.text(request.POST, "words") or typed.text(request.POST, "text")
    if request.path.startswith("/desk"):
        context = {"sentence": problem, "kept": words, "status": 403, "face": "staff", "back": "/desk/"}
        return render(request, "kit/error.html", context, status=403)
    draft = re.fullmatch(r"/say/([\w-]{20,64})", request.path)
    if draft is not None:
        try:
            return say.check_page(request, draft[1], say.form_sent(request), [problem], status=403)
        except NotFound:
            pass  # another device's draft: only the words come back
    story = re.fullmatch(r"/m/([0-9]{16})/(more|rate|answer|back)", request.path)
    if story is not None:
        try:
            field = {"more": "more", "answer": "answer", "back": "back"}.get(story[2])
            more = (
                {field: words, f"{field}_problem": problem}
                if field
                else {"rated_text": words, "problem": problem}
            )
            return matters.matter_page(request, story[1], status=403, **more)
        except NotFound:
            pass
    return render(
        request, "resident/home.html", home_context(request, words=words, problem=problem), status=403
    )
