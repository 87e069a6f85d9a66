"""A small invented town for tests, and how to put it on the register."""

from datetime import UTC, datetime

from liren.kernel.policy import SYSTEM
from liren.registers.places import actions
from liren.registers.places.rules import Entry, path_of

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

# By key: kind, name, the key of what it lies in, aliases.
TOWN: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "district": ("district", "望澜区", "", ()),
    "street": ("street", "栖禾街道", "district", ()),
    "beside": ("street", "望江街道", "district", ()),
    "qhl": ("community", "清河里社区", "street", ()),
    "hy": ("community", "和园社区", "street", ()),
    "ly": ("community", "柳荫村", "street", ()),
    "df": ("community", "东风新村社区", "street", ()),
    "xf": ("community", "幸福社区", "street", ()),
    "qhl.g1": ("grid", "清河里第1网格", "qhl", ()),
    "qhl.g2": ("grid", "清河里第2网格", "qhl", ("清河路2-60号双",)),
    "qhl.g3": ("grid", "清河里第3网格", "qhl", ("清河桥",)),
    "hy.g1": ("grid", "和园第1网格", "hy", ()),
    "hy.g2": ("grid", "和园第2网格", "hy", ("栖禾公园", "和园菜市场")),
    "ly.g1": ("grid", "柳荫第1网格", "ly", ("柳荫街",)),
    "df.g1": ("grid", "东风新村第1网格", "df", ()),
    "xf.g1": ("grid", "幸福第1网格", "xf", ("栖禾小学",)),
    "qhl.old": ("courtyard", "清河里小区", "qhl.g1", ("清河路1-99号单", "老棉纺宿舍")),
    "qhl.18": ("courtyard", "清河路18号院", "qhl.g2", ("水利局宿舍",)),
    "hy.main": ("courtyard", "和园小区", "hy.g1", ()),
    "hy.sun": ("courtyard", "阳光花园", "hy.g2", ()),
    "xf.sun": ("courtyard", "阳光花园", "xf.g1", ()),
    "df.1": ("courtyard", "东风新村一区", "df.g1", ()),
    "df.2": ("courtyard", "东风新村二区", "df.g1", ()),
    "ly.home": ("courtyard", "柳荫家园", "ly.g1", ()),
    "tower": ("building", "望云大厦", "hy.g2", ()),
    "hall": ("building", "党群服务中心", "xf.g1", ("街道办事大厅",)),
}
BUILDINGS = {
    "qhl.old": ("1号楼", "2号楼", "3号楼", "11号楼", "12号楼", "13号楼"),
    "qhl.18": ("甲楼", "1号楼"),
    "hy.main": ("1栋", "2栋", "3栋", "21栋"),
    "hy.sun": ("A座", "B座", "7号楼"),
    "xf.sun": ("A座", "5号楼"),
    "df.1": ("1号楼", "6号楼"),
    "df.2": ("1号楼", "8号楼"),
    "ly.home": ("东1号楼", "西1号楼", "9号楼"),
}
DWELLINGS = ("1单元101室", "1单元102室", "2单元301室", "2单元501室")
for _yard, _names in BUILDINGS.items():
    for _name in _names:
        TOWN[f"{_yard}/{_name}"] = ("building", _name, _yard, ())
for _door in DWELLINGS:
    TOWN[f"qhl.old/12号楼/{_door}"] = ("dwelling", _door, "qhl.old/12号楼", ())
    TOWN[f"hy.main/3栋/{_door}"] = ("dwelling", _door, "hy.main/3栋", ())


def entries() -> dict[str, Entry]:
    """The town without a database."""
    found: dict[str, Entry] = {}
    for number, (key, (kind, name, parent, aliases)) in enumerate(TOWN.items(), 1000):
        path = path_of(found[parent].path if parent else "", number)
        found[key] = Entry(number, kind, name, path, aliases)
    return found


def build() -> dict[str, int]:
    """The town on the register, through the real import: ids by key."""
    rows = [
        {
            "kind": kind,
            "name": name,
            "parent": f"k-{parent}"
            if parent and parent not in {"district", "street"}
            else CODES.get(parent, ""),
            "code": CODES.get(key, f"k-{key}"),
            "aliases": ";".join(aliases),
            "office": "1" if key == "street" else "",
        }
        for key, (kind, name, parent, aliases) in TOWN.items()
    ]
    report = actions.import_places(rows, by=SYSTEM, now=NOW)
    assert all(row.status == "created" for row in report.rows), [
        r for r in report.rows if r.status != "created"
    ]
    return {key: row.id for key, row in zip(TOWN, report.rows, strict=True) if row.id is not None}


CODES = {"district": "990101", "street": "990101001"}
