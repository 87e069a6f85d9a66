"""Departments called to a place, replies looked at again, and the ladder that is climbed by the clock."""

from datetime import datetime, timedelta

from liren.cases import actions
from liren.cases.models import Case, Supervision, Whistle
from liren.site.sample.load.turns.beside import WORKED
from liren.site.sample.load.turns.stage import Stage, rows, words
from liren.site.sample.world import lines

SUPERVISOR = "supervisor"
ENDED = ("replied", "solved", "closed", "closed_unconfirmed")


def whistle(stage: Stage) -> None:
    """The street whistles; departments come, agree and act, one in seven refuses; both sides score."""
    calls = rows("whistles")
    for number, (case, last) in enumerate(stage.cases(WORKED, 12, again=True)):
        matter, called, agreed = calls[number % len(calls)]
        at = stage.after(last, 0.05, 0.2)
        clerk = stage.of_role("clerk", at)
        units = tuple(stage.ground.units[code] for code in called.split(","))
        call = actions.Call(matter, units, needed_by=at + timedelta(hours=26))
        raised: Whistle | None = stage.play(
            "whistle", actions.raise_whistle, case.id, call, by=clerk, version=None, now=at
        )
        if raised is not None and number % 6:
            _report(stage, raised, units, [what.strip() for what in agreed.split(";")], at, number)


def _report(
    stage: Stage, raised: Whistle, units: tuple[int, ...], agreed: list[str], at: datetime, number: int
) -> None:
    """As far as this whistle has come: acknowledged, on site, agreed, done, scored."""
    said, at = words(), stage.after(at, 0.05, 0.15)
    if number % 7 == 5:
        by = stage.handler(units[-1], at)
        stage.play(
            "whistle_refuse", actions.answer_call, raised.id, units[-1], "refuse",
            by=by, now=at, text=said["refused_whistle"],
        )  # fmt: skip
        return
    for turn, text in (("acknowledge", said["on_the_way"]), ("arrive", said["on_site"])):
        for unit in units:
            by = stage.handler(unit, at)
            stage.play("whistle_report", actions.answer_call, raised.id, unit, turn, by=by, now=at, text=text)
        at = stage.after(at, 0.1, 0.2)
    if number % 6 == 1:
        return
    clerk = stage.of_role("clerk", at)
    due = at + timedelta(days=3)
    acts = [actions.Act(unit, what, due) for unit, what in zip(units, agreed, strict=True)]
    stage.play("whistle_agree", actions.agree, raised.id, acts, by=clerk, now=at)
    if number % 6 in {2, 3}:
        _finish(stage, raised, units, at)


def _finish(stage: Stage, raised: Whistle, units: tuple[int, ...], at: datetime) -> None:
    said, at = words(), stage.after(at, 0.3, 0.5)
    for act, text in zip(raised.act_set.order_by("id"), lines(said["act_done"]) * 2, strict=False):
        by = stage.handler(act.unit_id, at)
        stage.play("whistle_act", actions.finish_act, act.id, by=by, now=at, text=text)
    clerk = stage.of_role("clerk", at)
    at = stage.after(at, 0.2, 0.4)
    stage.play("whistle_done", actions.finish_whistle, raised.id, by=clerk, now=at)
    for place, unit in enumerate(units):
        stars, text = (3, said["street_low"]) if place == 1 else (5, said["street_score"])
        stage.play("whistle_score", actions.score, raised.id, unit, stars, by=clerk, now=at, text=text)
        by = stage.handler(unit, at)
        stage.play("whistle_score", actions.score, raised.id, unit, 4, by=by, now=at, text=said["unit_score"])


def verify(stage: Stage) -> None:
    """Somebody other than the handler looks whether replies are true; a false one opens its case again."""
    found = rows("verified")
    for number, (case, last) in enumerate(stage.cases(ENDED, 45)):
        finding, text = found[number % len(found)]
        if finding == "not_as_replied" and number > 20:
            finding, text = found[0]
        at = stage.after(last, 0.1, 0.5)
        by = stage.of_role(SUPERVISOR, at)
        stage.play("verify", actions.verify, case.id, finding, by=by, version=None, text=text, now=at)


def climb(stage: Stage) -> None:
    """The clock climbs the ladder over the last days; units answer, a supervisor adds a word."""
    for half_days in range(8, -1, -1):
        at = stage.until - timedelta(hours=12 * half_days, minutes=3)
        while actions.climb_due(now=at):
            pass
        if half_days:
            _answer(stage, at)
    texts = lines(words()["supervise"])
    for number, (case, last) in enumerate(stage.cases(WORKED, 5, again=True, supervised="")):
        at = stage.after(last)
        by = stage.of_role(SUPERVISOR, at)
        stage.play(
            "supervise", actions.supervise, case.id, "supervise",
            by=by, version=None, text=texts[number % len(texts)], now=at,
        )  # fmt: skip


def _answer(stage: Stage, at: datetime) -> None:
    texts = lines(words()["answers"])
    waiting = Supervision.objects.filter(answered_at=None, at__lt=at).exclude(answer_due=None)
    for number, row in enumerate(waiting.order_by("at", "id")[:60]):
        case = Case.objects.get(pk=row.case_id)
        if number % 2 or case.unit_id is None:
            continue
        then = at + timedelta(hours=3)
        by = stage.handler(case.unit_id, then)
        stage.play(
            "answer_supervision", actions.answer_supervision, case.id,
            by=by, version=None, text=texts[number % len(texts)], now=then,
        )  # fmt: skip
