"""Where the figures are taken: the sample street in a home of its own, on SQLite, and who works and lives there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from bench.browser import Browser

AS_OF, CASES, SEED = date(2026, 11, 20), 2_000, 1


@contextmanager
def street() -> Iterator[Any]:
    """Load the street into a fresh LIREN_HOME; the WSGI application that serves it."""
    with tempfile.TemporaryDirectory(prefix="liren-bench-") as home:
        os.environ |= {"LIREN_HOME": home, "DJANGO_SETTINGS_MODULE": "liren.site.settings"}
        for name in ("LIREN_DB", "LIREN_DB_OWNER", "LIREN_DB_ROLE"):
            os.environ.pop(name, None)
        import django

        django.setup()
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application

        from liren.site.sample.load import load

        call_command("setup", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        load(seed=SEED, as_of=AS_OF, cases=CASES)
        yield get_wsgi_application()


def worker(application: Any, username: str) -> Browser:
    """A browser this member of staff is signed in on, both factors shown."""
    return Browser(application, {"sessionid": session(username)})


def session(username: str) -> str:
    """The key of a session of a member of staff, both factors shown."""
    from django.contrib.sessions.backends.db import SessionStore

    from liren.base.access import actions as access
    from liren.base.access.models import Account
    from liren.kernel.clock import utc_now

    account, now = Account.objects.get(username=username), utc_now()
    opened = SessionStore()
    access.open_session(opened, access.SignIn(account.id, account.session_stamp, now, None), now=now)
    opened.save()
    return str(opened.session_key)


def said(count: int) -> list[str]:
    """Words people of the street said, one of a kind, for others to say."""
    from liren.cases.models import Voice

    words = Voice.objects.filter(channel__in=("web", "snap", "wechat")).order_by("id")
    return list(dict.fromkeys(words.values_list("words", flat=True)))[:count]


def photo() -> bytes:
    """A photo as a phone of some years ago takes it: 1600 × 1200, a plain ramp of colour."""
    import io

    from PIL import Image

    ramp = Image.linear_gradient("L").resize((1600, 1200))
    kept = io.BytesIO()
    Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180))).save(kept, "JPEG", quality=85)
    return kept.getvalue()
