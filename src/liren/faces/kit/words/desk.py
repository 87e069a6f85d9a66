"""What may be refused to staff: at the door, on a case, with a grant, with a message."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return _cases() | _door() | _grants() | _messages()


def _cases() -> dict[str, str]:
    return {
        "case.not_found": _("没有找到这件事，或者它不在您的权限内。请核对编号，或从工作台打开。"),
        "case.changed": _("刚才有同事先动了这件事，下面是最新情况。您填的内容还在，请核对后再提交。"),
        "move.not_open": _("现在不能这样做：这件事已经到了下一步。下面是最新情况，您填的内容还在。"),
        "dispatch.no_class": _("还没有选类别，请先选类别再派单。"),
        "dispatch.no_place": _("还没有选地点，请先选地点再派单。"),
        "dispatch.no_unit": _("还没有选承办单位，请选一个再派出。"),
        "dispatch.outside_duty": _("这件事不在该单位的责任清单上，不能派给它。请另选单位，这次尝试已记录。"),
        "advice.none": _("这条建议已经不在了，请刷新看看。"),
        "advice.not_taken": _("这条建议还没有人采纳，不用撤销。"),
        "advice.decider": _("建议要由有姓名的工作人员决定。请登录后再试。"),
        "advice.share": _("把握的比例要在 0 到 1 之间，请检查后再存。"),
        "vault.purpose": _("没有说明为什么要看，不能打开。请从案件页点“查看联系方式”。"),
        "vault.too_soon": _("还没有到可以删除的时间。请到期后再删，或先问档案管理员。"),
        "vault.broken": _("加密的内容打不开，可能密钥不对。请联系系统管理员，先不要改动。"),
    }


def _door() -> dict[str, str]:
    return {
        "access.sign_in_failed": _(
            "用户名、密码或动态码不对，请再试一次。动态码每 30 秒换一个，每个只能用一次。"
        ),
        "second_factor.wrong": _("动态码不对。请等验证器换下一个数字再填，并核对手机时间。"),
        "second_factor.not_started": _("还没有开始设置动态码，请刷新这一页重新扫码。"),
        "second_factor.not_yours": _("只能设置自己的动态码。请用自己的账号登录。"),
        "second_factor.show_old_first": _(
            "换动态码之前，请先用原来的动态码登录。手机丢了，请找安全管理员重置。"
        ),
        "password.wrong": _("原来的密码不对，请再试一次。"),
        "password.too_short": _("密码太短，至少 %(shortest)s 个字符。可以用一句话。"),
        "password.too_long": _("密码太长，最多 %(longest)s 个字符。"),
        "password.like_username": _("密码和用户名太像，请换一个。"),
        "password.one_letter": _("密码不能只用一个字符重复，请换一个。"),
        "password.common": _("这个密码很多人在用，容易被猜到，请换一句别人想不到的话。"),
        "password.not_yours": _("只能改自己的密码。忘了密码请找安全管理员重置。"),
        "policy.denied": _("没有找到，或者您没有这项权限。需要的话请找安全管理员。"),
    }


def _grants() -> dict[str, str]:
    return {
        "access.kind": _("账号要么是工作人员，要么是居民，请选一种。"),
        "access.username": _("用户名用 2 到 64 个小写字母、数字、点或短横，请换一个。"),
        "access.username_taken": _("这个用户名已经有人用了，请换一个。"),
        "access.no_account": _("没有这个账号，请核对用户名。"),
        "access.no_grant": _("没有这项授权，可能已经收回。请刷新看看。"),
        "access.no_role": _("没有这个角色，请从角色清单里选一个。"),
        "access.role": _("这个角色不能授予，请从角色清单里另选一个。"),
        "access.not_staff": _("只能给工作人员的账号授权，请换一个账号。"),
        "access.own_grant": _("不能给自己授权或收回自己的授权，请另一位安全管理员来办。"),
        "access.exclusive": _("系统、安全、审计三种管理员不能由同一个人担任，请换一个账号。"),
        "access.grant_dates": _("授权的结束日期早于开始日期，请改过来。"),
        "access.grant_needs_place": _("这个角色要写明管哪里，请选一个地点。"),
        "access.grant_needs_unit": _("这个角色要写明是哪个单位的，请选一个单位。"),
        "access.grant_source": _("请写明授权的依据，比如任命文件的文号。"),
        "access.place_path": _("授权的地点不存在，请重新选一个。"),
    }


def _messages() -> dict[str, str]:
    return {
        "message.none": _("没有这条消息，或者它不归您管。请刷新看看。"),
        "message.move": _("这条消息已经有人处理了，请刷新看看。"),
        "message.unknown": _("没有这种消息，请检查消息规则包。"),
        "message.params": _("消息里缺少要填的内容，请检查消息规则包。"),
        "message.personal": _("消息里不能写姓名和电话，请改成编号。"),
        "message.code_kept": _("验证码只能发，不能留。请改用发验证码的通道。"),
    }
