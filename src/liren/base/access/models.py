"""Tables of access: who may come in, with what proof, from which device, and what they are trusted with.

No names of people are kept here: a person belongs to registers/people and points at an account.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from liren.kernel.ids import new_id, new_token

SYSTEM_ID = 1
MACHINE_ID = 2


def new_stamp() -> str:
    """A fresh session stamp: sessions that carry another one are over."""
    return new_token(16)


class Account(AbstractBaseUser):
    """Somebody or something that acts under a name of its own. `last_login` is the last whole sign-in."""

    class Kind(models.TextChoices):
        """What an account is for."""

        STAFF = "staff"
        RESIDENT = "resident"
        SYSTEM = "system"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    username = models.CharField(max_length=64, unique=True, null=True)
    is_active = models.BooleanField(default=True)
    session_stamp = models.CharField(max_length=64, default=new_stamp)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField()

    objects = BaseUserManager()

    USERNAME_FIELD = "username"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("staff", "resident", "system")), name="account_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind="staff") | Q(username__isnull=False), name="account_staff_has_username"
            ),
        ]


class SecondFactor(models.Model):
    """The one-time-code secret of an account (RFC 6238), sealed. `pending` waits for its first right code."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account = models.OneToOneField(Account, models.CASCADE, related_name="second_factor")
    secret = models.BinaryField(null=True)
    pending = models.BinaryField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    # The newest 30-second step whose code was taken: that step and all before it are used up.
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """One paper code that stands in for a lost second factor, once."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="recovery_code_once")]


class Grant(models.Model):
    """A role an account holds in a place, a unit, or both, for some office days, both ends included."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32)
    place_path = models.CharField(max_length=255, blank=True)
    unit_id = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    # Where the grant comes from: "post:123", "office letter 2026-14", "sample".
    source = models.CharField(max_length=120)
    # Roles of one exclusive group (the three administrators) shut each other out.
    exclusive = models.CharField(max_length=32, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.BigIntegerField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "exclusive"],
                condition=~Q(exclusive="") & Q(revoked_at__isnull=True),
                name="grant_exclusive",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["role", "place_path"], name="grant_by_role")]


class Device(models.Model):
    """A browser that carries our cookie. Only the hash of the cookie is kept.

    A device speaks for one telephone number at a time: proving another replaces it.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    trusted_until = models.DateTimeField(db_index=True)
    phone_index = models.CharField(max_length=64, null=True)
    phone_until = models.DateTimeField(null=True)


class KnownDevice(models.Model):
    """An account signed in from this device with both factors: attackers elsewhere cannot slow it down."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="known_devices")
    device = models.ForeignKey(Device, models.CASCADE, related_name="known_to")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "device"], name="known_device_once")]


class PhoneCode(models.Model):
    """A code sent to a telephone, good for the device that asked for it and no other."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    device = models.ForeignKey(Device, models.CASCADE, related_name="phone_codes")
    phone_index = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["device", "phone_index", "sent_at"], name="phone_code_latest")]


class Token(models.Model):
    """A key by which a program acts as an account, for some of the account's duties and some days. Only its hash is
    kept.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)


class Bucket(models.Model):
    """A token bucket held as one number: the moment (µs since 1970) it will be full again.

    `id` is 63 bits of a keyed hash of whom the bucket is for, so the table names nobody.
    A moment in the past is the same as no row.
    """

    id = models.BigIntegerField(primary_key=True)
    full_at = models.BigIntegerField(db_index=True)
