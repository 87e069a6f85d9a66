"""Demands that leave or become one, helpers asked for a part, requesters asked a question."""

from datetime import date, datetime

from liren.cases import actions, queries
from liren.cases.models import Case, Exit, Part, Voice
from liren.kernel.clock import office_zone, to_office
from liren.registers.duties import queries as duties
from liren.site.sample.load.turns.stage import Aside, Stage, rows, words
from liren.site.sample.world import lines

PHONE = "12345"
WORKED = ("signed", "contacted", "handling", "reopened")


def _day(at: datetime) -> date:
    return to_office(at, office_zone()).date()


def leave(stage: Stage) -> None:
    """Demands that belong elsewhere leave by the six exits; some are followed up, one or two come back."""
    ways: dict[str, list[list[str]]] = {}
    for row in rows("exits"):
        ways.setdefault(row[0], []).append(row)
    back = list(lines(words()["back"]))
    for aside in stage.asides:
        offered = ways[aside.truth.partition(".")[0]]
        _, key, channel, reason, outcome = stage.rng.choice(offered)
        at = stage.soon(stage.last(aside.case_id))
        clerk = stage.of_role("clerk", at)
        place_id = stage.ground.places[aside.place][0]
        stage.play("place", actions.place, aside.case_id, place_id, by=clerk, version=None, now=at)
        stage.play("classify", actions.classify, aside.case_id, aside.truth, by=clerk, version=None, now=at)
        if key == "repeat":
            left = _repeat(stage, aside, at)
        else:
            way = duties.exit_way(key, _day(at))
            reply = way.fill(channel=channel, reason=reason, phone=PHONE)
            leaving = actions.Leaving(key=key, reply=reply, channel=channel, reason=reason)
            left = stage.play("leave", actions.leave, aside.case_id, leaving, by=clerk, version=None, now=at)
        if left is None:
            continue
        if outcome:
            _follow(stage, aside, outcome)
        elif back and stage.rng.random() < 0.5:
            _come_back(stage, aside, back.pop())


def _repeat(stage: Stage, aside: Aside, at: datetime) -> Case | None:
    case = Case.objects.get(pk=aside.case_id)
    earlier = (
        Case.objects.filter(class_code=aside.truth, replied_at__lt=at, place_path__startswith=case.place_path)
        .exclude(pk=case.pk)
        .order_by("-received_at", "id")
        .first()
    )
    if earlier is None:
        return None
    way = duties.exit_way("repeat", _day(at))
    reply = way.fill(number=earlier.number, done="窗口已经告诉您缺哪一份材料，补齐后当天就能办")
    leaving = actions.Leaving(key="repeat", reply=reply, earlier_number=earlier.number)
    clerk = stage.of_role("clerk", at)
    done: Case | None = stage.play("leave", actions.leave, case.id, leaving, by=clerk, version=None, now=at)
    return done


def _follow(stage: Stage, aside: Aside, outcome: str) -> None:
    row = Exit.objects.filter(case_id=aside.case_id).latest("at")
    if row.follow_due is None or row.follow_due >= stage.until or stage.rng.random() < 0.3:
        return
    kind, _, text = outcome.partition(":")
    at = row.at + (row.follow_due - row.at) * 0.9
    clerk = stage.of_role("clerk", at)
    stage.play(
        "follow_exit", actions.follow_exit, aside.case_id, kind, by=clerk, version=None, text=text, now=at
    )


def _come_back(stage: Stage, aside: Aside, text: str) -> None:
    voice = Voice.objects.filter(case_id=aside.case_id).earliest("said_at")
    at = stage.after(stage.last(aside.case_id), 0.5, 0.9)
    by = stage.resident(voice, at)
    if by is not None:
        key = f"sample:back:{voice.id}"
        stage.play("come_back", actions.come_back, voice.id, text, by=by, now=at, key=key)


def merge(stage: Stage) -> None:
    """Demands of one matter become one case; the second is taken apart again."""
    merged = 0
    for case, last in stage.cases(("dispatched", *WORKED), 90, again=True):
        if merged >= stage.few(8):
            return
        at = stage.after(last)
        first = Voice.objects.filter(case=case).earliest("said_at")
        twins = queries.twins(
            words=first.words, class_code=case.class_code, place_path=case.place_path, now=at
        )
        other = next((twin for twin in twins if twin.case_id not in {case.id, *stage.used}), None)
        if other is None:
            continue
        stage.used |= {case.id, other.case_id}
        at = max(at, stage.soon(stage.last(other.case_id)))
        clerk = stage.of_role("clerk", at)
        done = stage.play("merge", actions.merge, case.id, other.case_id, by=clerk, version=None, now=at)
        merged += done is not None
        if done is not None and merged == 2:
            then = stage.after(at)
            stage.play("split", actions.split, case.id, by=clerk, version=None, now=then)


def ask_helpers(stage: Stage) -> None:
    """Leads ask those the duty list names for a part of the work."""
    tasks, refusals = rows("parts"), lines(words()["declined"])
    for number, (case, last) in enumerate(stage.cases(WORKED, 40)):
        if case.unit_id is None:
            continue
        at = stage.after(last, 0.1, 0.4)
        matches = duties.lead(case.class_code, case.place_path, _day(at))
        units = [unit for match in matches for unit in match.co_unit_ids] + [
            match.unit_id for match in matches if match.assist_only
        ]
        unit = next((each for each in units if each != case.unit_id), None)
        if unit is None:
            continue
        task, result = tasks[number % len(tasks)]
        lead = stage.handler(case.unit_id, at)
        part: Part | None = stage.play(
            "ask_part", actions.ask_part, case.id, unit, by=lead, version=None, task=task, now=at
        )
        if part is None or number % 3 == 0:
            continue
        then = stage.after(at)
        end, text = ("declined", refusals[number % 2]) if number % 7 == 1 else ("done", result)
        helper = stage.handler(unit, then)
        stage.play("end_part", actions.end_part, part.id, end, by=helper, text=text, now=then)


def ask_people(stage: Stage) -> None:
    """Units ask what they must know; most people answer, some have not yet."""
    asked, open_ones = rows("questions"), lines(words()["unanswered"])
    for number, (case, last) in enumerate(stage.cases(WORKED, 26)):
        voice = Voice.objects.filter(case=case).earliest("said_at")
        at = stage.after(last, 0.1, 0.4)
        by, then = stage.resident(voice, at), stage.after(at)
        if by is None or case.unit_id is None:
            continue
        waits = number % 3 == 0
        text, answer = (open_ones[number % 2], "") if waits else asked[number % len(asked)]
        unit = stage.handler(case.unit_id, at)
        question = stage.play("ask", actions.ask, case.id, voice.id, by=unit, version=None, text=text, now=at)
        if question is not None and answer:
            key = f"sample:answer:{question.id}"
            stage.play(
                "answer_question", actions.answer_question, question.id, answer, by=by, now=then, key=key
            )
