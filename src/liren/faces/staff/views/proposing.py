"""A rule set in the browser: its form, the page before it is published, its publication; for every sort."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest
from liren.faces.staff import showing
from liren.faces.staff.proposals import Proposed
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.kernel.rulepacks import Pack
from liren.registers.duties import actions

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rule to be set.

    `stored` is the form as the rule stands, and names its fields, each of at most `longest` characters. `draft` reads
    what was typed and raises LirenError, `proposed` tells what it would do in the pack as it would be, `page` shows the
    form with what is wrong in it, `home` is where a published rule is looked at.
    """

    stored: Form
    draft: Callable[[Form], actions.RuleDraft]
    proposed: Callable[[actions.RuleDraft, Pack], Proposed]
    page: Callable[[Form, LirenError | None], HttpResponse]
    home: Callable[[actions.RuleDraft], str]
    longest: int = 500


def act(request: FaceRequest, sheet: Sheet) -> HttpResponse:
    """The form, the page before it is published, or its publication; what was typed stays whatever is wrong with it."""
    if request.method != "POST":
        return sheet.page(sheet.stored, None)
    form = {name: typed.text(request.POST, name)[: sheet.longest] for name in sheet.stored}
    if request.POST.get("back"):
        return sheet.page(form, None)
    try:
        draft = sheet.draft(form)
        if request.POST.get("sure"):
            actions.publish_rule(draft, by=request.actor, now=utc_now())
            return redirect(f"{sheet.home(draft)}#history")
        planned = actions.try_rule(draft, by=request.actor, now=utc_now())
        return propose(request, sheet.proposed(draft, planned), form)
    except LirenError as problem:
        return sheet.page(form, problem)


def propose(request: FaceRequest, proposed: Proposed, form: Form) -> HttpResponse:
    """Show what would be so; the form comes along unseen, so that nothing has to be typed again."""
    hidden = {**form, **proposed.carry}
    context = showing.frame(request, "office", dead=False) | {"proposed": proposed, "hidden": hidden}
    return render(request, "staff/office_publish.html", context)
