"""Messages in words: the pack's sentence with its parameters, in the recipient's language."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.kernel.clock import office_zone, utc_now
from liren.registers.channels import adapters, loading, rules
from liren.registers.channels.loading import MessageRule
from liren.registers.channels.models import Message
from liren.registers.channels.rules import Language


def language_of(code: str) -> Language:
    """The language of the packs nearest to a language code."""
    return "en" if code.lower().startswith("en") else "zh"


def text(rule: MessageRule, params: dict[str, Any], language: Language) -> str:
    """The sentence of a message."""
    return rules.words(rule.text[language], params, rule.params, language=language, zone=office_zone())


def title(rule: MessageRule, language: Language) -> str:
    """The heading of a message."""
    return rule.title.en if language == "en" else rule.title.zh


def letter(row: Message, now: datetime) -> adapters.Letter:
    """A kept message as it goes out: text messages are signed with the office's name in front."""
    rule, language = loading.message(row.code, now), language_of(row.language)
    words = text(rule, row.params, language)
    return adapters.Letter(
        str(row.id), title(rule, language), _signed(words) if row.channel == "sms" else words
    )


def code(code_: str, *, minutes: int, message_id: str) -> adapters.Letter:
    """A one-time code as it goes out."""
    rule = loading.message("code.phone", utc_now())
    words = text(rule, {"code": code_, "minutes": minutes}, "zh")
    return adapters.Letter(message_id, rule.title.zh, _signed(words))


def channel_title(channel: str) -> str:
    """A channel in words."""
    return {"in_app": _("我的事"), "sms": _("短信"), "email": _("邮件")}.get(channel, channel)


def error_title(error: str) -> str:
    """Why a message did not arrive, in words."""
    known = {
        "outbox.unwritable": _("存不下，磁盘可能满了"),
        "mail.refused": _("邮件服务没有收"),
        "address.none": _("没有留号码"),
        "receipt.failed": _("对方没有收到"),
        "adapter.error": _("发送通道出错"),
        "vault.broken": _("号码打不开"),
        "vault.keyring_missing": _("密钥不在，号码打不开"),
    }
    return known.get(error, _("对方没有收到") if error else "")


def _signed(words: str) -> str:
    return f"【{adapters.sender()}】{words}"
