"""What the registers refuse: places, people, duties, knowledge, tables brought in."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return _places() | _outlines() | _bodies() | _people() | _homes() | _duties() | _rules() | _tables()


def _places() -> dict[str, str]:
    return {
        "place.name": _("请写地点的名称，最多 100 个字，不要有换行。"),
        "place.kind": _("没有这种地点。请用区、街道、社区、网格、院落、楼栋、户、单元。"),
        "place.aliases": _("别名太多或太长，请删去一些。"),
        "place.dates": _("地点的结束日期早于开始日期，请改过来。"),
        "place.count": _("人口和户数要是不小于零的整数，并写明哪天数的。"),
        "place.number": _("这一格要填数字，请改过来。"),
        "place.closed": _("这个地点已经撤销，请用接替它的地点。"),
        "place.has_children": _("里面还有没撤销的地点，请先撤销或移走它们。"),
        "place.parent": _("上一级选得不对，比如楼栋要在院落里。请重新选。"),
        "place.parent_unknown": _("没有找到上一级，请先导入上一级，或核对代码。"),
        "place.parent_moved": _("上一级和已登记的不一样。要搬动请单独办理，不能靠导入。"),
        "place.successor": _("接替的地点不对，请选一个没有撤销的地点。"),
        "place.code_malformed": _("代码的位数不对，请核对统计用区划代码。"),
        "place.code_not_in_parent": _("代码的前几位和上一级对不上，请核对。"),
        "place.code_taken": _("这个代码已经是别的地点的，请核对。"),
        "place.code_unknown": _("没有这个代码的地点，请先登记地点。"),
        "place.changed": _("刚才有同事改过这个地点。您写的还在下面，请看看现在的内容再办。"),
        "place.parent_unclear": _("按这个名称或编码没有找到唯一的地点。请写编码，或写全名。"),
        "place.day": _("日期写得不对，请按 2026-05-15 这样写。"),
        "place.no_root": _("还没有登记本街道，请先导入地点。"),
        "place.office_known": _("本街道已经定好了，只能有一个，请去掉这一行的标记。"),
    }


def _outlines() -> dict[str, str]:
    return {
        "place.outline_big": _("边界的点太多，请在制图软件里简化后再导入。"),
        "place.outline_broken": _("边界自己交叉或没有闭合，请在制图软件里修好后再导入。"),
        "place.outline_overlaps": _("边界和旁边的地点重叠，请先改好再导入。"),
    }


def _bodies() -> dict[str, str]:
    return {
        "body.name": _("请写单位名称。"),
        "body.kind": _("没有这种单位，请从清单里选一种。"),
        "body.code": _("单位代码用 1 到 40 个字母、数字或符号，不要空格。"),
        "body.code_taken": _("这个单位代码已经有了，请核对。"),
        "body.code_unknown": _("没有这个代码的单位，请先登记单位。"),
        "body.text": _("写得太长，或者有看不见的字符，请改短重写。"),
        "body.uscc": _("统一社会信用代码不对，请核对 18 位。"),
        "body.uscc_taken": _("这个统一社会信用代码已经是别的单位的，请核对。"),
        "body.dates": _("单位的撤销日期早于设立日期，请改过来。"),
        "body.closed": _("这个单位已经撤销，请选别的单位。"),
        "body.has_posts": _("单位里还有岗位没有结束，请先结束岗位。"),
        "body.unknown": _("没有这个单位，请重新选一个。"),
        "body.calendar": _("没有这种工作日历，请从清单里选。"),
        "body.changed": _("刚才有同事改过这个单位。您写的还在下面，请看看现在的内容再办。"),
        "post.changed": _("刚才有同事动过这个岗位。您写的还在下面，请看看现在是谁再办。"),
        "post.held": _("岗位上还有人，请先由安全管理员收回任职。"),
        "post.vacant": _("这个岗位本来就空着，不用收回。"),
        "post.same_holder": _("现在就是这个账号在岗，不用交接。"),
        "post.own_seat": _("不能给自己派岗位，请另一位管理员来办。"),
        "post.no_account": _("没有这个账号。请先开账号，再派岗位。"),
        "post.last_admin": _("这是最后一位管理员，收回以后就没有人能管了。请先派另一位，再收回这一位。"),
        "post.title": _("请写岗位名称，最多 60 个字。"),
        "post.taken": _("这个岗位已经有人，请先结束原来的任职。"),
        "post.ended": _("这个岗位已经结束，请另开一个岗位。"),
        "post.dates": _("岗位的结束日期早于开始日期，请改过来。"),
        "post.code_taken": _("这个岗位代码已经有了，请核对。"),
        "post.other_seat": _("这个岗位代码已经是别的单位或角色的，请核对。"),
        "post.unknown": _("没有这个岗位，请重新选一个。"),
    }


def _people() -> dict[str, str]:
    return {
        "person.name": _("请写姓名，最多 60 个字，不要写数字和符号。"),
        "person.phone": _("电话号码不对，请核对。"),
        "person.identity_number": _("这里不收身份证号，请去掉。"),
        "person.account_taken": _("这个账号已经是另一位居民的，请核对。"),
        "person.unknown": _("没有这位居民，请重新选一位。"),
        "mandate.scope": _("请写明可以代办哪些事。"),
        "mandate.for_whom": _("请写明替谁办：一个人，或者一个单位。"),
        "mandate.evidence": _("请附上委托的凭据，比如委托书。"),
        "mandate.dates": _("委托的结束日期早于开始日期，请改过来。"),
        "mandate.unknown": _("没有这份委托，可能已经结束。请核对。"),
    }


def _homes() -> dict[str, str]:
    return {
        "dwelling.kind": _("这个地点不是一户，不能登记房屋。请选到户。"),
        "household.unknown": _("没有这一户，请重新选一户。"),
        "residence.tenure": _("请在自有、家属、租住、其他里选一种。"),
        "residence.dates": _("居住的结束日期早于开始日期，请改过来。"),
        "residence.ended": _("这段居住已经结束，不用再结束一次。"),
        "residence.unknown": _("没有这条居住记录，请刷新看看。"),
        "ownership.owner": _("请写明产权人：一个人，或者一个单位。"),
        "ownership.area": _("面积要是大于零的数，请核对产权证。"),
        "ownership.share": _("份额要大于零、不超过一，请核对产权证。"),
        "ownership.too_much": _("各产权人的份额加起来超过了一，请核对产权证。"),
        "ownership.dates": _("产权的结束日期早于开始日期，请改过来。"),
        "ownership.ended": _("这条产权已经结束，不用再结束一次。"),
        "ownership.unknown": _("没有这条产权记录，请刷新看看。"),
    }


def _duties() -> dict[str, str]:
    return {
        "duty.no_rows": _("责任清单是空的，请至少写一行。"),
        "duty.no_source": _("请写明责任清单的来源，比如文件名和文号。"),
        "duty.rows": _("责任清单里有几行不对，请按每行的提示改正后再发布。"),
        "duty.backdated": _("新清单不能早于正在用的那一份（%(after)s），请改生效日期。"),
        "duty.published_meanwhile": _("刚才有同事发布了另一份清单，请核对后再发布。"),
        "duty.place_unknown": _("责任清单里的地点不存在，请核对。"),
        "duty.unit_unknown": _("责任清单里的单位不存在或已撤销，请核对。"),
        "article.code": _("知识条目的代码不对，请用字母、数字和短横。"),
        "article.empty": _("问和答都要写，请补上。"),
        "article.too_long": _("写得太长，请分成几条。"),
        "article.past_review": _("复核日期已经过了，请改成以后的日期。"),
        "article.unknown": _("没有这条知识，可能已经删了。请重新查找。"),
    }


def _rules() -> dict[str, str]:
    return {
        "rule.no_source": _("请写明依据：哪份文件、哪次会议定的。"),
        "rule.source_long": _("依据太长，最多 %(most)s 个字，请写短一些。"),
        "rule.backdated": _("最早从明天起生效：已经算过的时限不能倒回去改。请改生效日期。"),
        "rule.day": _("请写生效日期，按 2026-05-15 这样写。"),
        "rule.number": _("时限要写大于零的整数，请改过来。"),
        "rule.basis": _("请从清单里选一种依据。"),
        "rule.key_unknown": _("分类目录里没有这一类，请回到清单重新选。"),
        "rule.changed": _("刚才有同事发布了这一条。您写的还在下面，请看看现在的内容再发布。"),
        "pack.overlap": _(
            "这一条在同一天有两种说法：街道自己的规则文件里也写了它（%(key)s）。请先改那个文件。"
        ),
        "pack.gap": _("这样改以后，%(key)s 从 %(begins)s 到 %(ends)s 没有规则。请改生效日期。"),
        "pack.replaces": _("没有可以替换的规则（%(key)s），请核对街道自己的规则文件。"),
    }


def _tables() -> dict[str, str]:
    return {
        "table.broken": _("表格打不开，请另存为 .xlsx 或 UTF-8 的 .csv 后再导入。"),
        "table.empty": _("表格里没有内容，请检查是不是选错了文件或工作表。"),
        "table.heading": _("表头缺少要填的列，请按模板改好第一行。"),
        "table.too_big": _("表格太大，请分成几份导入。"),
    }
