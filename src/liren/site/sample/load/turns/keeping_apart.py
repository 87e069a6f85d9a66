"""What is kept apart: a report of wrongdoing and who may see it, people who step back, cases left out of the rates, the
archive; and a neighbour who only follows.
"""

from datetime import timedelta

from liren.cases import actions, queries
from liren.cases.actions.opening import WHISTLEBLOW
from liren.cases.models import Case, Voice
from liren.site.sample.load.turns.beside import WORKED
from liren.site.sample.load.turns.stage import Stage, rows, words
from liren.site.sample.load.turns.watching import SUPERVISOR

NAMED, INSPECTING = "enforcement", "party_office"
CLASS = "other.other"
FOLLOWED = 3
OVER = ("solved", "closed", "closed_unconfirmed")


def report(stage: Stage) -> None:
    """One report of wrongdoing: taken down by the sealed desk, kept from the unit it names, handled by who inspects."""
    at = stage.after(stage.until - timedelta(days=4), 0.1, 0.4)
    desk = stage.of_role("sealed_desk", at)
    told = actions.Demand(
        words=words()["report"], channel="counter", demand_type=WHISTLEBLOW, class_code=CLASS
    )
    made = stage.play("report", actions.open_case, told, by=desk, now=at, key="sample:report")
    if made is None:
        return
    street = next(place for place in stage.street.places if place.kind == "street")
    place_id = stage.ground.places[street.code][0]
    named, inspecting = stage.ground.units[NAMED], stage.ground.units[INSPECTING]
    for name, turn, given in (
        ("bar", actions.bar_unit, (named,)),
        ("place", actions.place, (place_id,)),
        ("dispatch", actions.dispatch, (inspecting,)),
    ):
        at = stage.after(at, 0.05, 0.2)
        stage.play(name, turn, made.case_id, *given, by=desk, version=None, now=at)
    at = stage.after(at, 0.05, 0.2)
    handler = stage.of_role("sealed_handler", at)
    stage.play("sign", actions.sign, made.case_id, by=handler, version=None, now=at)
    at = stage.after(at, 0.05, 0.2)
    said = words()["report_contact"]
    stage.play("contact", actions.contact, made.case_id, by=handler, version=None, text=said, now=at)


def step_back(stage: Stage) -> None:
    """A handler is kin to somebody concerned and steps back; colleagues go on."""
    for case, last in stage.cases(WORKED, 2, again=True, sealed=False):
        if case.unit_id is not None:
            at = stage.after(last, 0.05, 0.2)
            by = stage.handler(case.unit_id, at)
            stage.play("step_back", actions.step_back, case.id, "kin", by=by, version=None, now=at)


def exclude(stage: Stage) -> None:
    """Units ask that ended cases be left out of the rates; a supervisor grants one, refuses one, has one before them."""
    ended = Case.objects.filter(state__in=OVER, sealed=False, barred=False).exclude(unit=None)
    asked = iter(ended.exclude(voice_set__verdict="not_solved").order_by("-received_at", "id")[:40])
    for reason, why, decision, said in rows("exclusions"):
        case = next(asked, None)
        if case is None or case.unit_id is None:
            return
        at = stage.after(stage.last(case.id), 0.05, 0.2)
        by = stage.handler(case.unit_id, at)
        done = stage.play(
            "ask_exclusion", actions.ask_exclusion, case.id, reason, by=by, version=None, text=why, now=at
        )
        if done is not None and decision:
            at = stage.after(at, 0.05, 0.2)
            by = stage.of_role(SUPERVISOR, at)
            stage.play(
                "decide_exclusion", actions.decide_exclusion, case.id, decision,
                by=by, version=None, text=said, now=at,
            )  # fmt: skip


def follow(stage: Stage) -> None:
    """Residents follow a neighbour's matter without adding their voice."""
    watchers = Voice.objects.exclude(device_id=None).order_by("-said_at", "id")[:FOLLOWED]
    for voice, matter in zip(watchers, queries.in_hand(now=stage.until, limit=FOLLOWED), strict=False):
        at = stage.after(max(stage.last(matter.case_id), voice.said_at))
        by = stage.resident(voice, at)
        if by is not None and matter.case_id != voice.case_id:
            stage.play("follow", actions.follow, matter.case_id, by=by, now=at)


def archive(stage: Stage) -> None:
    """The clock has archived the first of what ended long ago."""
    at = stage.until - timedelta(minutes=1)
    stage.played["archive"] += actions.archive_due(now=at, limit=stage.few(60))
