"""Cases of another system brought in: lawful states, honest history, every row accounted for, nothing doubled."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from liren.base.ledger.models import Event
from liren.base.search import queries as search
from liren.bridges.imports import actions, checking, keeping, queries
from liren.bridges.imports.models import Import, Origin
from liren.cases import clocks
from liren.cases import queries as cases
from liren.cases.models import Case, Deferral, Exclusion, Extension, Rating, Step, Voice
from liren.kernel.clock import office_day, utc_now
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM, Scope
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from tests import town as towns
from tests.bridges.sheets import HEADS, as_csv, as_xlsx, orders
from tests.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
SHEET = "workorder21"
MAKING = """mapping: old
dated: '2026-01-01'
source: 旧系统
office: {kind: street, name: 栖禾街道}
number: 编号
received: 收到
dispatched: 派出
answered: 答复
closed: 办结
due: 期限
words: 内容
reply: 答复内容
caller: {name: 姓名, phone: 电话}
type: {blank: complaint}
channel: {column: 渠道, values: {热线: phone, 网页: web}}
class: {columns: [大类, 小类], make: 'true'}
unit: {column: 单位, make: 'true'}
place: {levels: [{kind: community, name: 社区}], make: 'true'}
state:
  column: 状态
  values: {待派: received, 已派: dispatched, 在办: handling, 待访: replied, 办结: ended, 撤回: withdrawn}
solved: {column: 解决, values: {是: solved, 否: not_solved, 没说: unknown}}
"""
OLD = (
    "编号", "收到", "派出", "答复", "办结", "期限", "内容", "答复内容", "姓名", "电话", "渠道", "大类", "小类", "单位",
    "社区", "状态", "解决",
)  # fmt: skip
ROW = {
    "收到": "2026-02-01 09:00", "派出": "2026-02-01 10:00", "答复": "2026-02-03 15:00", "办结": "2026-02-04 15:00",
    "内容": "路灯不亮了，晚上看不见。", "答复内容": "已经修好。", "渠道": "热线", "大类": "市政", "小类": "路灯",
    "单位": "路灯所", "社区": "竹影社区", "状态": "办结", "解决": "是",
}  # fmt: skip


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    return towns.build()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which there is no office yet."""
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    return tmp_path


def old(*changes: dict[str, str]) -> bytes:
    rows = [
        {**dict.fromkeys(OLD, ""), **ROW, "编号": str(at), **change}
        for at, change in enumerate(changes, start=1)
    ]
    return as_csv(rows, OLD)


def bring(data: bytes, mapping: str = MAKING, **more: bool) -> queries.ImportView:
    how, now = actions.the_mapping(mapping), utc_now()
    import_id = actions.begin(data, "表.csv", how, by=SYSTEM, now=now, **more)
    actions.carry_on(import_id, data, now=now)
    return queries.one(import_id, by=SYSTEM)


def reasons(done: queries.ImportView) -> dict[int, str]:
    return {one.line: one.code for one in queries.left(done.id, by=SYSTEM, limit=100)}


def test_a_sheet_of_the_hotline_becomes_ordinary_cases(town: Town) -> None:
    done = bring(
        as_xlsx(orders({}, {"工单状态": "办理中", "办结时间": ""}, {"工单状态": "已转派", "办结时间": ""})),
        SHEET,
    )
    assert (done.rows, done.taken, done.refused, done.twice, done.state) == (3, 3, 0, 0, "done")
    closed = Case.objects.get(origin="GD20260105000001")
    assert (closed.state, closed.place_id, closed.channel, closed.demand_type) == (
        "closed",
        town.yard,
        "phone",
        "help",
    )
    assert closed.received_at == datetime(2026, 1, 4, 16, tzinfo=UTC)  # the day its number begins with
    assert closed.closed_at == closed.replied_at == datetime(2026, 1, 8, 8, 20, tzinfo=UTC)
    assert not closed.excluded
    assert duties.class_view(closed.class_code, office_day(utc_now())).titles.zh == "路面破损"
    voice = closed.voice_set.get()
    assert (voice.words, voice.verdict, voice.rating, voice.consent_call) == (
        "门口的路有个大坑，晚上看不见。",
        "solved",
        4,
        False,
    )
    # the sheet names no unit: work waits for dispatch, and nobody's limit runs
    waiting = Case.objects.filter(state="received")
    assert waiting.count() == 2
    assert all(case.next_due and not case.handle_due and case.unit_id is None for case in waiting)


