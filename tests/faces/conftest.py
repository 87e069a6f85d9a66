"""A staffed town and browsers; static files without a manifest, passwords hashed quickly, codes caught."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from liren.base.access import actions as access
from liren.base.access.actions import devices, signing
from tests.faces.office import Office, staffed

PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """What these tests are not about is made cheap."""
    signing._nobodys.cache_clear()
    cache.clear()
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], STORAGES=PLAIN
    ):
        yield
    signing._nobodys.cache_clear()


@pytest.fixture
def codes() -> Iterator[dict[str, str]]:
    """One-time codes by phone, instead of text messages."""
    sent: dict[str, str] = {}
    before = list(devices._senders)
    access.set_code_sender(sent.__setitem__)
    yield sent
    devices._senders[:] = before


@pytest.fixture
def office(db: None) -> Office:
    """The staffed town."""
    return staffed()


@pytest.fixture
def phone(office: Office) -> Client:
    """A resident's browser, not known yet."""
    return Client()
