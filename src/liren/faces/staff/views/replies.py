"""用语: the words a reply may begin from, for everything or for one class; tried on the last months before they go out."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import duty_words, proposals, reply_words, rule_words, showing
from liren.faces.staff.views import proposing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"
PACK = "duties.templates"
LONGEST = 2000


@door("staff", DUTY)
def templates(request: FaceRequest) -> HttpResponse:
    """The words of a class, a group or everything, kind by kind, as they are given today."""
    on, code = showing.today(), typed.text(request.GET, "of") or "default"
    titles = {"default": _("所有类别通用")} | duty_words.class_titles(on)
    rows = duties.template_rows(code, on)
    context = showing.frame(request, "office", dead=False) | {
        "code": code,
        "title": titles[code],
        "rows": [{"row": row, "by": _by(row, titles)} for row in rows],
        "groups": [
            (group.code, group.title, [(one.code, one.title) for one in group.classes])
            for group in duties.groups(on)
        ],
    }
    return render(request, "staff/office_templates.html", context)


def _by(row: duties.TemplateRow, titles: Mapping[str, str]) -> str:
    """Whose words these are where a class has none of its own, "" otherwise."""
    code = row.rule.removesuffix(f".{row.kind}")
    return "" if row.own else titles.get(code, code)


@door("staff", DUTY, methods=("GET", "POST"))
def template(request: FaceRequest, code: str, kind: str) -> HttpResponse:
    """One kind of reply of a class: write it anew, look at what it would have met, publish it."""
    row = next(one for one in duties.template_rows(code, showing.today()) if one.kind == kind)
    return proposing.act(
        request,
        proposing.Sheet(
            stored=_said(row),
            draft=lambda form: _draft(row, form),
            proposed=lambda draft, _planned: _proposed(request, row, draft),
            page=lambda form, problem: _page(request, row, form, problem),
            home=lambda _draft: reverse("desk_template", args=[code, kind]),
            longest=LONGEST + 1,
        ),
    )


def _said(row: duties.TemplateRow) -> dict[str, str]:
    tomorrow = actions.earliest(PACK, utc_now())
    return {
        "zh": duties.with_blanks(row.texts.zh),
        "en": duties.with_blanks(row.texts.en, english=True),
        "valid_from": tomorrow.isoformat(),
        "source": "",
        "seen": str(row.published),
    }


def _draft(row: duties.TemplateRow, form: Mapping[str, str]) -> actions.RuleDraft:
    """What the form wants. Raises Refused: template.empty, template.too_long, template.blank_unknown, template.braces,
    template.blank_english, rule.day.
    """
    value = {"zh": _text(form, "zh"), "en": _text(form, "en")}
    only_english = set(duties.open_places(value["en"])) - set(duties.open_places(value["zh"]))
    if only_english:
        blank = "、".join(f"【{duties.PLACEHOLDERS[name][1]}】" for name in sorted(only_english))
        raise Refused("template.blank_english", field="en", word=blank)
    return actions.RuleDraft(
        pack=PACK,
        key=row.key,
        title={"zh": row.titles.zh, "en": row.titles.en},
        value=value,
        valid_from=proposals.day(form["valid_from"]),
        source=form["source"],
        seen=proposals.seen(form),
    )


def _text(form: Mapping[str, str], field: str) -> str:
    said = "\n".join(form[field].split("\r\n")).strip()
    if not said:
        raise Refused("template.empty", field=field)
    if len(said) > LONGEST:
        raise Refused("template.too_long", field=field, most=LONGEST)
    try:
        return duties.without_blanks(said)
    except Refused as problem:
        raise Refused(problem.code, field=field, **problem.params) from problem


def _proposed(request: FaceRequest, row: duties.TemplateRow, draft: actions.RuleDraft) -> proposals.Proposed:
    before, after = reply_words.filled(row.texts.zh), reply_words.filled(draft.value["zh"])
    effect = cases.words_effect(row.code, row.kind, before, after, by=request.actor, now=utc_now())
    return proposals.Proposed(
        heading=row.title,
        valid_from=draft.valid_from,
        promise=_("已经发出去的回话不变。"),
        rows=reply_words.differences(row, draft.value, draft.source),
        asked=_("如果过去 %(days)s 天就用这些话") % {"days": cases.SIMULATED_DAYS},
        looked=reply_words.looked(effect),
        effect=reply_words.effect_rows(effect),
        met=reply_words.met(effect.rows),
        action=reverse("desk_template", args=[row.code, row.kind]),
        warnings=reply_words.warnings(draft.value["zh"], after, showing.today()),
    )


def _page(
    request: FaceRequest,
    row: duties.TemplateRow,
    form: Mapping[str, str],
    problem: LirenError | None = None,
) -> HttpResponse:
    titles = {"default": _("所有类别通用")} | duty_words.class_titles(showing.today())
    context = showing.frame(request, "office", dead=False) | {
        "row": row,
        "by": _by(row, titles),
        "form": form,
        "blanks": reply_words.blanks(),
        "versions": rule_words.versions(duties.rule_versions(PACK, row.key)),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(
        request, "staff/office_template.html", context, status=status_of(problem) if problem else 200
    )
