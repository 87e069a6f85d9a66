"""What intake does when woken: dispatch by itself, only where the office switched that on and nothing is in doubt."""

from liren.cases import actions as cases
from liren.cases import queries as cases_read
from liren.cases.events import Received, SplitOff, VoiceErased
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import LirenError
from liren.kernel.policy import MACHINE, Actor, Grant
from liren.registers.advice import actions as advice
from liren.registers.advice import queries as advised
from liren.registers.duties import queries as duties
from liren.rooms.intake import actions as intake
from liren.rooms.intake.reading import ADVISER

# The one thing the machine may do to a case, and only after the rule below let it.
MACHINE_CLERK = Actor(
    id=MACHINE.id, kind="machine", grants=(Grant(role="machine", duties=frozenset({"cases.dispatch"})),)
)


def take_in(event: Received) -> None:
    """A case was accepted without judging it; now it is read, and dispatched where the office lets the machine."""
    if cases_read.is_sealed(event.subject_id):
        return  # a report of wrongdoing is read by its own desk alone
    intake.advise(event.subject_id, voice_id=event.voice_id, now=event.at)
    dispatch_alone(event)


def read_again(event: SplitOff) -> None:
    """A voice got a case of its own, as it speaks of another matter: read what that is. A clerk sends it."""
    intake.advise(event.subject_id, voice_id=event.voice_id, now=event.at)


def forget_words(event: VoiceErased) -> None:
    """Somebody had their words erased: the draft they came from goes too."""
    intake.forget_draft_of(event.voice_id)


def dispatch_alone(event: Received) -> bool:
    """Dispatch a new case without a clerk where house rules allow: one duty fits, sure enough, harmless, switched on.

    Marked as the machine's, with one-tap undo on the case page. True when it was dispatched.
    """
    case_id, now = event.subject_id, event.at
    if not advised.setting(ADVISER).alone or cases_read.is_sealed(case_id):
        return False
    given = {item.kind: item for item in advised.for_subject("case", case_id)}
    if not {"class", "place", "unit"} <= given.keys():
        return False
    code, on = given["class"].choice, to_office(now, office_zone()).date()
    view = duties.class_view(code, on)
    verdict = advised.may_act_alone(
        ADVISER,
        class_code=code,
        confidence=min(given["class"].confidence, given["place"].confidence),
        exactly_one_duty=given["unit"].confidence == 1.0,
        low_risk=not view.urgent,
    )
    if not verdict.allowed:
        return False
    try:
        cases.dispatch(
            case_id,
            int(given["unit"].choice),
            by=MACHINE_CLERK,
            version=None,
            now=now,
            class_code=code,
            place_id=int(given["place"].choice),
            automatic=True,
        )
    except LirenError:
        # Somebody was quicker, or a list changed meanwhile: the clerk decides, as always.
        return False
    advice.take_all("case", case_id, by=MACHINE, now=now)
    return True
