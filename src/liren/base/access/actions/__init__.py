"""Every write of access: accounts, sign-in, second factor, devices and phones, grants, limits."""

from liren.base.access.actions.accounts import (
    change_password,
    close_account,
    open_account,
    reopen_account,
    reset_password,
)
from liren.base.access.actions.buckets import throttle
from liren.base.access.actions.database import grant_app_role, open_own_accounts, set_acting_person
from liren.base.access.actions.devices import (
    Challenge,
    forget_device,
    new_device,
    prove_phone,
    renew_device,
    send_phone_code,
    set_code_sender,
)
from liren.base.access.actions.factors import (
    Confirmed,
    SetUp,
    confirm_second_factor,
    prove_second_factor,
    reset_second_factor,
    start_second_factor,
)
from liren.base.access.actions.grants import grant, revoke
from liren.base.access.actions.pacing import pace
from liren.base.access.actions.signing import (
    SignIn,
    open_session,
    purge,
    renew_session,
    sign_in,
    sign_out,
    sign_out_everywhere,
    touch_session,
)
from liren.base.access.actions.tokens import give_token, revoke_token, spend_call, touch_token

__all__ = [
    "Challenge",
    "Confirmed",
    "SetUp",
    "SignIn",
    "change_password",
    "close_account",
    "confirm_second_factor",
    "forget_device",
    "give_token",
    "grant",
    "grant_app_role",
    "new_device",
    "open_account",
    "open_own_accounts",
    "open_session",
    "pace",
    "prove_phone",
    "prove_second_factor",
    "purge",
    "renew_device",
    "renew_session",
    "reopen_account",
    "reset_password",
    "reset_second_factor",
    "revoke",
    "revoke_token",
    "send_phone_code",
    "set_acting_person",
    "set_code_sender",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "spend_call",
    "start_second_factor",
    "throttle",
    "touch_session",
    "touch_token",
]
