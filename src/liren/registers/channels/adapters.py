"""One adapter per channel that leaves the house. Those here write files: for a first run and to develop."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


class SendFailed(Exception):
    """A provider did not take a message. `code` is short and stable; `final` when no other try can help."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: `message_id` is the same for every try, so that a provider can drop a second copy."""

    message_id: str
    title: str
    text: str


class Adapter(Protocol):
    """One way out. `name` is the provider's, as its receipts name it."""

    name: str

    def send(self, address: str, letter: Letter) -> str:
        """Hand the letter over; the provider's id for it. Raises SendFailed."""
        ...


class TextFiles:
    """Writes each text message into LIREN_HOME/outbox/sms, one file per message, readable by its owner."""

    name = "files"

    def send(self, address: str, letter: Letter) -> str:
        """Write the file; a second try writes the same file. Raises SendFailed("outbox.unwritable")."""
        file = outbox("sms") / f"{letter.message_id}.txt"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as written:
                written.write(f"{address}\n{letter.text}\n")
        except OSError as error:
            raise SendFailed("outbox.unwritable") from error
        return letter.message_id


class Mail:
    """Sends by Django's mail: into LIREN_HOME/outbox/mail, or by SMTP where LIREN_MAIL=smtp."""

    name = "mail"

    def send(self, address: str, letter: Letter) -> str:
        """Send one plain-text mail. Raises SendFailed("mail.refused")."""
        mail = EmailMessage(
            subject=letter.title,
            body=letter.text,
            to=[address],
            headers={"Message-ID": f"<{letter.message_id}@liren>"},
            connection=self._connection(),
        )
        try:
            mail.send()
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors
            raise SendFailed("mail.refused") from error
        return letter.message_id

    def _connection(self) -> Any:
        if os.environ.get("LIREN_MAIL") == "smtp":
            return get_connection("django.core.mail.backends.smtp.EmailBackend")
        folder = str(outbox("mail"))
        return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=folder)


_adapters: dict[str, Adapter] = {"sms": TextFiles(), "email": Mail()}


def use(channel: str, adapter: Adapter) -> Adapter:
    """Let a channel go out by this adapter from now on; the one before. Called from wiring and tests."""
    before, _adapters[channel] = _adapters[channel], adapter
    return before


def of(channel: str) -> Adapter:
    """The adapter of a channel."""
    return _adapters[channel]


def outbox(kind: str) -> Path:
    """Where the file-writing adapters put what they send."""
    return Path(settings.HOME) / "outbox" / kind


def sender() -> str:
    """The name a text message is signed with, as registered with the provider (LIREN_SENDER)."""
    return os.environ.get("LIREN_SENDER") or "里仁"