def test_the_story_tells_what_the_file_tells_and_no_more(town: Town) -> None:
    bring(as_csv(orders({})), SHEET)
    steps = list(Step.objects.order_by("at", "id"))
    assert [step.move for step in steps] == ["receive", "reply", "close", "import"]
    assert all(step.by == 0 for step in steps[:3])
    assert steps[1].words == "坑已经补好，请放心通行。"
    assert (steps[3].by, steps[3].facts["line"], steps[3].facts["source"]) == (SYSTEM.id, 2, "12345工单")
    assert "工单性质：主办" in steps[3].words
    assert not Rating.objects.exists()  # nobody of this house heard anybody say so
    event = Event.objects.get(subject_kind="case")
    assert (event.kind, event.payload["line"]) == ("cases.imported", 2)


def test_an_office_that_begins_from_its_old_system(bare: Path) -> None:
    done = bring(
        old({}, {"状态": "在办"}, {"状态": "已派"}, {"状态": "待派"}, {"状态": "待访"}, {"状态": "撤回"})
    )
    assert done.made == {"places": 2, "classes": 1, "units": 1}
    assert done.states == dict.fromkeys(
        ("closed", "handling", "dispatched", "received", "replied", "withdrawn"), 1
    )
    assert [unit.name for unit in people.units()] == ["路灯所"]
    case = Case.objects.get(origin="2")
    assert (case.unit_id, case.first_unit_id) == (people.units()[0].id,) * 2
    assert case.dispatched_at == datetime(2026, 2, 1, 2, tzinfo=UTC)
    # our limits begin today: what the old system promised is not known
    assert case.handle_due is not None
    assert case.handle_due > utc_now()
    assert case.next_due == case.handle_due
    assert (bare / "packs" / "duties.taxonomy" / "imported.yaml").exists()
    again = bring(old(*[{"编号": "90"}]))
    assert again.made == {"places": 0, "classes": 0, "units": 0}


def test_a_limit_that_was_promised_elsewhere_stays_the_limit(bare: Path) -> None:
    bring(old({"状态": "在办", "期限": "2026-02-15"}))
    case = Case.objects.get()
    assert case.handle_due == case.next_due == datetime(2026, 2, 14, 16, tzinfo=UTC)
    from liren.cases import actions as moving

    assert moving.recount_limits(now=utc_now()) == 0
    case.refresh_from_db()
    assert case.handle_due == datetime(2026, 2, 14, 16, tzinfo=UTC)


def test_a_promise_of_the_file_is_moved_by_what_is_granted_and_by_nothing_else(bare: Path) -> None:
    bring(old({"状态": "在办", "答复": "", "办结": "", "期限": "2026-02-13 17:00"}))  # a Friday
    case, promised = Case.objects.get(), datetime(2026, 2, 13, 9, tzinfo=UTC)
    assert case.handle_due == promised
    monday = datetime(2026, 2, 9, 2, tzinfo=UTC)
    assert not clocks.recount(case, monday, by=SYSTEM.id)
    assert (case.handle_due, case.response_due) == (promised, None)

    # it waits for an hour of working time, which is an hour more after the make-up Saturday's weekend
    waited = {"case": case, "reason_code": "weather", "words": "暴雨", "by": 1, "stops_clock": True}
    Deferral.objects.create(since=monday, until=monday + timedelta(hours=1), review_at=monday, **waited)
    case.refresh_from_db()
    assert clocks.recount(case, monday + timedelta(hours=1), by=SYSTEM.id, why="deferral")
    assert case.handle_due == datetime(2026, 2, 13, 10, tzinfo=UTC)  # 18:00, the close of that Friday
    case.save()

    # two working days on top: the Saturday before the Spring Festival is worked, the nine days after it are not
    more = {"case": case, "unit_id": case.unit_id, "value": 2, "unit_of_time": "work_day", "reason": "等材料"}
    Extension.objects.create(
        asked_by=1, asked_at=monday, decision="granted", decided_at=monday + timedelta(hours=2), **more
    )
    case = Case.objects.get()
    case.extended = 1
    assert clocks.recount(case, monday + timedelta(hours=2), by=SYSTEM.id, why="extension")
    assert case.handle_due == datetime(2026, 2, 24, 10, tzinfo=UTC)
    case.save()
    clocks.restart(case, monday + timedelta(hours=2))
    assert (case.next_due, case.due_from) == (case.handle_due, case.dispatched_at)

    # counted again, nothing is counted twice
    assert not clocks.recount(Case.objects.get(), monday + timedelta(hours=3), by=SYSTEM.id)


