"""Units that need more time, and work that has to wait."""

from datetime import date, datetime, timedelta

from liren.cases import actions
from liren.kernel.clock import office_zone, to_office
from liren.kernel.worktime import is_working, load_calendar
from liren.site.sample.load.turns.stage import Stage, rows
from liren.site.sample.load.turns.watching import SUPERVISOR

WORKED = ("signed", "contacted", "handling")


def extend(stage: Stage) -> None:
    """More time is asked for; a supervisor grants it, refuses it, or has not looked yet."""
    told = rows("extensions")
    for number, (case, last) in enumerate(stage.cases(WORKED, 8)):
        days, why, decision, words = told[number % len(told)]
        at = min(stage.after(last, 0.05, 0.2), case.handle_due or last)
        if case.unit_id is None:
            continue
        unit = stage.handler(case.unit_id, at)
        asked = stage.play(
            "ask_extension", actions.ask_extension, case.id, int(days),
            by=unit, version=None, reason=why, now=at,
        )  # fmt: skip
        if asked is None or not decision:
            continue
        then = stage.after(at, 0.05, 0.2)
        by = stage.of_role(SUPERVISOR, then)
        turn = actions.grant_extension if decision == "granted" else actions.refuse_extension
        stage.play(f"{decision}_extension", turn, case.id, by=by, version=None, text=words, now=then)


def _working_day(after: datetime, days: int) -> date:
    calendar, at = load_calendar("office"), to_office(after, office_zone()) + timedelta(days=days)
    at = at.replace(hour=10, minute=0)
    while not is_working(at, calendar):
        at += timedelta(days=1)
    return at.date()


def defer(stage: Stage) -> None:
    """Work waits for weather, owners, appraisals, money; some of it has gone on."""
    told = rows("deferrals")
    for number, (case, last) in enumerate(stage.cases(WORKED, 9)):
        reason, words, back = told[number % len(told)]
        at = stage.after(last, 0.05, 0.25)
        if case.unit_id is None:
            continue
        unit = stage.handler(case.unit_id, at)
        waits = stage.play(
            "defer", actions.defer, case.id, reason,
            by=unit, version=None, text=words, review_on=_working_day(stage.until, 3 + 4 * number), now=at,
        )  # fmt: skip
        if waits is not None and back:
            then = stage.after(at)
            unit = stage.handler(case.unit_id, then)
            stage.play("resume", actions.resume, case.id, by=unit, version=None, text=back, now=then)
