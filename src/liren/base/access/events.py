"""News of access: accounts, sign-ins, second factors, grants, proofs. Names, phones and addresses never."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpened(Event):
    """Somebody may sign in from now on."""

    kind: ClassVar[str] = "access.account_opened"
    subject_kind: ClassVar[str] = "account"

    account_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed(Event):
    """An account may act no more; its sessions ended at once."""

    kind: ClassVar[str] = "access.account_closed"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReopened(Event):
    """A closed account may act again."""

    kind: ClassVar[str] = "access.account_reopened"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A password was changed by its holder, or reset by somebody else (`by`)."""

    kind: ClassVar[str] = "access.password_changed"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Event):
    """A sign-in succeeded; `second_factor` says by which: code, recovery, or none before the first set-up."""

    kind: ClassVar[str] = "access.signed_in"
    subject_kind: ClassVar[str] = "account"

    second_factor: str
    known_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused(Event):
    """A sign-in failed. `subject_id` is 0 where the account does not exist; `what` was wrong: password,
    code.
    """

    kind: ClassVar[str] = "access.sign_in_refused"
    subject_kind: ClassVar[str] = "account"

    what: str
    known_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Event):
    """A session ended, or all of them (`everywhere`)."""

    kind: ClassVar[str] = "access.signed_out"
    subject_kind: ClassVar[str] = "account"

    everywhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorStarted(Event):
    """A new one-time-code secret waits for its first right code."""

    kind: ClassVar[str] = "access.second_factor_started"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorConfirmed(Event):
    """The second factor is in use, and ten new recovery codes were handed out."""

    kind: ClassVar[str] = "access.second_factor_confirmed"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorProven(Event):
    """The second factor was shown again during a session."""

    kind: ClassVar[str] = "access.second_factor_proven"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorReset(Event):
    """A lost second factor was taken away; the next sign-in sets up another."""

    kind: ClassVar[str] = "access.second_factor_reset"
    subject_kind: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantGiven(Event):
    """An account (`subject_id`) holds a role from now on."""

    kind: ClassVar[str] = "access.grant_given"
    subject_kind: ClassVar[str] = "account"

    grant_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRevoked(Event):
    """An account (`subject_id`) no longer holds a role."""

    kind: ClassVar[str] = "access.grant_revoked"
    subject_kind: ClassVar[str] = "account"

    grant_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMade(Event):
    """A browser was given a cookie of ours."""

    kind: ClassVar[str] = "access.device_made"
    subject_kind: ClassVar[str] = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRenewed(Event):
    """A device is trusted for longer, since its holder just used it."""

    kind: ClassVar[str] = "access.device_renewed"
    subject_kind: ClassVar[str] = "device"

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceForgotten(Event):
    """A device speaks for nobody any more."""

    kind: ClassVar[str] = "access.device_forgotten"
    subject_kind: ClassVar[str] = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeSent(Event):
    """A code was handed over for delivery to a phone; `subject_id` is the device that asked."""

    kind: ClassVar[str] = "access.phone_code_sent"
    subject_kind: ClassVar[str] = "device"

    code_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneProven(Event):
    """A device showed the code of a phone and speaks for that phone until `until`."""

    kind: ClassVar[str] = "access.phone_proven"
    subject_kind: ClassVar[str] = "device"

    code_id: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGiven(Event):
    """A program may act as an account until a day, within scopes."""

    kind: ClassVar[str] = "access.token_given"
    subject_kind: ClassVar[str] = "account"

    token: int
    scopes: tuple[str, ...]
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Event):
    """A token was taken back; it opened nothing from that moment."""

    kind: ClassVar[str] = "access.token_revoked"
    subject_kind: ClassVar[str] = "account"

    token: int
