"""Every read of access: who acts, with what grants and how well proven; who holds which role."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import FilteredRelation, Q

from liren.base.access import loading, sessions
from liren.base.access.models import MACHINE_ID, SYSTEM_ID, Account, Device, Grant, Token
from liren.base.access.rules import Role, scoped
from liren.base.access.sessions import Signed
from liren.kernel.clock import to_office
from liren.kernel.errors import NotFound
from liren.kernel.ids import token_hash
from liren.kernel.policy import SYSTEM, Actor, Facts, Proof, require
from liren.kernel.policy import Grant as Held
from liren.kernel.rulepacks import Pack, Row

# Somebody without an account. Events say `by=0`: a ledger that is never erased must not tie acts to a device.
NOBODY_ID = 0
SET_UP_ONLY = Held(role="unproven", duties=frozenset({"access.second_factor"}), own_only=True)


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account for administrators."""

    id: int
    kind: str
    username: str | None
    is_active: bool
    last_sign_in: datetime | None
    second_factor: bool


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant with its dates and where it comes from."""

    id: int
    account_id: int
    role: str
    place_path: str
    unit_id: int | None
    valid_from: date
    valid_to: date | None
    source: str
    granted_by: int
    revoked_at: datetime | None


def actor(
    account_id: int | None,
    device_token: str | None,
    *,
    now: datetime,
    second_factor_at: datetime | None,
    stamp: str | None = None,
) -> Actor:
    """Who acts: at most one SQL statement, two when a session turns out to be over.

    Staff with a fresh second factor have their grants of today; without one, proof "password" and only the
    duty "access.second_factor". A staff actor carries no device: what a clerk takes down for others must
    not belong to the clerk's computer. Everybody else is a resident by phone or device, or anonymous, with
    id 0. An account that is closed, or whose stamp differs from the given one (signed out everywhere), acts
    as whoever holds the device.
    """
    if account_id is not None:
        known = _account_actor(account_id, now, second_factor_at, stamp)
        if known is not None:
            return known
    return _device_actor(device_token, now)


def actor_of(session: SessionBase, device_token: str | None, *, now: datetime) -> Actor:
    """Who acts in this browser: the session if it is still good, else the device."""
    signed = sessions.read(session, now)
    if signed is None:
        return actor(None, device_token, now=now, second_factor_at=None)
    return actor(
        signed.account_id,
        device_token,
        now=now,
        second_factor_at=signed.second_factor_at,
        stamp=signed.stamp,
    )


def signed_in(session: SessionBase, *, now: datetime) -> Signed | None:
    """The sign-in a session holds, None when idle or absolute time is over. No statement of its own."""
    return sessions.read(session, now)


def roles() -> Pack:
    """The rule pack of roles: duties, titles in both languages, sources."""
    return loading.roles_pack()


def role(key: str, on: date) -> Role:
    """A role as it is on an office day. Raises NotFound("access.no_role")."""
    found = loading.roles(on).get(key)
    if found is None:
        raise NotFound("access.no_role", role=key)
    return found


def limit(key: str, on: date) -> Row:
    """A limit with its source, for pages that show the rule. Raises NotFound("pack.no_rule")."""
    return loading.limits_pack().pick(key, on)


def account(account_id: int) -> AccountView:
    """One account. Raises NotFound("access.no_account")."""
    for view in accounts([account_id]):
        return view
    raise NotFound("access.no_account")


def accounts(ids: Iterable[int]) -> list[AccountView]:
    """The accounts with these ids; one statement."""
    rows = Account.objects.filter(id__in=list(ids)).order_by("id")
    told = rows.values_list(
        "id", "kind", "username", "is_active", "last_login", "second_factor__confirmed_at"
    )
    return [AccountView(*row[:5], second_factor=row[5] is not None) for row in told]


def usernames(ids: Iterable[int]) -> dict[int, str]:
    """The usernames of accounts that have one; one statement."""
    rows = Account.objects.filter(id__in=set(ids), username__isnull=False)
    return {account_id: name or "" for account_id, name in rows.values_list("id", "username")}


def find_account(username: str) -> int | None:
    """The id of the account with this username, for commands and imports; never for a page without a
    sign-in.
    """
    return Account.objects.filter(username=username).values_list("id", flat=True).first()


def grants_of(account_id: int, *, by: Actor) -> list[GrantView]:
    """Every grant an account has or had, newest first: one's own, or with access.read_grants or access.grant.

    Raises Denied.
    """
    if by.id != account_id and not by.has("access.grant"):
        require(by, "access.read_grants", Facts())
    rows = Grant.objects.filter(account_id=account_id).order_by("-granted_at", "-id")
    return [
        GrantView(
            row.id,
            row.account_id,
            row.role,
            row.place_path,
            row.unit_id,
            row.valid_from,
            row.valid_to,
            row.source,
            row.granted_by,
            row.revoked_at,
        )
        for row in rows
    ]


def is_revoked(grant_id: int) -> bool:
    """Whether a grant was taken back; True for one there never was."""
    return not Grant.objects.filter(id=grant_id, revoked_at__isnull=True).exists()


def holders(role: str, *, on: date, unit_id: int | None = None, place_path: str | None = None) -> list[int]:
    """The active accounts that hold a role on a day, of a unit, covering a place: for notices and work
    lists.
    """
    held = Grant.objects.filter(_valid_on(on), role=role, account__is_active=True)
    if unit_id is not None:
        held = held.filter(Q(unit_id=unit_id) | Q(unit_id__isnull=True))
    found = held.order_by("account_id").values_list("account_id", "place_path")
    covering = (account for account, path in found if place_path is None or place_path.startswith(path))
    return list(dict.fromkeys(covering))


def who_may(duties: Iterable[str], *, on: date, unit_id: int | None, place_path: str) -> list[int]:
    """The active accounts one of whose roles holds all these duties there on a day. One statement."""
    wanted = frozenset(duties)
    able = [key for key, role_ in loading.roles(on).items() if wanted <= role_.duties and not role_.own_only]
    held = Grant.objects.filter(_valid_on(on), role__in=able, account__is_active=True)
    of_unit = Q(unit_id__isnull=True) if unit_id is None else Q(unit_id__isnull=True) | Q(unit_id=unit_id)
    found = held.filter(of_unit).order_by("account_id").values_list("account_id", "place_path")
    return list(dict.fromkeys(account_id for account_id, path in found if place_path.startswith(path)))


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A browser that speaks for this person: since when, until when, and whether it is the one at hand."""

    made_at: datetime
    trusted_until: datetime
    phone_until: datetime | None
    here: bool


