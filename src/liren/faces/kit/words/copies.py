"""What backup and restore refuse. For whoever keeps the server."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return (
        {
            "vault.passphrase_short": _("口令太短，请至少用 %(least)s 个字符，比如四五个不相干的词。"),
            "vault.passphrase": _("口令不对，或者这个文件被改过。请再输一次；还不行就换另一份密钥文件。"),
            "vault.no_key_copy": _("这不是 liren backup --keys 写出的密钥文件，请核对文件名。"),
            "backup.not_set": _(
                "还没有说备份放在哪里。请在 /etc/liren.env 里设 LIREN_BACKUPS，指到另一块盘上的文件夹。"
            ),
            "backup.no_folder": _("放备份的文件夹 %(folder)s 不在。请先接上那块盘或建好文件夹，再来一次。"),
            "backup.busy": _("另一次备份或演练正在进行，请等它做完再来。"),
            "backup.no_space": _(
                "%(folder)s 所在的盘放不下了，只剩 %(free_mb)s MB。没做完的已经清掉，以前的备份都在。请腾出地方或换一块盘。"
            ),
            "backup.unwritable": _(
                "写不进 %(folder)s。请把它的属主改成 liren（chown -R liren:liren），再来一次。"
            ),
            "backup.keep": _(
                "LIREN_BACKUPS_KEEP 写得不对：%(keep)s。请写成 24h,14d,8w 这样，意思是 24 小时、14 天、8 周。"
            ),
            "backup.keys_there": _("%(path)s 已经有了，没有覆盖。请换一个文件名。"),
            "backup.none": _("%(folder)s 里一份备份也没有。请核对 LIREN_BACKUPS，或先运行 liren backup。"),
            "backup.unknown": _("%(folder)s 里没有 %(copy)s 这份备份。有哪些，用 liren backup --list 看。"),
            "backup.broken": _("这份备份坏了（%(part)s），什么也没有动。请换前一份：liren backup --list。"),
            "backup.form": _("这份备份是更新的里仁做的，这个版本读不了。请先升级，再恢复。"),
            "backup.newer": _(
                "备份 %(copy)s 是更新的里仁（%(program)s）做的，这个版本接不住。请先升级到那个版本，再恢复。"
            ),
            "backup.engine": _("这份备份出自 %(copy)s，而这里用的是 %(here)s。请核对 LIREN_DB，再恢复。"),
            "backup.holds_data": _(
                "%(home)s 里已经有数据，没有覆盖。真要从备份恢复，加上 --aside，原来的会挪到旁边的文件夹里留着。"
            ),
            "backup.unfinished": _("上次恢复还差最后一步。请运行 liren restore --finish。"),
            "backup.finished": _("没有做到一半的恢复，不用再收尾。"),
            "backup.in_use": _("数据库还开着。请先停下服务：systemctl stop liren-web liren-worker，再恢复。"),
            "backup.key_missing": _(
                "缺少打开这份备份的密钥（%(key)s），什么也没有动。请把密钥放回 %(folder)s，或用 --keys 指明密钥文件；"
                "真的丢了，用 --without-keys，姓名、电话和照片就再也读不出来。"
            ),
            "backup.key_wrong": _(
                "密钥对不上这份备份（%(key)s），什么也没有动。请找出做这份备份时的那一份密钥。"
            ),
        }
        | _drills()
        | _postgresql()
    )


def _drills() -> dict[str, str]:
    return {
        "backup.drill_rows": _(
            "演练没有通过：%(copy)s 恢复出来的行数和备份时记的不一样。请马上再做一次备份和演练。"
        ),
        "backup.drill_ledger": _(
            "演练没有通过：%(copy)s 的记录对不上封条，可能有人动过。请保留这份备份，告诉审计管理员。"
        ),
        "backup.drill_sealed": _(
            "演练没有通过：%(copy)s 里的加密内容打不开。请核对密钥文件夹 keys，先不要改动。"
        ),
        "backup.drill_unread": _("演练没有通过：恢复出来的库打不开（%(says)s）。请马上再做一次备份和演练。"),
    }


def _postgresql() -> dict[str, str]:
    return {
        "backup.no_postgresql": _("这台机器上没有 PostgreSQL 的程序。请先装上：apt-get install postgresql。"),
        "backup.no_role": _("还没有备份用的角色。请照运行手册建好 liren_backup，写进 LIREN_DB_BACKUP。"),
        "backup.base_failed": _("pg_basebackup 没有做成：%(says)s。请照运行手册核对角色和 pg_hba.conf。"),
        "backup.replay_failed": _(
            "恢复出来的 PostgreSQL 起不来：%(says)s。请换前一份备份，或把时间定早一点。"
        ),
        "backup.until_late": _(
            "归档只到 %(last)s，恢复不到更晚。请把时间定早一点，或不写 --until，恢复到最后。"
        ),
        "backup.until_early": _("没有那么早的备份。请把时间定晚一点；有哪些，用 liren backup --list 看。"),
        "backup.where_to": _(
            "PostgreSQL 要用 --to 说明数据目录放在哪里，SQLite 不用。请核对 LIREN_DB 和运行手册。"
        ),
        "backup.to_there": _("%(path)s 已经有了，没有覆盖。请换一个还没有的文件夹。"),
    }
