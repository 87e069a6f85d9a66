"""What the house refuses in its own works: clocks, rule packs, events, jobs. For whoever runs it."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return {
        "clock.naive": _("这个时间没有写时区，不能用。请写明时区后再导入。"),
        "clock.not_naive": _("这个时间已经带了时区，不用再写一次。请去掉重复的时区。"),
        "clock.skipped": _("这个时间不存在（夏令时跳过了）。请核对原始记录。"),
        "clock.zone": _("没有这个时区名，请用 Asia/Shanghai 这样的写法。"),
        "calendar.unknown": _("没有这份日历，请核对日历名，或先导入它。"),
        "limit.interval": _("暂停的结束时间早于开始时间，请改过来。"),
        "limit.too_long": _("时限太长，超出能算的范围，请改短。"),
        "limit.unit": _("时限的单位要用小时、工作时、日、工作日中的一个，请改过来。"),
        "limit.value": _("时限要是大于零的数，请改过来。"),
        "pack.missing": _("规则包的文件不在，请检查安装是否完整。"),
        "pack.unreadable": _("规则包读不懂，请检查文件格式。"),
        "pack.schema": _("规则包的内容不合格式：%(says)s。请改正后再加载。"),
        "pack.dates": _("规则包的有效期有重叠或空缺：%(says)s。请改正后再加载。"),
        "pack.no_rule": _("那一天没有这条规则，请检查规则包的有效期。"),
        "event.unknown": _("这条记录的种类不认识，可能来自更新的版本。请先升级。"),
        "event.unreadable": _("这条记录读不出来，请联系系统管理员，先不要改动。"),
        "ledger.letter": _("没有这条待处理的记录，可能已经处理了。请刷新看看。"),
        "jobs.dead": _("没有这个停下来的任务，可能已经重做了。请刷新看看。"),
        "jobs.job": _("没有这个任务，可能已经做完清理了。请刷新看看。"),
        "jobs.lease_lost": _("这个任务已由另一个进程接手，不用再管它。"),
        "database.role_name": _("数据库角色名只能用字母、数字和下划线，请换一个。"),
    }
