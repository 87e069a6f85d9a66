"""How the machine and its copies stand, in words: what was looked at, how it is, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liren.base.backup.queries import Check
from liren.faces.kit.words import copies
from liren.kernel.clock import office_zone, to_office


@dataclass(frozen=True, slots=True)
class Told:
    """A check for people; `advice` is empty where nothing is to be done."""

    title: str
    says: str
    advice: str
    state: str


def told(check: Check) -> Told:
    """The words of a check, in the reader's language."""
    facts = {name: _plain(value) for name, value in check.facts.items()}
    if check.code == "failed":
        facts["why"] = _why(str(check.facts.get("error")), facts)
    says, advice = _sentences()[f"{check.name}.{check.code}"]
    return Told(
        titles()[check.name], says % facts, advice % facts if check.state != "good" else "", check.state
    )


def titles() -> dict[str, str]:
    """What is looked at."""
    return {
        "restore": _("恢复"),
        "copy": _("备份"),
        "drill": _("恢复演练"),
        "keys": _("密钥的副本"),
        "archiver": _("数据库日志归档"),
        "worker": _("后台进程"),
        "letters": _("没办成的任务"),
        "disk": _("数据盘"),
        "copies_disk": _("备份盘"),
        "clock": _("时钟"),
        "versions": _("版本"),
    }


def _sentences() -> dict[str, tuple[str, str]]:
    """By check and code: how it is, and what to do where it is not good."""
    return (
        _about_copies()
        | _about_the_archive()
        | {
            "worker.alive": (_("在跑"), ""),
            "worker.silent": (
                _("%(at)s 起就没有动静"),
                _("在服务器上看 systemctl status liren-worker，停了就 systemctl restart liren-worker。"),
            ),
            "worker.never": (_("还没有跑过"), _("在服务器上启动它：systemctl enable --now liren-worker。")),
            "letters.none": (
                _("没有；在等的 %(ready)s 个，没编号的记录 %(unsealed)s 条"),
                _("记录积得多了，看看后台进程是不是在跑。"),
            ),
            "letters.dead": (
                _("停下的任务 %(jobs)s 个，没送到的通知 %(news)s 条"),
                _("在服务器上看 journalctl -u liren-worker，找到原因再重做。"),
            ),
            "disk.free": (_("还剩 %(free)s GB（%(path)s）"), _("快满了：清理别的文件，或者换大一点的盘。")),
            "copies_disk.free": (
                _("还剩 %(free)s GB（%(path)s）"),
                _("快满了：换大一点的盘，或者把 LIREN_BACKUPS_KEEP 改短。"),
            ),
            "clock.kept": (_("有对时"), ""),
            "clock.free": (
                _("没有在对时"),
                _("在服务器上打开对时：timedatectl set-ntp true。时限按这个钟算。"),
            ),
            "clock.behind": (
                _("慢了：最后一条记录是 %(at)s"),
                _("先把时钟对准，再让人办事：timedatectl set-ntp true。"),
            ),
            "versions.told": (
                _("里仁 %(program)s，%(database)s，Python %(python)s，Django %(django)s"),
                "",
            ),
            "restore.fine": (_("没有做到一半的恢复"), ""),
            "restore.unfinished": (
                _("做到一半"),
                _("在服务器上运行 liren restore --finish，做完再让人办事。"),
            ),
        }
    )


def _about_copies() -> dict[str, tuple[str, str]]:
    return {
        "copy.made": (
            _("最近一份 %(at)s，%(age)s前；一共 %(count)s 份"),
            _("该有新的了。在服务器上运行 liren backup，看它说什么。"),
        ),
        "copy.not_set": (
            _("还没有备份"),
            _("请在 /etc/liren.env 里设 LIREN_BACKUPS，指到另一块盘上的文件夹，再重启服务。"),
        ),
        "copy.no_folder": (
            _("放备份的文件夹 %(folder)s 不在"),
            _("接上那块盘，或者建好文件夹，再运行 liren backup。"),
        ),
        "copy.none": (_("一份也没有"), _("在服务器上运行 liren backup。")),
        "copy.failed": (_("%(failed_at)s 没有做成：%(why)s"), _("照上面说的改好，再运行 liren backup。")),
        "drill.none": (_("还没有演练过"), _("在服务器上运行 liren drill，只要一会儿，不影响办事。")),
        "drill.passed": (
            _("%(at)s 通过，用了 %(seconds)s 秒"),
            _("隔得久了。在服务器上运行 liren drill，看它说什么。"),
        ),
        "drill.failed": (_("%(at)s 没有通过：%(why)s"), _("照上面说的改好，再运行 liren drill。")),
        "keys.none_yet": (_("还没有密钥"), ""),
        "keys.copied": (_("%(at)s 抄出过一份，和现在用的一样"), ""),
        "keys.no_copy": (
            _("没有抄出过：服务器一坏，姓名和电话就再也读不出来"),
            _(
                "运行 liren backup --keys /var/lib/liren/liren-keys.json，挪到 U 盘上，和备份分开，锁进保险柜。"
            ),
        ),
        "keys.renewed": (
            _("密钥换过，%(at)s 抄出的那一份旧了"),
            _("照运行手册再抄一份：liren backup --keys 文件名。"),
        ),
    }


def _about_the_archive() -> dict[str, tuple[str, str]]:
    return {
        "archiver.kept": (_("最近一段 %(at)s 归档"), ""),
        "archiver.waiting": (
            _("开着，还没有归档过"),
            _("等一两分钟再看；还是没有，就看 PostgreSQL 的日志。"),
        ),
        "archiver.off": (
            _("没有打开，只能恢复到最近一份备份"),
            _("照运行手册装好 deploy/postgresql-archive.conf，再重启 PostgreSQL。"),
        ),
        "archiver.slow": (
            _("隔 %(timeout)s 秒才归档一段"),
            _("把 archive_timeout 设成 30，再重新加载 PostgreSQL。"),
        ),
        "archiver.failing": (
            _("%(failed_at)s 归档失败，之后的改动还没有副本"),
            _("看看备份盘满没满、postgres 能不能写 wal 文件夹；改好后它自己会接着归档。"),
        ),
    }


def _why(code: str, facts: Mapping[str, str]) -> str:
    sentence = copies.sentences().get(code, code)
    try:
        return sentence % facts
    except KeyError:
        return sentence.partition("%(")[0] or code


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{to_office(value, office_zone()):%m-%d %H:%M}"
    if isinstance(value, timedelta):
        return _long(value)
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return _("%(n)s 分钟") % {"n": minutes}
    hours = minutes // 60
    return _("%(n)s 小时") % {"n": hours} if hours < 48 else _("%(n)s 天") % {"n": hours // 24}
