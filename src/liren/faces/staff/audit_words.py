"""What the audit pages say: what was read and why, what happened to an account."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def what(context: str) -> str:
    """What was sealed, in plain words."""
    told = {
        "cases.voice.contact": _("诉求人的姓名和电话"),
        "people.person.name": _("人员姓名"),
        "people.person.phone": _("人员电话"),
        "imports.file": _("导入的文件"),
        "access.second_factor": _("自己的验证码密钥"),
    }
    if context.startswith("files."):
        return _("照片或附件")
    return told.get(context, context)


def why(purpose: str) -> str:
    """What it was read for, in plain words."""
    told = {
        "call_back": _("回访"),
        "contact_requester": _("联系诉求人"),
        "deliver_message": _("系统发消息"),
        "handle_matter": _("办理"),
        "own_data": _("看自己的"),
        "bring_in": _("从旧系统导入"),
        "correct_data": _("按本人要求更正"),
        "legal_request": _("依法调取"),
    }
    return told.get(purpose, purpose)


def happened(kind: str, told: Mapping[str, Any], roles: Mapping[str, str]) -> str:
    """What happened to an account, in plain words."""
    role = roles.get(str(told.get("role", "")), str(told.get("role", "")))
    wrong = {"password": _("密码不对"), "code": _("验证码不对")}
    said = {
        "access.account_opened": _("开了账号"),
        "access.account_closed": _("停了账号"),
        "access.account_reopened": _("账号又启用了"),
        "access.password_changed": _("换了密码"),
        "access.signed_in": _("登录"),
        "access.sign_in_refused": _("登录没成功：%(why)s")
        % {"why": wrong.get(str(told.get("what", "")), str(told.get("what", "")))},
        "access.signed_out": _("所有地方都退出了") if told.get("everywhere") else _("退出"),
        "access.second_factor_started": _("开始设验证码"),
        "access.second_factor_confirmed": _("验证码设好了"),
        "access.second_factor_proven": _("又输了一次验证码"),
        "access.second_factor_reset": _("验证码被重置"),
        "access.grant_given": _("得到角色：%(role)s") % {"role": role},
        "access.grant_revoked": _("收回角色：%(role)s") % {"role": role},
        "access.token_given": _("发了接口密钥"),
        "access.token_revoked": _("收回接口密钥"),
    }
    return said.get(kind, kind)
