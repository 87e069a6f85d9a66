"""The unit asks one requester what it must know, and the answer is a step of that voice."""

from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.models import Case, Question, Voice
from liren.cases.rules import WORDS_MAX
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor


@transaction.atomic
def ask(case_id: int, voice_id: int, *, by: Actor, version: int | None, text: str, now: datetime) -> Question:
    """Ask one requester of a case a question; that person alone sees it, and is told.

    Raises NotFound (case, or a voice that is not of it), Conflict, IllegalMove, Refused(words.…, "question.open").
    """
    case = queries.lock(case_id, by=by, duty="cases.contact")
    same_version(case, version)
    voice = Voice.objects.filter(pk=voice_id, case=case).first()
    if voice is None:
        raise NotFound("matter.not_found")
    if Question.objects.filter(voice=voice, answered_at=None).exists():
        raise Refused("question.open")
    question = Question(case=case, voice=voice, words=words_of(text), asked_by=by.id, asked_at=now)
    case.questions_open += 1
    facts = {"question": question.id}
    hashed = take(case, "ask", by=by, now=now, words=question.words, voice=voice, shown=True, facts=facts)
    question.save(force_insert=True)
    ledger.record(
        events.Asked(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            question_id=question.id,
            voice_id=voice.id,
            words_hash=hashed,
        )
    )
    return question


def _question(question_id: int) -> Question:
    found = Question.objects.select_related("voice").filter(pk=question_id).first()
    if found is None:
        raise NotFound("matter.not_found")
    return found


def _answer(
    case: Case, voice: Voice, question_id: int, words: str, *, by: Actor, now: datetime, files_: int = 0
) -> None:
    """Keep the answer; the case is locked, so that a question is answered once. Raises Refused("question.answered")."""
    question = _question(question_id)
    if question.answered_at is not None:
        raise Refused("question.answered")
    case.questions_open = max(0, case.questions_open - 1)
    by_self = by.kind != "staff"
    facts = {"question": question.id, "files": files_, "by_self": by_self}
    hashed = take(case, "answer_question", by=by, now=now, words=words, voice=voice, facts=facts)
    question.answered_at, question.answer = now, words
    question.save(update_fields=["answered_at", "answer"])
    moved(case, "answer_question", by=by, now=now, words_hash=hashed)


@transaction.atomic
def answer_question(
    question_id: int, text: str, *, by: Actor, now: datetime, key: str, file_ids: tuple[int, ...] = ()
) -> Case:
    """The requester answers what the unit asked; the same `key` again changes nothing.

    Raises NotFound (a stranger's), IllegalMove once the case has ended, Refused("question.answered", words.…).
    """
    voice_id = _question(question_id).voice_id
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.say_more", now=now)
    words = words_of(text, field="words", limit=WORDS_MAX)
    with ledger.once(key=key, by=by.id, fingerprint=f"{question_id}:{words}:{sorted(file_ids)}") as once:
        if not once.done:
            if file_ids:
                files.attach(file_ids, owner=f"voice:{voice.id}", by=by, now=now)
                case.files += len(file_ids)
            _answer(case, voice, question_id, words, by=by, now=now, files_=len(file_ids))
            once.keep({"case_id": case.id})
    return case


@transaction.atomic
def record_answer(question_id: int, text: str, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Whoever asked writes down what the requester answered on the phone or at the door.

    Raises NotFound, Conflict, IllegalMove, Refused("question.answered", words.…).
    """
    asked = _question(question_id)
    case = queries.lock(asked.voice.case_id, by=by, duty="cases.contact")
    same_version(case, version)
    _answer(case, asked.voice, question_id, words_of(text), by=by, now=now)
    return case
