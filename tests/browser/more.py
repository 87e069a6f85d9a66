"""More life on the sample street, for what the browser tests do to it: run as `python -m tests.browser.more`.

Two dozen clear demands that wait for dispatch, a message that did not arrive, a newcomer without second factor.
"""

import django

NEWCOMER, PASSWORD = "newcomer", "里仁为美-every-neighbour"
CLEAR = 24


def main() -> None:
    """Add it all through the real actions."""
    django.setup()
    from liren.base.access import actions as access
    from liren.base.access import queries as accounts
    from liren.cases import actions as cases
    from liren.kernel.clock import utc_now
    from liren.kernel.policy import SYSTEM
    from liren.registers.channels.models import Message
    from liren.rooms.intake import actions as intake

    now = utc_now()
    access.open_account(username=NEWCOMER, kind="staff", password=PASSWORD, by=SYSTEM, now=now)
    _, token = access.new_device(now)
    neighbour = accounts.actor(None, token, now=now, second_factor_at=None)
    accepted = None
    for n in range(CLEAR):
        heard = intake.Heard(words=f"青禾里社区第{n + 1}根灯杆的路灯坏了不亮", channel="web")
        draft = intake.hear(heard, by=neighbour, now=now)
        sending = intake.Sending(contact=cases.Contact(name="李淑华", phone=f"142555{n:05d}"))
        accepted = intake.send(draft.token, sending, by=neighbour, now=now)
    assert accepted is not None
    Message.objects.create(
        key="browser:dead",
        channel="sms",
        code="case.received",
        params={"number": accepted.number},
        state="dead",
        attempts=6,
        case_id=accepted.case_id,
        created_at=now,
        tried_at=now,
        error="receipt.failed",
    )


if __name__ == "__main__":
    main()
