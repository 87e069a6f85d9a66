"""审计: who read what was sealed and why, what happened to accounts. Read by the audit administrator, changed by nobody."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.base.access import queries as access
from liren.base.ledger import queries as ledger
from liren.base.vault import queries as vault
from liren.cases import queries as cases
from liren.faces.kit import tabular, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.templatetags.kit import number as grouped
from liren.faces.staff import audit_words, showing, unit_words
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import Actor
from liren.registers.people import queries as people

DUTY, LEDGER = "vault.read_reveals", "ledger.read"
PAGE, IN_A_FILE = 50, 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose rows, of which days (both ends included), from where on."""

    who: str
    account: int | None
    first: date | None
    last: date | None
    before: int

    @property
    def unknown(self) -> bool:
        """Whether the name is nobody's."""
        return bool(self.who) and self.account is None

    def stretch(self, limit: int) -> ledger.Stretch:
        """For the queries."""
        zone = office_zone()
        since = datetime.combine(self.first, time.min, zone) if self.first else None
        until = datetime.combine(self.last + timedelta(days=1), time.min, zone) if self.last else None
        return ledger.Stretch(since, until, self.before, limit)

    def query(self, **more: int) -> str:
        """The address's own part, the place in the list left out."""
        said = {"who": self.who, "from": str(self.first or ""), "to": str(self.last or "")}
        return urlencode({name: value for name, value in (said | more).items() if value})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who did what, to whom or of what, and why."""

    at: datetime
    who: str
    did: str
    of: str
    why: str


Ask = Callable[[Actor, Wanted, int], Sequence[Any]]
Tell = Callable[[Sequence[Any]], Iterator[Line]]


def _wanted(request: FaceRequest) -> Wanted:
    get = request.GET
    who = typed.text(get, "who").strip()[:100]
    account = access.find_account(who) if who else None
    return Wanted(who, account, _day(get, "from"), _day(get, "to"), typed.whole(get, "before") or 0)


def _day(get: Any, name: str) -> date | None:
    try:
        return date.fromisoformat(typed.text(get, name))
    except ValueError:
        return None


def _names(accounts: Iterable[int]) -> dict[int, str]:
    """Who an account is, with the name to sign in by, which no two have."""
    ids = set(accounts)
    labels, usernames = people.labels(ids), access.usernames(ids)
    return {
        one: "，".join(filter(None, (labels.get(one, ""), usernames.get(one, "")))) or _("没有账号的人")
        for one in ids
    }


def _readings(actor: Actor, wanted: Wanted, limit: int) -> list[vault.RevealView]:
    return vault.newest_reveals(wanted.stretch(limit), by=actor, reader=wanted.account)


def _told_readings(rows: Sequence[vault.RevealView]) -> Iterator[Line]:
    names = _names(row.by for row in rows)
    numbers = cases.numbers_of(row.subject for row in rows)
    for row in rows:
        of = grouped(numbers[row.subject]) if row.subject in numbers else ""
        yield Line(row.at, names[row.by], audit_words.what(row.context), of, audit_words.why(row.purpose))


def _accounts(actor: Actor, wanted: Wanted, limit: int) -> Sequence[Any]:
    return ledger.newest("account", wanted.stretch(limit), by=actor, subject=wanted.account)


def _told_accounts(rows: Sequence[Any]) -> Iterator[Line]:
    names = _names(one for row in rows for one in (row.by, row.subject_id))
    roles = unit_words.role_titles(showing.today())
    for row in rows:
        by = "" if row.by in {row.subject_id, 0} else _("经手：%(who)s") % {"who": names[row.by]}
        yield Line(row.at, names[row.subject_id], audit_words.happened(row.kind, row.payload, roles), "", by)


def _page(request: FaceRequest, what: str, ask: Ask, tell: Tell) -> HttpResponse:
    wanted = _wanted(request)
    rows = [] if wanted.unknown else ask(request.actor, wanted, PAGE + 1)
    shown = rows[:PAGE]
    context = showing.frame(request, "office", dead=False) | {
        "lines": list(tell(shown)),
        "wanted": wanted,
        "unknown": wanted.unknown,
        "next": wanted.query(before=shown[-1].id) if len(rows) > PAGE else "",
        "file": reverse(f"desk_audit_{what}_file") + (f"?{wanted.query()}" if wanted.query() else ""),
        "tabs": [
            {"url": reverse(page), "title": title, "here": one == what}
            for one, page, title in (
                ("readings", "desk_audit", _("看过加密内容的")),
                ("accounts", "desk_audit_accounts", _("账号和授权")),
            )
        ],
    }
    return render(request, "staff/office_audit.html", context)


@door("staff", DUTY)
def readings(request: FaceRequest) -> HttpResponse:
    """Who read what was sealed, newest first."""
    return _page(request, "readings", _readings, _told_readings)


@door("staff", LEDGER)
def accounts(request: FaceRequest) -> HttpResponse:
    """Sign-ins, refused ones too, and what became of accounts and their roles."""
    return _page(request, "accounts", _accounts, _told_accounts)


def _file(request: FaceRequest, what: str, ask: Ask, tell: Tell) -> HttpResponseBase:
    """The list as filtered, the newest 20,000 lines, as CSV."""
    wanted = _wanted(request)
    rows = [] if wanted.unknown else ask(request.actor, wanted, IN_A_FILE)
    return tabular.as_csv(_rows(tell(rows)), f"liren-audit-{what}-{showing.today():%Y%m%d}")


@door("staff", DUTY)
def readings_file(request: FaceRequest) -> HttpResponseBase:
    """The readings to take along."""
    return _file(request, "readings", _readings, _told_readings)


@door("staff", LEDGER)
def accounts_file(request: FaceRequest) -> HttpResponseBase:
    """What became of accounts, to take along."""
    return _file(request, "accounts", _accounts, _told_accounts)


def _rows(lines: Iterable[Line]) -> Iterator[list[str]]:
    yield [_("时间"), _("谁"), _("做了什么"), _("哪一件"), _("为什么")]
    for line in lines:
        at = to_office(line.at, office_zone())
        yield [f"{at:%Y-%m-%d %H:%M:%S}", line.who, line.did, line.of, line.why]
