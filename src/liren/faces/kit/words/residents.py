"""What may be refused to somebody who says something, sends a photo, or looks for a matter."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return _said() | _photos() | _matters() | _phones()


def _said() -> dict[str, str]:
    return {
        "words.empty": _("还没有写内容。写一句话，或者拍一张照片，就可以提交。"),
        "words.too_long": _("写得太长了（%(length)s 字），最多 %(limit)s 字。请删短一些，您写的内容还在。"),
        "point.impossible": _("这个位置不对，请在下面选一个地点，或者用文字写明在哪里。"),
        "place.point": _("这个位置不对，请在下面选一个地点，或者用文字写明在哪里。"),
        "place.unknown": _("没有这个地点，可能刚改过。请重新选一个，或者用文字写明在哪里。"),
        "demand_type.unknown": _("请在咨询、求助、投诉、举报、建议里选一个。"),
        "class.retired": _("这个类别已经停用，现在用“%(title)s”，已替您选上。请看一眼再提交。"),
        "duty.class_unknown": _("没有这个类别，可能已经停用。请重新选一个，或者选“请工作人员判断”。"),
        "draft.not_found": _("这份草稿已经不在了，请回到首页重新写一句。"),
        "draft.sent": _("这件事已经提交过了，请到“我的事”查看。"),
        "device.missing": _("这台设备还没有记号，请在浏览器里允许 Cookie 后再试。"),
        "access.no_device": _("这台设备的记号过期了。请刷新页面再试一次，您写的内容还在。"),
        "key.reused": _("这一步已经提交过了，请到“我的事”查看。"),
        "key.in_flight": _("正在提交，请稍等一下再看。"),
        "access.too_many": _("试得太频繁了，请 %(minutes)s 分钟后再试。急事请打 12345。"),
    }


def _photos() -> dict[str, str]:
    return {
        "files.too_many": _("照片最多 %(limit)s 张，请去掉几张再提交。您写的内容还在。"),
        "file.too_many": _("文件最多 %(most)s 个，请去掉几个再提交。"),
        "file.empty": _("这个文件是空的，请重新选择。"),
        "file.too_big": _("文件超过 %(limit_mb)s MB，请压缩或裁剪后再传；文字可以先提交。"),
        "file.text_too_long": _("这个文本文件太长，请删短到 %(limit_kb)s KB 以内，或者分成几份。"),
        "file.kind": _("不支持这种文件。请上传照片、PDF、Word(.docx)、Excel(.xlsx)或纯文本。"),
        "file.legacy": _("这是旧版 Office 文件，请另存为 .docx、.xlsx 或 PDF 后再传。"),
        "file.archive": _("不收压缩包，请解压后把里面的文件一个个上传。"),
        "file.media": _("暂时不收录音和视频，请拍照片，或者用文字写下来。"),
        "file.locked": _("这个文件有密码，请去掉密码后再传。"),
        "file.broken": _("文件打不开，可能没有传完或已损坏。请重新拍摄或另存后再传。"),
        "file.pixels": _("这张照片的尺寸太大，请截取要紧的部分，或缩小后再传。"),
        "file.bomb": _("这个文件展开后太大，不能接收。请重新拍一张，或另存后再传。"),
        "file.active": _("文件里有宏或可执行的内容，不能接收。请另存为不带宏的文件，或导出成 PDF。"),
        "file.virus": _("这个文件没有通过安全检查，不能接收。请换一个文件。"),
        "file.scanner_down": _("安全检查暂时用不了，照片先不收。文字可以先提交，照片过一会儿再补。"),
        "file.gone": _("这张照片已经不在了（没有提交的照片只留一天），请重新添加。"),
        "file.busy": _("现在传照片的人多，请 %(minutes)s 分钟后再传；文字可以先提交。"),
        "file.too_many_waiting": _("您传了很多照片还没有提交，请先提交，或者 %(minutes)s 分钟后再传。"),
        "vault.erased": _("内容已按规定删除，无法查看。"),
    }


def _matters() -> dict[str, str]:
    return {
        "matter.not_found": _("没有找到。请核对编号和手机尾号，或者用发来短信的手机号码查看。"),
        "number.malformed": _("编号是 16 位数字，请核对短信或回执上的编号。"),
        "number.check": _("这个编号有一位对不上，请对着短信或回执再看一遍。"),
        "verdict.unknown": _("请选“解决了”或“没解决”。"),
        "rating.out_of_range": _("请在五个选项里选一个。"),
        "rating.reason_unknown": _("请从列出的原因里选，其他的写在下面的话里。"),
        "reopen.too_late": _(
            "这件事办结很久了，不能直接重开。请点下面的“再说一次”，您的原话和原来的编号会带上。"
        ),
        "follow.not_public": _(
            "这件事现在不在邻里的公开名单里，不能关注。请看看别的，或者说一件您自己的事。"
        ),
        "follow.too_many": _("最多关注 %(most)s 件，请先取消几件不看的。"),
        "consent.no_contact": _("这件事没有留电话，不会有人打给您。"),
        "erase.open": _(
            "这件事还没有办完，要用您的话和电话来办，现在不能删除。办完以后可以在这里删除；不想办了，可以先撤回。"
        ),
        "withdraw.others_joined": _("还有别的居民也反映了这件事，不能撤回；您可以补充说明。"),
        "withdraw.too_late": _("这件事已经答复，不能撤回；您可以评价或说没解决。"),
        "behalf.no_phone": _("替家人说的事，请填家人的手机号码，好请家人同意。"),
        "behalf.other_phone": _("这个号码和提交时留的不一样。请填家人的那个手机号码。"),
        "behalf.not_agreed": _("没有核对上。请让家人把最新一条短信里的 6 位数字告诉您，再填一次。"),
    }


def _phones() -> dict[str, str]:
    return {
        "phone.malformed": _("手机号码看起来不对，请检查是不是 11 位数字。"),
        "phone.no_code": _("这个号码还没有发过验证码，或者换了设备。请先点“发验证码”。"),
        "phone.code_wrong": _("验证码不对，还可以试 %(left)s 次。请看最新一条短信。"),
        "phone.code_expired": _("验证码过期了，请重新发一个。"),
        "phone.code_spent": _("这个验证码试错太多次，已经作废，请重新发一个。"),
        "phone.too_many": _("发得太频繁了，请 %(minutes)s 分钟后再发。也可以打 12345，报编号查询。"),
        "phone.no_sender": _("短信暂时发不出去，请过一会儿再试，或者打 12345，报编号查询。"),
        "message.unsent": _("短信没有发出去，请过一会儿再试，或者打 12345，报编号查询。"),
    }