def test_what_the_rates_need_and_the_file_lacks_is_left_out_by_reason(bare: Path) -> None:
    done = bring(old({}, {"解决": ""}, {"解决": "没说"}, {"答复": "", "办结": ""}, {"解决": "否"}))
    assert done.uncounted == {"import_no_word": 1, "import_no_time": 1}
    found = {row.case.origin: row.reason_code for row in Exclusion.objects.select_related("case")}
    assert found == {"2": "import_no_word", "4": "import_no_time"}
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    what = cases.Slice(since, until)
    counts = cases.whole(SYSTEM, what)
    # three are counted; of them one said nothing, one solved, one not solved
    assert (counts.closed, counts.heard, counts.solved, counts.excluded) == (3, 2, 1, 1)
    assert cases.left_out(SYSTEM, what) == {"import_no_word": 1}
    nowhen = Case.objects.get(origin="4")
    assert (nowhen.state, nowhen.ended_as, nowhen.closed_at) == ("archived", "closed", None)


def test_a_phone_is_sealed_and_a_masked_one_is_nobodys_to_call(bare: Path) -> None:
    bring(old({"姓名": "王小明", "电话": "139 0000 0001"}, {"姓名": "李某", "电话": "139****0002"}, {}))
    whole, masked, none = Voice.objects.order_by("case__origin")
    assert (whole.consent_call, masked.consent_call, none.consent_call) == (True, False, False)
    assert (bool(whole.phone_index), bool(masked.phone_index)) == (True, False)
    assert b"13900000001" not in bytes(whole.contact)
    assert bytes(masked.contact)
    assert not none.contact
    seen = cases.contact_of(whole, by=SYSTEM, purpose="contact_requester", now=utc_now())
    assert '"phone": "13900000001"' in seen
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM cases_step")
        assert not any("王小明" in row[0] for row in cursor.fetchall())


def test_a_report_of_wrongdoing_is_sealed_and_not_found(town: Town) -> None:
    bring(as_csv(orders({"工单类型": "举报", "主要内容": "有人收钱办事"}, {})), SHEET)
    sealed = Case.objects.get(demand_type="whistleblow")
    assert (sealed.sealed, sealed.retention_class) == (True, "case.sealed")
    everything = Scope(everything=True)
    assert search.find("收钱", kind="case", scope=everything) == []
    event = Event.objects.get(subject_id=sealed.id)
    assert (event.place_path, event.payload["class_code"]) == ("", "")


def test_cases_are_found_by_the_number_they_had(town: Town) -> None:
    bring(as_csv(orders({})), SHEET)
    found = search.find("GD20260105000001", kind="case", scope=Scope(everything=True))
    assert found == [Case.objects.get().id]


BAD = {
    2: ({"收到": ""}, "import.no_time"),
    3: ({"收到": "前天"}, "import.time"),
    4: ({"收到": "2099-01-01"}, "import.future"),
    5: ({"收到": "1970-01-01"}, "import.too_early"),
    6: ({"答复": "2026-01-01"}, "import.order"),
    7: ({"渠道": "飞鸽"}, "import.channel"),
    8: ({"状态": "飞了"}, "import.state"),
    9: ({"解决": "大概"}, "import.solved"),
    10: ({"状态": "待访", "答复": "", "办结": ""}, "import.no_answer"),
    11: ({"大类": "长" * 80}, "import.class_title"),
    12: ({"内容": "", "大类": "", "小类": ""}, "import.no_words"),
    13: ({"内容": "长" * 20_001}, "import.words_long"),
    14: ({"编号": "9" * 65}, "import.number"),
}


def test_every_bad_row_is_told_with_its_line_and_stops_no_other(bare: Path) -> None:
    data = old(*(change for change, _ in BAD.values()), {})
    tried = actions.check(data, actions.the_mapping(MAKING), by=SYSTEM, now=utc_now())
    assert {one.line: one.code for one in tried.left} == {line: code for line, (_, code) in BAD.items()}
    assert {one.line: one.value for one in tried.left}[3] == "前天"
    done = bring(data)
    assert (done.taken, done.refused) == (1, len(BAD)) == (tried.taken, tried.count("refused"))
    assert reasons(done) == {line: code for line, (_, code) in BAD.items()}


def test_places_units_and_classes_are_refused_where_nothing_may_be_made(town: Town) -> None:
    strict = MAKING.replace("make: 'true'", "unknown: refuse").replace(
        "office: {kind: street, name: 栖禾街道}\n", ""
    )
    view = next(one for one in duties.classes(office_day(utc_now())) if one.code.startswith("municipal."))
    known = {"大类": view.group_titles.zh, "小类": view.titles.zh, "单位": "市政设施管理所"}
    far = {"社区": "天边社区"}
    data = old(known, known | far, known | {"单位": "没有的所"}, known | {"小类": "没有的类"})
    done = bring(data, strict)
    assert reasons(done) == {3: "import.place_unknown", 4: "import.unit_unknown", 5: "import.class_unknown"}
    assert Case.objects.get().place_id == town.far


