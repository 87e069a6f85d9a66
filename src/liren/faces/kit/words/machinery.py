"""What the house refuses in its own works: clocks, rule packs, events, jobs. For whoever runs it."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return {
        "webhook.url": _("通知的地址写得不对，请写完整的网址，里面不要带用户名。"),
        "webhook.https": _("通知的地址要以 https:// 开头。"),
        "webhook.address": _(
            "这个地址解析不到，或者在内网里。内网的地址请系统管理员先放行（LIREN_WEBHOOK_NETWORKS）。"
        ),
        "webhook.many": _("一个密钥最多 %(most)s 个通知地址，请先去掉不用的。"),
        "webhook.unknown": _("没有这个通知地址，可能已经去掉了。请刷新看看。"),
        "token.name": _("请给接口密钥起个名字（最多 %(most)s 个字），写明是哪个系统用的。"),
        "token.scopes": _("接口密钥能做什么要从这些里选：%(known)s。"),
        "token.days": _("接口密钥的有效期要在 1 到 %(most)s 天之间，请改过来。"),
        "token.account": _("没有这个账号。先用 liren account 名字 --role 角色 --no-password 开一个。"),
        "token.shown_once": _("这个密钥刚才已经给过，只显示那一次。没抄下来就收回它，再给一个。"),
        "token.unknown": _("没有这个接口密钥，可能已经收回了。请刷新看看。"),
        "token.missing": _(
            "没有带接口密钥，或者密钥不对、过期、已收回。请核对请求头 Authorization: Bearer …。"
        ),
        "token.scope_missing": _("这个接口密钥不能做这件事，要有 %(scope)s 才行。请找安全管理员另给一个。"),
        "request.key": _(
            "写入要带请求头 Idempotency-Key（最多 %(most)s 个字符）：同一件事重发用同一个，另一件事用另一个。"
        ),
        "request.malformed": _("请求的内容不合格式，哪里不对见 faults。"),
        "request.unreadable": _("请求的内容读不出来，请发 UTF-8 的 JSON。"),
        "request.refused": _("这个请求不能办，请对照接口说明改过来。"),
        "place.code_unknown": _("没有这个编码的地点，请核对 place_code，或者改写在 place_text 里。"),
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
    } | _reporting()


def _reporting() -> dict[str, str]:
    return {
        "report.unknown": _("没有这张报表或这一项，可能刚改过。请回到报表一页看看。"),
        "report.period": _("没有这一期。请从报表一页重新打开。"),
        "report.every": _("请选多久报一次：每月、每季度或每年。"),
        "report.no_title": _("请写报表的名称。"),
        "report.no_asker": _("请写是哪个部门要的。"),
        "report.no_basis": _("请写依据哪份文件；没有文件的表可以不报，先问清楚。"),
        "report.due_day": _("几日前报，请填 1 到 31 之间的数。"),
        "report.no_columns": _("请写栏目，一行一栏。"),
        "report.many_columns": _("一张表最多 %(most)s 栏，请分成两张登记。"),
        "report.long_column": _("栏目最多 %(most)s 个字，请写短一些。"),
        "report.column_twice": _("有两栏写得一样，请去掉一栏，或者写清差别。"),
        "report.adds": _("请选几个月的怎么算、填的是什么。"),
        "report.join": _("这两项不能并成一项，请刷新看看是不是已经并过了。"),
        "report.no_why": _("请写差别在哪里，下次别人就不用再问。"),
        "report.number": _("这里要填数字，比如 128 或 3.5。"),
        "report.long": _("写得太长，最多 %(most)s 个字。"),
        "report.changed": _("刚才有同事填成了 %(value)s。对的话不用动，不对就改过来再记一次。"),
        "report.many_entries": _("一次填得太多，请分几次记下。"),
        "report.not_over": _("这一期还没过完，过完再报。"),
        "report.missing": _("还有 %(count)s 格没填，填好再报。"),
    }
