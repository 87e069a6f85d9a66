"""Codes into sentences: every refusal in plain words that say what to do next."""

from typing import Any

from django.utils.translation import gettext as _

from liren.kernel.errors import LirenError


def _sentences() -> dict[str, str]:
    return {
        "words.empty": _("还没有写内容。写一句话，或者拍一张照片，就可以提交。"),
        "words.too_long": _("写得太长了（%(length)s 字），最多 %(limit)s 字。请删短一些，您写的内容还在。"),
        "files.too_many": _("照片最多 %(limit)s 张，请去掉几张再提交。"),
        "point.impossible": _("这个位置不对，请在下面选一个地点，或者用文字写明在哪里。"),
        "phone.malformed": _("手机号码看起来不对，请检查是不是 11 位数字。"),
        "verdict.unknown": _("请选“解决了”或“没解决”。"),
        "rating.out_of_range": _("请在五个选项里选一个。"),
        "demand_type.unknown": _("请在咨询、求助、投诉、举报、建议里选一个。"),
        "class.retired": _("这个类别已经停用，现在用“%(title)s”，请改选后再试。"),
        "class.not_found": _("没有这个类别，请重新选一个。"),
        "dispatch.no_class": _("还没有选类别，请先选类别再派单。"),
        "dispatch.no_place": _("还没有选地点，请先选地点再派单。"),
        "dispatch.outside_duty": _("这件事不在该单位的责任清单上，不能派给它。请另选单位，这次尝试已记录。"),
        "move.not_open": _("现在不能这样做：这件事已经到了下一步。请刷新看看最新情况。"),
        "case.changed": _("刚才有同事先动了这件事，下面是最新情况。您填的内容还在，请核对后再提交。"),
        "case.not_found": _("没有找到这件事，或者它不在您的权限内。"),
        "matter.not_found": _("没有找到。请核对编号和手机尾号，或者用发来短信的手机号码查看。"),
        "draft.not_found": _("这份草稿已经不在了，请回到首页重新写一句。"),
        "withdraw.others_joined": _("还有别的居民也反映了这件事，不能撤回；您可以补充说明。"),
        "withdraw.too_late": _("这件事已经答复，不能撤回；您可以评价或说没解决。"),
        "device.missing": _("这台设备还没有记号，请在浏览器里允许 Cookie 后再试。"),
        "key.reused": _("这一步已经提交过了，请回到“我的事”查看。"),
        "key.in_flight": _("正在提交，请稍等一下再看。"),
    }


def sentence(error: LirenError) -> str:
    """The sentence for an error, in the reader's language; an unknown code still says what to do."""
    text = _sentences().get(error.code)
    if text is None:
        return _("没有办成（%(code)s）。请回到上一页再试一次，或者拨打 12345。") % {"code": error.code}
    params: dict[str, Any] = dict(error.params)
    try:
        return text % params
    except KeyError:
        return text


def known() -> frozenset[str]:
    """Every code that has a sentence; a house test compares it with the codes raised."""
    return frozenset(_sentences())
