"""Tokens: keys by which programs act. Given by the security administrator for some days, shown once, taken back at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from liren.base.access import loading, rules
from liren.base.access.actions.accounts import held
from liren.base.access.actions.buckets import spend
from liren.base.access.events import TokenGiven, TokenRevoked
from liren.base.access.models import SYSTEM_ID, Account, Token
from liren.base.ledger import actions as ledger
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.ids import new_token, token_hash
from liren.kernel.policy import Actor, Facts, require

USED_AGAIN = timedelta(minutes=5)  # how exactly the last use is kept


@transaction.atomic
def give_token(
    account_id: int,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    by: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Give an account a token for so many days; the token, never to be seen again.

    Raises Denied (duty access.grant; nobody gives to their own account), NotFound, Refused: "token.name",
    "token.scopes", "token.days" (`most`), "access.not_staff", and "token.shown_once" where the same `key` gave one.
    """
    require(by, "access.grant", Facts())
    if by.id == account_id and by.id != SYSTEM_ID:
        raise Denied("access.own_grant")
    wanted = tuple(sorted(set(scopes)))
    if not 0 < len(name.strip()) <= rules.TOKEN_NAME_MAX:
        raise Refused("token.name", field="name", most=rules.TOKEN_NAME_MAX)
    if not wanted or not set(wanted) <= rules.SCOPES.keys():
        raise Refused("token.scopes", field="scopes", known=", ".join(rules.SCOPES))
    most = loading.span("token.longest", now).days
    if not 0 < days <= most:
        raise Refused("token.days", field="days", most=most)
    account = held(account_id)
    if account.kind != Account.Kind.STAFF or not account.is_active:
        raise Refused("access.not_staff", field="account")
    if key is not None:
        with ledger.once(
            key=f"token:{key}", by=by.id, fingerprint=f"{account_id}:{name}:{wanted}:{days}"
        ) as first:
            if first.done:
                raise Refused("token.shown_once")
            first.keep({})
    secret = rules.TOKEN_PREFIX + new_token(32)
    expires = now + timedelta(days=days)
    token = Token(
        account=account,
        name=name.strip(),
        token_hash=token_hash(secret),
        scopes=list(wanted),
        given_at=now,
        given_by=by.id,
        expires_at=expires,
    )
    token.save(force_insert=True)
    ledger.record(
        TokenGiven(
            subject_id=account_id,
            by=by.id,
            at=now,
            token=token.id,
            scopes=wanted,
            expires=expires.isoformat(),
        )
    )
    return secret


@transaction.atomic
def revoke_token(token_id: int, *, by: Actor, now: datetime) -> None:
    """Take a token back; it opens nothing from now on. Idempotent. Raises Denied (duty access.revoke), NotFound."""
    require(by, "access.revoke", Facts())
    token = Token.objects.select_for_update().filter(id=token_id).first()
    if token is None:
        raise NotFound("token.unknown")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now, by.id
        token.save(update_fields=["revoked_at", "revoked_by"])
        ledger.record(TokenRevoked(subject_id=token.account_id, by=by.id, at=now, token=token.id))


def touch_token(token_id: int, *, now: datetime) -> None:
    """Remember that a token was used, to the nearest USED_AGAIN. One statement, mostly without a write."""
    stale = Token.objects.filter(id=token_id).exclude(used_at__gt=now - USED_AGAIN)
    stale.update(used_at=now)


def spend_call(token_id: int, *, now: datetime) -> None:
    """Count one call of a token against its own limit: who shares its address shares nothing else.

    Raises Throttled("access.too_many"). Call outside a transaction.
    """
    spend([(loading.rate("api.token", now), str(token_id))], code="access.too_many", now=now)
