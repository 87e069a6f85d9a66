"""What may be refused to somebody who proposes, seconds, comments, sorts or promises."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return _said() | _decided()


def _said() -> dict[str, str]:
    return {
        "forum.empty": _("这一栏还没有写。写一句就行，其他内容都还在。"),
        "forum.too_long": _("写得太长了（%(length)s 字），最多 %(limit)s 字。请删短一些，您写的内容还在。"),
        "forum.no_place": _("请写明在哪里：小区、楼号，或附近的店、路口。您写的内容还在。"),
        "forum.phone": _("手机号码不对，请核对 11 位数字；不留也能提。您写的内容还在。"),
        "forum.phone_needed": _("这一级按户数算，要先验证手机号才能附议。请到“我的事”验证，再回来点一次。"),
        "forum.lives_elsewhere": _(
            "登记的住址不在这个提案的范围里，附议留给住在这里的邻居。登记有误的，请找社区更正。"
        ),
        "level.unknown": _("请在院落、社区、街道、区里选一级。"),
        "level.not_there": _("这个地点没有这一级，请选另一级，或者把地点写得更具体。"),
        "proposal.not_found": _("没有这个提案，可能已经撤回。请回到“议事”看看别的。"),
        "proposal.move": _("提案的进展变了，这一步现在不能做。请看看它现在到哪一步。"),
        "proposal.changed": _("别人刚刚动过这个提案，请看一眼最新的情况再决定。您写的内容还在。"),
        "second.counted": _("附议已经够数、交上去了，不能再收回。有不同意见，可以写在下面。"),
        "second.author": _("您是提出的人，不想提了请点“撤回提案”。"),
        "judge.not_behind": _("验收由提出和附议的人来说。您可以在下面写意见。"),
        "comment.closed": _("这个提案已经结束，不能再发言。"),
        "comment.stance": _("请选赞成、有不同意见或想问清楚。"),
        "comment.unknown": _("这条发言不在了，可能刚被收起。请刷新页面看看。"),
        "comment.answers": _("请点要答复的那条发言下面的“答复”。"),
        "appeal.once": _("这条发言已经申诉过，正在等另一位工作人员看。"),
        "appeal.none": _("没有人为这条发言申诉。"),
        "appeal.ruled": _("这条申诉已经有人看过了，请刷新页面。"),
        "appeal.same": _("收起它的人不能再审这条申诉，请另一位工作人员来看。"),
        "hide.reason": _("请选收起的原因；只是不爱听的话不能收起。"),
    }


def _decided() -> dict[str, str]:
    return {
        "sorting.no_outcome": _("请选立案、并案、上提或不立案。您写的内容还在。"),
        "sorting.not_all": _("立案和并案要四项都是“是”。有一项不是，请选上提或不立案。"),
        "sorting.no_level_above": _("上面没有更高一级了，请立案，或者写明原因不立案。"),
        "sorting.not_beyond": _("只有“本级办得了”一项为“否”时才能上提一级。"),
        "sorting.no_ground": _("不立案至少要有一项为“否”；只是本级办不了的，请上提一级。"),
        "sorting.no_reason": _("请写明不立案的原因，居民看得到。您选的内容还在。"),
        "join.itself": _("不能和自己并案，请填另一个提案的编号。"),
        "join.unknown": _("没有这个编号的提案，或者不归您这一级。请核对编号。"),
        "join.ended": _("那个提案已经结束，不能并进去。请另选一个。"),
        "promise.no_steps": _("请至少写一步：做什么、哪天之前。您写的答复还在。"),
        "promise.many_steps": _("最多 %(most)s 步，请合并几步。您写的内容还在。"),
        "promise.no_day": _("第 %(step)s 步还没有日期，请选一天。您写的内容还在。"),
        "promise.past_day": _("第 %(step)s 步的日期已经过去，请选今天或以后的一天。"),
        "promise.money": _("第 %(step)s 步的金额不对，请填 0 以上的数，单位是元；不花钱就空着。"),
        "postpone.done": _("这一步已经做完，不用推迟。"),
        "postpone.day": _("新日期要比原来晚，也不能早于今天。请另选一天。"),
        "finish.steps": _("还有步骤没做完，做完才能请居民验收。"),
        "step.unknown": _("没有这一步，可能刚改过。请刷新页面。"),
        "paper.no_sheet": _("请写明签名单放在哪里，例如档案号，好让人查得到。"),
        "paper.count": _("户数要在 0 到 %(most)s 之间，请核对签名单。"),
    }
