"""What the spine does when woken by its own news: tell the people behind a case, score the advice, number the change."""

from typing import Any

from liren.base.ledger import queries as ledger
from liren.cases import actions, events, queries
from liren.cases.models import Case, Merge, Voice
from liren.cases.states import FINAL, State
from liren.kernel.policy import SYSTEM
from liren.registers.advice import actions as advice
from liren.registers.channels import actions as channels
from liren.registers.places import queries as places
from liren.registers.places.events import PlaceMoved

# Of a report of wrongdoing a message says nothing but that there is news: a screen may lie open on a table.
SEALED_NEWS = "case.news"


def tell_one(event: events.Received | events.Joined) -> None:
    """Tell the requester that it arrived, with the number to come back by."""
    voice = Voice.objects.select_related("case").filter(pk=event.voice_id).first()
    if voice is None:
        return
    code = "case.received" if isinstance(event, events.Received) else "case.joined"
    if voice.case.sealed:
        code = SEALED_NEWS
    _tell(voice, code, {"number": voice.number}, event)
    if voice.on_behalf and voice.behalf_agreed_at is None:
        _tell(voice, "case.behalf", {"number": voice.number}, event)


def tell_all(event: events.CaseEvent) -> None:
    """Tell everybody behind a case where it went, that it was answered, what follows."""
    case = Case.objects.select_related("unit").filter(pk=event.subject_id).first()
    told = _news(case, event) if case is not None else None
    if case is None or told is None:
        return
    code, params = told
    if case.sealed:
        code, params = SEALED_NEWS, {}
    for voice in case.voice_set.order_by("said_at", "id"):
        _tell(voice, code, {"number": voice.number, **params}, event)


def _news(case: Case, event: events.CaseEvent) -> tuple[str, dict[str, Any]] | None:
    """The message code for a piece of news and what it says besides the number; None for what nobody is told."""
    unit = case.unit.name if case.unit else places.root().name
    if isinstance(event, events.Dispatched):
        due = case.response_due or event.due_at
        again = case.returned > 0
        return ("case.redispatched" if again else "case.dispatched"), {"unit": unit, "due": due}
    if isinstance(event, events.Replied):
        return "case.replied", {}
    if isinstance(event, events.Extended):
        return "case.extended", {"due": event.due_at}
    if isinstance(event, events.Deferred):
        return "case.deferred", {"due": event.review_at}
    if isinstance(event, events.Left):
        return ("case.referred" if event.exit_key in _HANDED_ON else "case.left"), {}
    if isinstance(event, events.ExitFollowed):
        return "case.exit_followed", {}
    if isinstance(event, events.Settled):
        match event.state:
            case State.REOPENED:
                code = "case.checked" if event.cause == "not_as_replied" else "case.reopened"
                return code, {"unit": unit, "due": case.handle_due or event.at}
            case State.CLOSED:
                return "case.closed", {}
            case State.CLOSED_UNCONFIRMED:
                return "case.closed_unconfirmed", {}
    return None


# Handed on to somebody else, or told why not: the two ways of leaving are told apart.
_HANDED_ON = frozenset({"emergency", "other_procedure", "outside_duty"})


def tell_joining(event: events.Merged | events.TakenApart | events.SplitOff) -> None:
    """Tell the people whose case was taken into another, or stands by itself again, and nobody else."""
    if isinstance(event, events.SplitOff):
        voices = Voice.objects.filter(pk=event.voice_id)
    else:
        row = Merge.objects.filter(pk=event.merge_id).first()
        voices = Voice.objects.filter(pk__in=row.voice_ids if row else [])
    code = "case.joined" if isinstance(event, events.Merged) else "case.apart"
    for voice in voices.order_by("said_at", "id"):
        _tell(voice, code, {"number": voice.number}, event)


def tell_asked(event: events.Asked) -> None:
    """Tell one requester that the unit must know something from them."""
    voice = Voice.objects.select_related("case").filter(pk=event.voice_id).first()
    if voice is not None:
        _tell(voice, SEALED_NEWS if voice.case.sealed else "case.asked", {"number": voice.number}, event)


def tell_followers(event: events.CaseEvent) -> None:
    """Tell neighbours who follow a case that there is news of it, and nothing that was said: the page shows the rest."""
    for follow_id, device_id in queries.followers(event.subject_id, since=event.at):
        channels.tell(
            channels.Recipient(device_id=device_id),
            "follow.news",
            {},
            key=f"follow:{follow_id}:{event.version}",
            now=event.at,
            case_id=event.subject_id,
            place_path=event.place_path,
        )


def _tell(voice: Voice, code: str, params: dict[str, Any], event: events.CaseEvent) -> None:
    arrived = code in {"case.received", "case.behalf"} or isinstance(event, events.Received)
    reach = bytes(voice.contact) if voice.consent_call or arrived else b""
    channels.tell(
        channels.Recipient(
            device_id=voice.device_id,
            phone_index=voice.phone_index,
            phone=reach,
            phone_context="cases.voice.contact",
            language=voice.language,
        ),
        code,
        params,
        # one message per voice and piece of news, however often the news is delivered
        key=f"{code}:{voice.id}:{event.version}",
        now=event.at,
        case_id=voice.case_id,
        place_path=event.place_path or voice.case.place_path,
    )


def score_advice(event: events.Settled) -> None:
    """When a case has ended, what it ended as is the truth its advice is scored by."""
    if event.state not in FINAL:
        return
    case = Case.objects.filter(pk=event.subject_id).first()
    if case is None or case.unit_id is None or case.sealed:
        return
    truths = {"class": case.class_code, "place": str(case.place_id or ""), "unit": str(case.unit_id)}
    advice.settle_subject("case", case.id, truths=truths, by=SYSTEM, now=event.at)


def stamp(event: events.CaseEvent) -> None:
    """Number the case by the ledger's sequence of its newest sealed news: readers page by it and miss nothing."""
    seqs = [entry.seq for entry in ledger.history("case", event.subject_id) if entry.seq is not None]
    if seqs:
        actions.stamp(event.subject_id, max(seqs))


def follow_move(event: PlaceMoved) -> None:
    """A place came to lie elsewhere in the tree: its cases lie there too, for scopes, lists and search alike."""
    for case in Case.objects.filter(place_path__startswith=event.old_path).iterator():
        case.place_path = event.place_path + case.place_path.removeprefix(event.old_path)
        case.save(update_fields=["place_path"])
        actions.index(case, queries.words_of_case(case.id))
