"""Synthetic tables of other systems: the shapes that are met, with invented people only."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import xlsxwriter

HEADS = (
    "工单编号", "工单类型", "问题分类", "标签", "标题", "主要内容", "工单状态", "来电人", "电话", "被反映区",
    "被反映街乡镇", "办理结果", "回复内容", "处理受理方式", "办结时间", "企业名称", "是否解决", "是否满意", "工单性质",
    "村/社区", "小区点位",
)  # fmt: skip
ROW: Mapping[str, str] = {
    "工单编号": "GD20260105000001",
    "工单类型": "诉求",
    "问题分类": "市政->道路->路面破损",
    "标签": "七有五性",
    "标题": "路面有坑",
    "主要内容": "门口的路有个大坑，晚上看不见。",
    "工单状态": "回复完成",
    "来电人": "保密",
    "电话": "138****0001",
    "被反映区": "望澜区",
    "被反映街乡镇": "栖禾街道",
    "办理结果": "已修补",
    "回复内容": "坑已经补好，请放心通行。",
    "处理受理方式": "电话",
    "办结时间": "2026-01-08 16:20:00",
    "企业名称": "",
    "是否解决": "解决",
    "是否满意": "满意",
    "工单性质": "主办",
    "村/社区": "青禾里社区",
    "小区点位": "和园小区",
}


def orders(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """Work orders, each with a number of its own where the change names none."""
    return [
        {**ROW, "工单编号": f"GD202601050000{at:02d}", **change} for at, change in enumerate(changes, start=1)
    ]


def as_csv(rows: Iterable[Mapping[str, str]], heads: Sequence[str] = HEADS, encoding: str = "utf-8") -> bytes:
    """The rows as a CSV file."""
    held = io.StringIO()
    writer = csv.DictWriter(held, heads, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, str | datetime]], heads: Sequence[str] = HEADS) -> bytes:
    """The rows as a workbook, under a title line as people write one."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"strings_to_formulas": False}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_string(0, 0, "工单明细")
        for column, head in enumerate(heads):
            page.write_string(1, column, head)
        for at, row in enumerate(rows, start=2):
            for column, head in enumerate(heads):
                said = row.get(head, "")
                if isinstance(said, datetime):
                    page.write_datetime(at, column, said, day)
                else:
                    page.write_string(at, column, said)
    return held.getvalue()