def own_devices(actor: Actor, *, now: datetime) -> list[DeviceView]:
    """The device at hand and every other that proved the same phone and still speaks for it. One statement."""
    if actor.device_id is None:
        return []
    mine = Q(id=actor.device_id)
    if actor.phone_index:
        mine |= Q(phone_index=actor.phone_index, phone_until__gt=now)
    rows = Device.objects.filter(mine, trusted_until__gt=now).order_by("made_at")
    return [
        DeviceView(row.made_at, row.trusted_until, row.phone_until, row.id == actor.device_id) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without its secret."""

    id: int
    account_id: int
    name: str
    scopes: tuple[str, ...]
    given_at: datetime
    given_by: int
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def token_actor(secret: str, *, now: datetime) -> tuple[Actor, TokenView] | None:
    """Who a token acts as, with the duties of its account that its scopes let through; None for one that is unknown,
    over, taken back, or whose account is closed. Two statements.
    """
    row = Token.objects.filter(token_hash=token_hash(secret)).first()
    actor = _token_actor(row, now)
    return None if row is None or actor is None else (actor, _token(row))


def actor_of_token(token_id: int, *, now: datetime) -> Actor | None:
    """Who a token acts as, for what is done on its behalf; None once it opens nothing. Two statements."""
    return _token_actor(Token.objects.filter(id=token_id).first(), now)


def token_names(ids: Iterable[int]) -> dict[int, str]:
    """The names tokens were given; one statement."""
    return dict(Token.objects.filter(id__in=set(ids)).values_list("id", "name"))


def _token_actor(row: Token | None, now: datetime) -> Actor | None:
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    whole = _account_actor(row.account_id, now, now, None)
    if whole is None or whole.kind != "staff":
        return None
    grants = tuple(replace(held, duties=scoped(held.duties, row.scopes)) for held in whole.grants)
    return replace(whole, grants=grants, proof="token")


def tokens(*, by: Actor) -> list[TokenView]:
    """Every token there is or was, newest first. Raises Denied (duty access.grant). One statement."""
    require(by, "access.grant", Facts())
    return [_token(row) for row in Token.objects.order_by("-given_at", "-id")]


def _token(row: Token) -> TokenView:
    return TokenView(
        row.id,
        row.account_id,
        row.name,
        tuple(row.scopes),
        row.given_at,
        row.given_by,
        row.expires_at,
        row.used_at,
        row.revoked_at,
    )


def _account_actor(
    account_id: int, now: datetime, second_factor_at: datetime | None, stamp: str | None
) -> Actor | None:
    if account_id == SYSTEM_ID:
        return SYSTEM
    today = to_office(now).date()
    rows = list(
        Account.objects.filter(id=account_id, is_active=True)
        .annotate(held=FilteredRelation("grants", condition=_valid_on(today, "grants__")))
        .values_list("kind", "session_stamp", "held__role", "held__place_path", "held__unit_id")
    )
    if not rows or (stamp is not None and rows[0][1] != stamp):
        return None
    kind = rows[0][0]
    if kind == Account.Kind.RESIDENT:
        return None
    held = _held([(role, path, unit) for _, _, role, path, unit in rows if role is not None], today)
    if account_id == MACHINE_ID:
        return Actor(id=account_id, kind="machine", grants=held)
    if second_factor_at is None or now - second_factor_at > loading.span("second_factor.fresh", now):
        return Actor(id=account_id, kind="staff", grants=(SET_UP_ONLY,), proof="password")
    return Actor(id=account_id, kind="staff", grants=held, proof="second_factor")


def _held(rows: list[tuple[str, str, int | None]], today: date) -> tuple[Held, ...]:
    """Grants of roles that no pack knows any more give nothing."""
    known = loading.roles(today)
    return tuple(
        Held(
            role=role,
            duties=known[role].duties,
            place_path=path,
            unit_id=unit,
            own_only=known[role].own_only,
        )
        for role, path, unit in rows
        if role in known
    )


def _device_actor(token: str | None, now: datetime) -> Actor:
    found = None
    if token:
        hashed = token_hash(token)
        found = (
            Device.objects.filter(token_hash=hashed, trusted_until__gt=now)
            .values_list("id", "phone_index", "phone_until")
            .first()
        )
    if found is None:
        return Actor(id=NOBODY_ID, kind="anonymous", grants=_level("anonymous", now))
    device_id, phone_index, phone_until = found
    proof: Proof = "phone" if phone_index and phone_until and phone_until > now else "device"
    return Actor(
        id=NOBODY_ID,
        kind="resident",
        grants=_level(proof, now),
        proof=proof,
        device_id=device_id,
        phone_index=phone_index if proof == "phone" else None,
    )


def _level(role: str, now: datetime) -> tuple[Held, ...]:
    return _held([(role, "", None)], to_office(now).date())


def _valid_on(day: date, prefix: str = "") -> Q:
    """Grants that hold on a day and were not taken back."""
    begun = Q(**{f"{prefix}valid_from__lte": day, f"{prefix}revoked_at__isnull": True})
    return begun & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day}))