def test_without_an_office_nothing_is_brought_in(bare: Path) -> None:
    with pytest.raises(Refused, match=r"import\.no_office"):
        bring(as_csv(orders({})), SHEET)
    assert Import.objects.get().state == "broken"


def test_a_dry_run_says_what_will_be_and_writes_nothing(bare: Path) -> None:
    data = old({}, {"状态": "在办"}, {"渠道": "飞鸽"}, {"解决": ""}, {"编号": "1"})
    before = _rows()
    tried = actions.check(data, actions.the_mapping(MAKING), by=SYSTEM, now=utc_now())
    assert _rows() == before
    assert not (bare / "packs" / "duties.taxonomy" / "imported.yaml").exists()
    done = bring(data)
    assert (tried.rows, tried.taken, tried.count("refused"), tried.count("twice")) == (5, 3, 1, 1)
    assert (done.rows, done.taken, done.refused, done.twice) == (5, 3, 1, 1)
    assert (dict(tried.made), dict(tried.states), dict(tried.uncounted)) == (
        done.made,
        done.states,
        done.uncounted,
    )


def _rows() -> Counter[str]:
    with connection.cursor() as cursor:
        found: Counter[str] = Counter()
        for name in connection.introspection.table_names(cursor):
            if not name.startswith(("search_words", "sqlite")):
                cursor.execute(f'SELECT count(*) FROM "{name}"')
                found[name] = cursor.fetchone()[0]
        return found


def test_a_row_twice_is_told_whether_in_one_file_or_in_two(bare: Path) -> None:
    data = old(
        {"编号": "1"},
        {"编号": "1"},
        {"编号": "1", "内容": "别的事"},
        {"编号": "", "内容": "没有编号"},
        {"编号": "", "内容": "没有编号"},
    )
    done = bring(data)
    assert (done.taken, done.refused, done.twice) == (2, 0, 3)
    assert reasons(done) == {3: "import.again", 4: "import.number_again", 6: "import.again"}
    assert [one.first_line for one in queries.left(done.id, by=SYSTEM, limit=9)] == [2, 2, 5]
    again = bring(data)
    assert (again.taken, again.twice) == (0, 5)
    first = queries.left(again.id, by=SYSTEM, limit=9)[0]
    assert (first.first_import_id, first.first_line) == (done.id, 2)
    assert Case.objects.count() == 2


def test_only_whom_it_is_given_to_brings_in(town: Town) -> None:
    how = actions.the_mapping(SHEET)
    with pytest.raises(Denied):
        actions.check(as_csv(orders({})), how, by=town.clerk(), now=utc_now())
    keeper = town.staff(7, "system_admin")
    import_id = actions.begin(as_csv(orders({})), "a.csv", how, by=keeper, now=utc_now())
    with pytest.raises(Denied):
        queries.past(by=town.clerk())
    assert [one.id for one in queries.past(by=keeper)] == [import_id]


def test_the_worker_brings_in_what_was_asked_for_and_the_file_is_kept_sealed(
    town: Town, bare: Path, django_capture_on_commit_callbacks: Any
) -> None:
    keeper = town.staff(7, "system_admin")
    data = as_csv(orders({"来电人": "王小明"}, {"工单状态": "飞了"}))
    how = actions.the_mapping(SHEET)
    import_id = actions.hand_in(data, "../../工单.csv", how, by=keeper, now=utc_now())
    assert keeping.place(import_id).exists()
    assert "王小明".encode() not in keeping.place(import_id).read_bytes()
    with pytest.raises(Refused, match=r"import\.not_tried"):
        actions.say_yes(import_id, by=keeper, now=utc_now())
    actions.work(import_id)
    tried = queries.one(import_id, by=keeper)
    assert (tried.state, tried.taken, tried.refused, Case.objects.count()) == ("tried", 1, 1, 0)
    assert actions.hand_in(data, "again.csv", how, by=keeper, now=utc_now()) == import_id
    actions.say_yes(import_id, by=keeper, now=utc_now())
    actions.work(import_id)
    actions.work(import_id)  # a job may run twice
    with pytest.raises(Refused, match=r"import\.too_late"):
        actions.drop(import_id, by=keeper, now=utc_now())
    done = queries.one(import_id, by=keeper)
    assert (done.file_name, done.state, done.taken, done.refused, done.report) == (
        "工单.csv",
        "done",
        1,
        1,
        True,
    )
    rows = actions.give_refused(import_id, by=keeper, now=utc_now())
    assert list(rows[0]) == ["#", "#column", "#reason", *HEADS]
    assert list(rows[1][:4]) == ["3", "工单状态", "import.state", "GD20260105000002"]
    assert Event.objects.filter(kind="imports.rows_given").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.purge(now=utc_now() + keeping.KEPT * 2)
    assert not keeping.place(import_id).exists()
    with pytest.raises(NotFound, match=r"import\.file_gone"):
        actions.give_refused(import_id, by=keeper, now=utc_now())


