"""The rates by name and formula, and a share as it is written, the same on every face."""

from django.utils.translation import gettext as _


def rate_titles() -> dict[str, tuple[str, str]]:
    """The rates and what each is a share of."""
    return {
        "response": (_("响应率"), _("时限内联系上的 ÷ 时限落在这段时间的")),
        "resolution": (_("解决率"), _("居民说解决了的 ÷ 有回音的")),
        "satisfaction": (_("满意率"), _("打基本满意及以上的 ÷ 打了分的")),
        "coverage": (_("回访覆盖率"), _("有回音的 ÷ 答复并办结的")),
        "exclusion": (_("剔除率"), _("按理由剔除的 ÷ 全部办结的")),
        "recurrence": (_("重复率"), _("重办过的或又有人说的 ÷ 答复并办结的")),
    }


def share(value: float, of: int) -> str:
    """A share in percent; one decimal where there are enough to bear it."""
    return f"{value:.1%}" if of >= 100 else f"{value:.0%}"
