"""The registers as tables people keep: the columns of each, and a register's rows in the words an import reads back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from liren.base.access import queries as accounts
from liren.faces.staff import ground_words, unit_changes
from liren.registers.people import queries as people
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


BODY_HEADS = (
    "编码", "类型", "名称", "英文名", "简称", "统一社会信用代码", "所在地", "上级", "可承办", "工作日历", "电话",
    "启用日期", "排序",
)  # fmt: skip
BODY_KINDS = {
    "party_org": "党组织", "residents_committee": "居民委员会", "owners_committee": "业主委员会",
    "property_company": "物业服务企业", "social_org": "社会组织", "department": "部门", "utility": "公用事业单位",
    "enterprise": "企业",
}  # fmt: skip
POST_HEADS = ("编码", "单位", "岗位", "英文名", "责任区", "角色", "姓名")


def body_rows(rows: Iterable[people.BodyRow]) -> Iterator[Sequence[Cell]]:
    """Units as the import reads them, heading first."""
    yield BODY_HEADS
    for row in rows:
        yield [
            row.code,
            BODY_KINDS[row.kind],
            row.name,
            row.name_en,
            row.short,
            row.uscc or "",
            unit_changes.place_code(row.place_id),
            row.parent__code or "",
            "是" if row.handles else "否",
            row.calendar,
            row.phone,
            row.valid_from.isoformat() if row.valid_from else "",
            row.sort,
        ]


def post_rows(rows: Iterable[people.SeatRow], on: date) -> Iterator[Sequence[Cell]]:
    """Seats as the import reads them, heading first; one without a code stands by the register's number."""
    roles = {key: row.title.zh for key, row in accounts.roles().on(on).items()}
    yield POST_HEADS
    for row in rows:
        yield [
            row.code or f"#{row.id}",
            row.body__code,
            row.title,
            row.title_en,
            unit_changes.place_code(row.place_id),
            roles.get(row.role, row.role),
            row.holder,
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
        "class": _("类别"),
        "response": _("联系时限"),
        "response_basis": _("联系时限从哪来"),
        "handle": _("办理时限"),
        "handle_basis": _("办理时限从哪来"),
        "zh": _("中文"),
        "en": _("英文"),
        "use": _("用途"),
        "year": _("年"),
        "day": _("节日"),
        "from": _("放假第一天"),
        "to": _("放假最后一天"),
        "make_up": _("补班"),
        "source": _("依据"),
    }
