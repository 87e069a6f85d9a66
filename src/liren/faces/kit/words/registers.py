"""What the registers refuse: places, people, duties, knowledge, tables brought in."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return (
        _places()
        | _outlines()
        | _bodies()
        | _people()
        | _homes()
        | _duties()
        | _rules()
        | _calendars()
        | _tables()
    )


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
        "duty.place_unclear": _("有几个地方都叫这个名字，请写上它的上级，或者写编码。"),
        "duty.no_basis": _("没有写法律依据：单位说不归它管时要看这一句。"),
        "duty.own_helper": _("主责单位不能又当自己的协办单位。"),
        "duty.twice": _("同一类、同一个地方，这个单位写了两行，请留一行。"),
        "duty.two_leads": _("同一类、同一个地方有两个主责单位，请留一个，另一个写成协办。"),
        "duty.lead_and_assist": _("这个单位在这里既主责又“只协助”，请留一样。"),
        "duty.row_unknown": _("清单里没有这一行，请回到清单重新选。"),
        "duty.other_row": _("清单里另有一行不对（%(row)s）：%(why)s请先改那一行。"),
        "duty.day_past": _("最早从今天起用：过去的派单不倒回去改。请改起用日期。"),
        "duty.unit_unknown": _("责任清单里的单位不存在或已撤销，请核对。"),
        "article.code": _("知识条目的代码不对，请用字母、数字和短横。"),
        "article.empty": _("问和答都要写，请补上。"),
        "article.too_long": _("写得太长，请分成几条。"),
        "article.past_review": _("复核日期已经过了，请改成以后的日期。"),
        "article.unknown": _("没有这条知识，可能已经删了。请重新查找。"),
    }


def _rules() -> dict[str, str]:
    return {
        "calendar.title_taken": _("已经有叫这个名字的日历了，请换个名字，或者去改那一个。"),
        "calendar.year": _("年份请写四位数，比如 2027。"),
        "calendar.year_past": _("过去的年份不再改，请只留今年和以后的。"),
        "calendar.holiday": _(
            "节日请写：元旦、春节、清明节、劳动节、端午节、中秋节、国庆节、次年元旦、其他。"
        ),
        "calendar.line_twice": _("这个节日这一年写了两行，请合成一行。"),
        "calendar.year_faulty": _("这一年有别的行不对，一年的安排要一起收，请先改那一行。"),
        "rule.class_unknown": _("分类目录里没有这一类，请写类别的名称或代码。"),
        "rule.row_twice": _("这一类在表里写了两行，请留一行。"),
        "rule.limit_said": _("时限请写数和单位，比如“2 工作小时”“5 个工作日”“24 小时”“7 天”。"),
        "template.kind": _("用途请写：第一次联系、告知进展、办好了、办不了、转给别处。"),
        "template.empty": _("还没有写，请写上给居民的话。"),
        "template.too_long": _("太长了，最多 %(most)s 个字，请写短一些。"),
        "template.blank_english": _("英文里的空 %(word)s 中文里没有，请在中文里也写上，或者从英文里去掉。"),
        "template.braces": _("请不要用花括号；要留空就写【】，里面照下面列的写。"),
        "template.blank_unknown": _("“%(word)s”不是能填的空，请从下面列的里面选，或者去掉【】。"),
        "rule.no_source": _("请写明依据：哪份文件、哪次会议定的。"),
        "rule.source_long": _("依据太长，最多 %(most)s 个字，请写短一些。"),
        "rule.backdated": _("最早从 %(first)s 起生效：已经算过的时限不能倒回去改。请改生效日期。"),
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


def _calendars() -> dict[str, str]:
    return {
        "calendar.hours_text": _("上班时间看不懂。请按 09:00-12:00 13:00-18:00 这样写，不上班就空着。"),
        "calendar.hours": _("上班时间要从早写到晚，下班晚于上班，几段之间不能重叠。请改过来。"),
        "calendar.week_empty": _("一周里总要有一天上班，请至少写一天的上班时间。"),
        "calendar.day_ends": _("请从清单里选最后一天到什么时候。"),
        "calendar.days_text": _("日期看不懂。请按 2027-01-15 或 1月15日 这样写，几天之间用顿号隔开。"),
        "calendar.many_days": _("天数太多，一次最多 %(most)s 天。请分成几次。"),
        "calendar.half": _("放假的第一天和最后一天都要写，请补上；没有这个假就都空着。"),
        "calendar.backwards": _("放假的最后一天早于第一天，请改过来。"),
        "calendar.twice": _("有一天写进了两个假期，请改过来。"),
        "calendar.both": _("%(day)s 又放假又补班，请去掉一个。"),
        "calendar.other_year": _("这里只写 %(year)s 年的日子；别的年份的，请到那一年的安排里写。"),
        "calendar.past_day": _("%(first)s 以前的日子已经算过，不能再改。请写这一天或以后的日子。"),
        "calendar.year_empty": _("还没有写放假的日子，请照国务院的通知填上。"),
        "calendar.title": _("请写名称，最多 %(most)s 个字。"),
        "calendar.no_days": _("请写明是哪些天。"),
        "calendar.no_calendars": _("请至少勾选一份日历。"),
        "calendar.spoken_of": _("%(day)s 已经在另一条特殊的日子里定了。请到那一条里改，或者去掉这一天。"),
        "calendar.day": _("这样改以后，有一天定了两次，或者不在这一条的日子里。请核对日期。"),
        "calendar.row": _("这样改以后，日历合不起来。请核对街道自己的规则文件。"),
    }


def _tables() -> dict[str, str]:
    return {
        "table.broken": _("表格打不开，请另存为 .xlsx 或 UTF-8 的 .csv 后再导入。"),
        "table.empty": _("表格里没有内容，请检查是不是选错了文件或工作表。"),
        "table.heading": _("表头缺少要填的列，请按模板改好第一行。"),
        "table.too_big": _("表格太大，请分成几份导入。"),
    }
