"""Why a file or a row of another system is not brought in: what is wrong, and what to do about it."""

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """By code."""
    return _files() | _rows()


def _files() -> dict[str, str]:
    return {
        "import.mapping": _("对照表写得不对：%(says)s。请对照 docs/import.md 改正后再试。"),
        "import.mapping_unknown": _("没有这份对照表。随里仁来的有：%(known)s；也可以给自己写的文件。"),
        "import.columns": _("表头里缺这几列：%(missing)s。请核对是不是这张表，或者改对照表里的列名。"),
        "import.column_twice": _("表头里“%(column)s”有两列，分不清用哪一列。请删去一列再交。"),
        "import.too_big": _("文件太大了，最多 %(most)s。请分成几个文件。"),
        "import.too_many": _("行太多了，一个文件最多 %(most)s 行。请分成几个文件。"),
        "import.too_wide": _("列太多了，最多 %(most)s 列。请删去不用的列再交。"),
        "import.no_office": _("这里还没有本单位。请先导入地点，或者在对照表里写 office。"),
        "import.unfinished": _("这个文件导了一半。请加 --resume 从停下的地方接着导，已经导入的不会重复。"),
        "import.not_tried": _("这个文件还没有试完，或者读不了。请先看试的结果。"),
        "import.too_late": _("已经开始导入，撤不回了。"),
        "import.elsewhere": _("同一个文件正由另一个进程导入。请等它导完，再看结果。"),
        "import.unknown": _("没有这次导入。请刷新看看。"),
        "import.file_gone": _("这个文件的保存期限到了，已经删除。要看退回的行，请再交一次原来的文件。"),
        "class.title": _("类别的名称空着或太长，请改成 60 个字以内。"),
    }


def _rows() -> dict[str, str]:
    return {
        "import.again": _("这一行已经导入过，没有重复导入。"),
        "import.number_again": _(
            "这个编号已经导入过，内容和那一行不一样。请核对哪一行对，改掉另一行的编号。"
        ),
        "import.bytes": _("这一行有读不出来的字，可能换过编码。请在原系统重新导出，或者改好这一行。"),
        "import.quotes": _("这一行的引号不成对，后面的列分不开。请改好引号。"),
        "import.cells": _("这一行的列数和表头对不上。请看看是不是少了或多了逗号。"),
        "import.number": _("编号太长，或者有看不见的字符。请改成 64 个字以内。"),
        "import.no_time": _("没有写什么时候收到的。请补上时间。"),
        "import.time": _("这个时间读不懂。请写成 2026-03-10 09:30 这样。"),
        "import.future": _("这个时间还没到。请核对年份。"),
        "import.too_early": _("这个时间早于 2000 年。请核对年份。"),
        "import.order": _("这个时间早于前一步的时间，先后对不上。请核对。"),
        "import.state": _("对照表里没有这个状态。请在对照表里写上它是什么，或者改这一格。"),
        "import.channel": _("对照表里没有这个来源。请在对照表里写上它是什么，或者改这一格。"),
        "import.type": _("对照表里没有这个类型。请在对照表里写上它是什么，或者改这一格。"),
        "import.solved": _("看不懂是否解决。请在对照表里写上它是什么，或者改这一格。"),
        "import.rating": _("看不懂是否满意。请在对照表里写上它是什么，或者改这一格。"),
        "import.in_time": _("看不懂是否按时。请在对照表里写上它是什么，或者改这一格。"),
        "import.no_answer": _("写着已答复，但没有答复的时间。请补上时间，或者改状态。"),
        "import.no_words": _("标题、内容、类别都空着，不知道是什么事。请至少补一样。"),
        "import.words_long": _("内容太长，超过两万字。请删短，全文另作附件。"),
        "import.place_unknown": _("登记里没有这个地点。请先添上它，或者在对照表里写 make: true。"),
        "import.place_unclear": _("有几个地点都叫这个名字。请把上一级也写上。"),
        "import.place_outside": _("这个地点不在本单位范围内。请核对，或者从表里删去。"),
        "import.class_unknown": _("没有这个类别。请先添上它，或者在对照表里写 make: true。"),
        "import.class_title": _("类别的名称太长或有看不见的字符。请改成 60 个字以内。"),
        "import.unit_unknown": _("登记里没有这个单位。请先添上它，或者在对照表里写 make: true。"),
        "import.unit_unclear": _("有几个单位都叫这个名字。请写全称或编码。"),
    }
