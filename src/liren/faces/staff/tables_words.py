"""The registers as tables people keep: the columns of each, and a register's rows in the words an import reads back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from django.utils.translation import gettext as _

from liren.faces.staff import ground_words
from liren.registers.places import queries as places

Cell = str | int | float
Status = Literal["created", "updated", "unchanged", "refused"]
# Headings are what the import reads, in any language of the reader.
PLACE_HEADS = (
    "类型", "名称", "英文名", "上级", "编码", "别名", "纬度", "经度", "人口", "户数", "启用日期", "排序", "本单位",
)  # fmt: skip
KINDS = {
    "district": "区", "street": "街道", "community": "社区", "grid": "网格", "courtyard": "院落", "building": "楼栋",
    "dwelling": "户", "cell": "单元网格",
}  # fmt: skip


def place_rows(rows: Iterable[places.PlaceRow]) -> Iterator[Sequence[Cell]]:
    """Places as the import reads them, heading first."""
    yield PLACE_HEADS
    for row in rows:
        place = row.place
        yield [
            KINDS[place.kind],
            place.name,
            place.name_en,
            row.parent,
            row.code,
            "、".join(place.aliases),
            _number(place.lat),
            _number(place.lon),
            _number(place.population),
            _number(place.households),
            place.valid_from.isoformat() if place.valid_from else "",
            place.sort,
            "是" if row.is_office else "",
        ]


def _number(value: float | None) -> Cell:
    return "" if value is None else value


def status_titles() -> dict[Status, str]:
    """What became of a row."""
    return {"created": _("新增"), "updated": _("更正"), "unchanged": _("没变"), "refused": _("没收下")}


def column_titles() -> dict[str, str]:
    """Columns of all tables by their name in the import."""
    return ground_words.field_titles() | {
        "kind": _("类型"),
        "parent": _("上级"),
        "office": _("本单位"),
        "place": _("地点"),
        "body": _("单位"),
        "title": _("岗位"),
        "role": _("角色"),
        "holder": _("姓名"),
        "uscc": _("统一社会信用代码"),
        "calendar": _("工作日历"),
        "phone": _("电话"),
        "short": _("简称"),
        "handles": _("可承办"),
        "boundary": _("边界"),
    }