def test_a_file_that_was_tried_can_be_taken_back_and_leaves_nothing(
    town: Town, bare: Path, django_capture_on_commit_callbacks: Any
) -> None:
    keeper = town.staff(7, "system_admin")
    import_id = actions.hand_in(
        as_csv(orders({})), "a.csv", actions.the_mapping(SHEET), by=keeper, now=utc_now()
    )
    actions.work(import_id)
    with django_capture_on_commit_callbacks(execute=True):
        actions.drop(import_id, by=keeper, now=utc_now())
    assert not keeping.place(import_id).exists()
    assert not Import.objects.exists()
    assert not Case.objects.exists()
    broken = actions.hand_in(b"a,b\n1,2\n", "b.csv", actions.the_mapping(SHEET), by=keeper, now=utc_now())
    actions.work(broken)
    told = queries.one(broken, by=keeper)
    assert (told.state, told.error) == ("broken", "import.columns")
    actions.work(broken)
    actions.drop(broken, by=keeper, now=utc_now())


def test_refused_rows_that_were_mended_come_in_and_the_rest_stays(bare: Path) -> None:
    how = actions.the_mapping(MAKING)
    data = old({}, {"渠道": "飞鸽", "内容": "=cmd"}, {})
    done = bring(data)
    left = queries.left(done.id, by=SYSTEM, limit=9)
    from liren.faces.kit import tabular

    report = b"".join(tabular.lines(actions.refused_of_file(data, how, left)))
    assert b"'=cmd" in report  # a spreadsheet does not run it
    mended = bring(report.replace("飞鸽".encode(), "热线".encode()))
    assert (mended.rows, mended.taken) == (1, 1)
    assert Voice.objects.filter(words="=cmd").count() == 1


def test_an_import_taken_up_again_goes_on_where_it_stopped(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "CHUNK", 2)
    data, how, now = old(*[{} for _ in range(7)]), actions.the_mapping(MAKING), utc_now()
    import_id = actions.begin(data, "a.csv", how, by=SYSTEM, now=now)

    def stop(progress: actions.Progress) -> None:
        if progress.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.carry_on(import_id, data, now=now, told=stop)
    half = queries.one(import_id, by=SYSTEM)
    assert (half.state, half.position, half.taken, Case.objects.count()) == ("running", 4, 4, 4)
    with pytest.raises(Conflict, match=r"import\.unfinished"):
        actions.begin(data, "a.csv", how, by=SYSTEM, now=now)
    assert actions.begin(data, "a.csv", how, by=SYSTEM, now=now, resume=True) == import_id
    seen: list[int] = []
    actions.carry_on(import_id, data, now=now, told=lambda progress: seen.append(progress.done))
    assert seen == [6, 7]
    done = queries.one(import_id, by=SYSTEM)
    assert (done.state, done.taken, done.twice, Case.objects.count()) == ("done", 7, 0, 7)
    assert sorted(Origin.objects.values_list("line", flat=True)) == [2, 3, 4, 5, 6, 7, 8]


def test_the_command_tells_everything_and_ends_with_nothing_unaccounted(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, how = bare / "old.csv", bare / "old.yaml"
    file.write_bytes(old({}, {"渠道": "飞鸽"}, {"编号": "1"}))
    how.write_text(MAKING, encoding="utf-8")
    call_command("import", "cases", str(file), "--mapping", str(how), "--dry-run")
    told = capsys.readouterr().out
    assert "in 1 + 退回 refused 1 + 重复 twice 1" in told
    assert "“飞鸽”" in told
    assert not Case.objects.exists()
    report = bare / "refused.csv"
    call_command("import", "cases", str(file), "--mapping", str(how), "--report", str(report))
    told = capsys.readouterr().out
    assert "unaccounted 0" in told
    assert report.stat().st_mode & 0o077 == 0
    assert "飞鸽" in report.read_text(encoding="utf-8-sig")
    with pytest.raises(CommandError, match=r"import\.mapping_unknown"):
        call_command("import", "cases", str(file), "--mapping", "nothing")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import", "cases", str(bare / "none.csv"), "--mapping", str(how))
