"""What may be refused to staff: at the door, on a case, with a grant, with a message."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return (
        _cases()
        | _views()
        | _joining()
        | _leaving()
        | _claims()
        | _parts()
        | _watching()
        | _door()
        | _grants()
        | _messages()
    )


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


def _claims() -> dict[str, str]:
    return {
        "objection.too_late": _(
            "派单后提异议的时间已经过了，不能再退。请先办理；确有困难，可以申请协办或延期。"
        ),
        "objection.overruled": _(
            "派单员已经裁定由本单位办，不能再提异议。请先办理；有新依据，请和派单员电话沟通。"
        ),
        "objection.too_often": _("这件事本单位已提过 %(most)s 次异议，不能再提。请先办理，或和派单员会商。"),
        "objection.unit_unknown": _("没有这个单位，请从列表里选，或者留空。"),
        "extension.too_late": _("办理时限已经过了，不能再申请延期。请尽快办理，并在答复里说明原因。"),
        "extension.waiting": _("已经有一个延期申请在等批准，请等批准后再说。"),
        "extension.too_often": _("这一轮已经延期 %(most)s 次，不能再延。确实办不了的，请挂账并写明原因。"),
        "extension.too_long": _("一次延得太久了，请按规定的最长时间重新填。"),
        "extension.not_found": _("没有等批准的延期申请，可能刚才有同事批过了。请看最新情况。"),
        "deferral.reason_unknown": _("请从列表里选一个挂账原因。"),
        "deferral.review_missing": _("请选一个复查日，比如下周一。"),
        "deferral.review_past": _("复查日要在今天以后，请重新选一天。"),
        "deferral.review_far": _("复查日太远了，最晚选 %(limit)s，到时可以再挂账。"),
        "deferral.review_rest": _("那天不上班，请选一个工作日作复查日。"),
    }


def _views() -> dict[str, str]:
    return {
        "view.unknown": _("这个视图已经不在了。请刷新看看现在有哪些。"),
        "view.no_title": _("还没有写名字。请写一个自己看得懂的短名字。"),
        "view.long_title": _("名字太长了，最多 %(most)s 个字。请写短一点。"),
        "view.long_query": _("筛选的条件太长，存不下。请少选几项再存。"),
        "view.title_taken": _("您已经有一个同名的视图。请换一个名字。"),
        "view.too_many": _("最多存 %(most)s 个视图。请先删掉不用的再存。"),
    }


def _joining() -> dict[str, str]:
    return {
        "merge.no_target": _("没有找到这个编号的事，或者它不在您的权限内。请核对 16 位编号。"),
        "split_off.no_voice": _("还没有选拆出谁的话，请选一位。"),
        "question.no_voice": _("还没有选问哪一位，请选一位。"),
        "merge.itself": _("不能并到自己。请填另一件的编号。"),
        "merge.sealed": _("举报件要分开保密，不能并案，也不能拆分。请各办各的。"),
        "merge.barred": _("其中一件有人要回避，不能并案。请各办各的。"),
        "merge.target_merged": _("那一件自己也并走了。请打开它，看它并到了哪里，再并到那一件。"),
        "merge.target_ended": _("那一件已经办结或离开，不能再并进去。请另选一件在办的，或者单独办。"),
        "merge.parts_open": _("还有 %(parts)s 个协办没有结束。请先等协办单位办完，或者撤回协办，再并案。"),
        "merge.too_few": _("并案至少要选两件。请在前面的框里多选几件再并。"),
        "split.nothing_back": _("当初并过去的人，现在都已经单独立件了，没有可以拆回的。请直接打开那些件。"),
        "split.nothing_left": _("拆回去以后，那一件就没有诉求人了。请先把它并到这一件，或者单独处理。"),
        "split_off.only_voice": _("这一件只有一位诉求人，不用拆。如果说了两件事，请代为登记另一件。"),
        "question.open": _("上一个问题这位居民还没有回答。请等回答，或者打电话问到后先记下来。"),
        "question.answered": _("这个问题已经回答过了。请刷新看看答了什么。"),
    }


def _leaving() -> dict[str, str]:
    return {
        "exit.unknown": _("请在六种依法转出里选一种。"),
        "exit.no_referred_to": _("还没有写转给了谁。请先转给 110、119、120 或 122，再写在这里。"),
        "exit.no_channel": _("还没有写请居民去哪里办。请写明单位名称，让居民找得到。"),
        "exit.no_reason": _("还没有写理由。请写明依据，居民会看到。"),
        "exit.no_earlier": _("还没有填以前那一件的编号。请填上，居民可以对照。"),
        "exit.earlier_unknown": _("没有找到以前那一件，或者它不在您的权限内。请核对 16 位编号。"),
        "exit.earlier_itself": _("这就是眼前这一件。请填以前答复过的那一件的编号。"),
        "exit.earlier_other": _(
            "以前那一件和这一件不是同一类、同一地点。请核对编号，或者先核定这一件的类别和地点。"
        ),
        "exit.earlier_unanswered": _("以前那一件还没有答复，不能算重复。是同一件事，请并案。"),
        "exit.open_places": _("答复里还有没填的地方：%(places)s。请填好再发。"),
        "exit.outcome_unknown": _("请选一个结果：对方受理了、没受理、解决了，或者问不到。"),
        "exit.back_too_late": _("已经过了 %(days)s 天，请当作一件新的事再说一遍，写上原来的编号就行。"),
    }


def _parts() -> dict[str, str]:
    return {
        "part.not_found": _("没有找到这个协办，可能已经撤回。请刷新看看。"),
        "part.outside_duty": _(
            "这件事不在该单位的责任清单和协助清单上，不能请它协办。请另选单位，这次尝试已记录。"
        ),
        "part.too_late": _("协办的时限不能晚于整件事的时限。请改早一些，或者留空，就按整件事的时限。"),
        "part.past": _("协办的时限已经过去了。请填一个以后的时间，或者留空。"),
        "part.due_odd": _("看不懂这个时间。请从日历里选，或者留空，就按整件事的时限。"),
        "part.own": _("这本来就是该单位自己的事，不用协办。请另选一个单位。"),
        "part.twice": _("已经请了这个单位协办，还没有办完。请等它办完，或者先撤回。"),
        "part.over": _("这个协办已经结束了。请刷新看看结果。"),
        "part.no_limit": _("这件事还没有办理时限，不能请协办。请先派单。"),
        "part.no_unit": _("还没有选协办单位，请选一个。"),
        "part.end_unknown": _("请选“办完了”或“办不了”。"),
        "part.below_open": _("您请别的单位办的还有 %(parts)s 个没有结束。请先等它们办完，或者撤回。"),
        "reply.parts_open": _(
            "还有 %(parts)s 个协办没有结束。要先答复，请写明为什么先答复；不然请等协办办完。"
        ),
    }


def _watching() -> dict[str, str]:
    return {
        "supervise.level": _("只能督办到比现在更高的一级。请另选一级再提交。"),
        "supervise.nothing_open": _("现在没有等您单位回复的督办。请刷新看看，可能同事已经回复了。"),
        "exclusion.reason": _("请从清单里选一个剔除理由。"),
        "exclusion.asked_already": _("这件事已经有人申请剔除了，请等决定。"),
        "exclusion.excluded_already": _("这件事已经剔除了。要恢复计入，请督办员来定。"),
        "exclusion.she_said_not_solved": _("居民说没解决，不能按“不用办了”剔除。请接着办，或另选理由。"),
        "exclusion.decision": _("请先选：同意，还是不同意。"),
        "exclusion.nothing_asked": _("现在没有等您定的剔除申请。请刷新看看，可能同事已经定了。"),
        "exclusion.not_excluded": _("这件事没有剔除，不用恢复。请刷新看看。"),
        "exclusion.asked_by_you": _("这是您自己申请的，请另一位同事来定。"),
        "verify.finding": _("请先选核查结果：属实、不属实，还是看不清楚。"),
        "recusal.reason": _("还没有选为什么回避，请选一个理由。"),
        "recusal.last_one": _(
            "没有别的同事能接这件事，现在回避它就没人管了。请先请管理员安排一位同事，再回避。"
        ),
        "bar.nobody": _("还没有选不让谁看。请选一个单位，或者选一个人。"),
        "dispatch.no_sealed_handler": _(
            "这个单位没有举报承办人，举报件派过去没人看得到。请另选单位，或先请管理员设一位。"
        ),
        "unit.barred": _("这件事涉及该单位，不能让它参与。请另选单位。"),
        "whistle.not_found": _("没有这次吹哨，或者没有叫到您的单位。请从工作台重新打开这件事。"),
        "whistle.not_open": _("这次吹哨已经到了下一步，现在不能这样做。下面是最新情况。"),
        "whistle.running": _("这件事已经有一次吹哨在进行。请先办完那一次，或者撤回它。"),
        "whistle.no_units": _("还没有选叫哪些单位，请至少选一个。"),
        "whistle.unit_unknown": _("有一个单位已经不在名单上，请重新选。"),
        "whistle.needed_by": _("到场时间要在现在以后，请改一个时间。"),
        "whistle.act_due": _("完成时间要在现在以后，请改一个时间。"),
        "whistle.no_acts": _("还没有写约定的事，请至少写一件。"),
        "whistle.not_on_site": _("这个单位没有到场，不能给它定事或打分。请选到场的单位。"),
        "whistle.act_done_already": _("这件约定已经记为做完了，不用再记。请刷新看看。"),
        "whistle.acts_open": _("还有 %(left)s 件约定没做完。请等做完，再结束这次吹哨。"),
        "whistle.stars": _("请打 1 到 5 分。"),
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
