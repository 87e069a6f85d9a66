"""Mistakes that are put right: what was merged wrongly, what was sealed and was no report, what the machine sent out."""

from liren.cases import actions
from liren.cases.models import Case
from liren.kernel.policy import SYSTEM
from liren.site.sample.load.turns.beside import WORKED
from liren.site.sample.load.turns.stage import Stage, words


def merge_wrongly(stage: Stage) -> None:
    """A case before its unit, and one still at the desk, are taken for another matter, and taken apart again."""
    open_ones = Case.objects.filter(state__in=WORKED, sealed=False, barred=False, parts_open=0)
    target = open_ones.order_by("-received_at", "id").first()
    if target is None:
        return
    for state in (WORKED, ("received",)):
        found = Case.objects.filter(state__in=state, sealed=False, barred=False, parts_open=0)
        case = found.exclude(pk=target.pk).order_by("-received_at", "id").first()
        if case is None:
            continue
        at = stage.after(max(stage.last(case.id), stage.last(target.id)), 0.05, 0.2)
        clerk = stage.of_role("clerk", at)
        done = stage.play("merge", actions.merge, case.id, target.id, by=clerk, version=None, now=at)
        if done is not None:
            then = stage.after(at, 0.05, 0.2)
            stage.play("split", actions.split, case.id, by=clerk, version=None, now=then)


def seal_wrongly(stage: Stage) -> None:
    """A complaint is taken for a report and opened again; the machine sends it out; the clerk takes it back."""
    found = Case.objects.filter(state__in=WORKED, sealed=False, barred=False, parts_open=0).exclude(unit=None)
    case = found.order_by("received_at", "id").first()
    if case is None or case.unit_id is None:
        return
    unit, at = case.unit_id, stage.after(stage.last(case.id), 0.05, 0.2)
    clerk = stage.of_role("clerk", at)
    stage.play("seal", actions.seal, case.id, by=clerk, version=None, now=at)
    at = stage.after(at, 0.05, 0.2)
    desk = stage.of_role("sealed_desk", at)
    said = words()["not_a_report"]
    stage.play("unseal", actions.unseal, case.id, by=desk, version=None, reason=said, now=at)
    at = stage.after(at, 0.05, 0.2)
    sent = {"version": None, "now": at}
    stage.play("dispatch", actions.dispatch, case.id, unit, by=SYSTEM, automatic=True, **sent)
    at = stage.after(at, 0.05, 0.2)
    stage.play("return", actions.undo_dispatch, case.id, by=clerk, version=None, now=at)
    at = stage.after(at, 0.05, 0.2)
    stage.play("dispatch", actions.dispatch, case.id, unit, by=clerk, version=None, now=at)
