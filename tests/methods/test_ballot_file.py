"""The published file: it counts again, by the house and by the script alone, and no thing in it can be changed unseen."""

import ast
import copy
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods import ballot
from liren.methods.ballot import Ballot, Question
from tests.methods.ballot_box import asked, basis, codes, law, published, receipts, sealed, street, weight

Path_ = tuple[str | int, ...]
FILE = published()
SECRET_ROLL = ballot.equals("persons", [f"v{at:03}" for at in range(40)])


def secret() -> str:
    """An election by secret ballot with a spoilt, a blank and an invalid ballot in it."""
    said: list[tuple[str, ...] | None] = (
        [("a", "b")] * 15 + [("a", "c")] * 8 + [("d",)] * 3 + [(), None, ("a", "b", "c")]
    )
    ballots = ballot.weighed(SECRET_ROLL, {f"v{at:03}": one for at, one in enumerate(said)})
    return ballot.publish(
        asked(Question("seats", ("a", "b", "c", "d"), 2), "secret"),
        basis("village.election"),
        SECRET_ROLL,
        sealed(ballots),
        receipts(ballots),
        "12 7",
    )


def ranked(method: str) -> str:
    options = ("a", "b", "c")
    said = [("a", "b", "c"), ("b", "a"), ("c", "b", "a"), ("c",), ("a",), ("b", "c"), ()]
    points = [tuple(range(len(one))) if method == "score" else () for one in said]
    ballots = [Ballot(one, weight(persons=1), given) for one, given in zip(said, points, strict=True)]
    question = Question(method, options, 1, 4 if method == "score" else 0)
    return ballot.publish(
        asked(question, "secret"),
        basis("poll.advisory"),
        SECRET_ROLL,
        sealed(ballots),
        receipts(ballots),
        "lot",
    )


FILES = {
    "owners": FILE,
    "election": secret(),
    **{method: ranked(method) for method in ("approval", *ballot.RANKED)},
}


@pytest.mark.parametrize("name", FILES)
def test_a_published_file_counts_again_to_the_same(name: str) -> None:
    found = ballot.recount(FILES[name])
    assert found.faults == ()
    content = json.loads(FILES[name])
    assert found.digest == content["digest"]
    assert found.tally
    assert found.verdict
    assert ballot.result_of(found.tally, found.verdict) == content["result"]
    well, lines = ballot.told(found)
    assert well
    assert "完全一致" in lines[-1]


def test_the_count_is_that_of_the_ballots_that_went_in() -> None:
    roll = street()
    voters = [entry.voter for entry in roll.entries]
    choices: dict[str, tuple[str, ...] | None] = dict.fromkeys(voters[:9], ("yes",))
    choices[voters[9]] = ("no",)
    found = ballot.recount(published(choices))
    assert found.tally
    assert found.verdict
    inside = ballot.tally(asked().question, ballot.weighed(roll, choices))
    assert found.tally == inside
    assert found.verdict == ballot.judge(
        law("owners.ordinary").threshold, asked().question, inside, roll.totals
    )
    assert found.verdict.outcome == "passed"
    areas = {entry.voter: dict(entry.weight)["area"] for entry in roll.entries}
    assert found.tally.options["yes"] == {"persons": 9, "area": sum(areas[one] for one in voters[:9])}
    election = ballot.recount(FILES["election"])
    assert election.verdict
    assert (election.verdict.outcome, election.verdict.elected) == ("passed", ("a", "b"))
    assert election.tally
    assert (election.tally.ballots, election.tally.blank, election.tally.invalid) == (29, 1, 2)


def test_the_order_in_which_ballots_and_receipts_came_is_not_in_the_file() -> None:
    roll = street()
    ballots = ballot.weighed(roll, {entry.voter: ("yes",) for entry in roll.entries})
    box, held = sealed(ballots), receipts(ballots)
    one = ballot.publish(asked(), basis("owners.ordinary"), roll, box, held, "4 2")
    other = ballot.publish(asked(), basis("owners.ordinary"), roll, box[::-1], held[3:] + held[:3], "4 2")
    assert one == other


def test_a_receipt_is_tied_to_no_ballot() -> None:
    """Exchange what two voters of one weight said: the receipts, and all that is known of them, stay the same."""
    content = json.loads(FILES["election"])
    hashes = {row["receipt"] for row in content["receipts"]}
    inside = json.dumps([content["ballots"], content["board"]["box"], content["result"]])
    assert not any(one in inside for one in hashes)
    assert all(set(row) == {"receipt", "weight"} for row in content["receipts"])
    assert all(set(row) == {"choice", "salt", "weight", "sealed"} for row in content["ballots"])
    assert Counter(map(str, (row["weight"] for row in content["receipts"]))) == {"{'persons': '1'}": 29}
    assert not any(entry.voter in FILES["election"] for entry in SECRET_ROLL.entries)
    said = [Ballot(("a",), weight(persons=1)), Ballot(("b",), weight(persons=1))]
    question = Question("approval", ("a", "b"))
    files = [
        json.loads(
            ballot.publish(
                asked(question, "secret"),
                basis("poll.advisory"),
                SECRET_ROLL,
                sealed(box),
                receipts(said),
                "s",
            )
        )
        for box in (said, said[::-1])
    ]
    assert files[0]["receipts"] == files[1]["receipts"]
    assert files[0]["board"]["receipts_root"] == files[1]["board"]["receipts_root"]
    assert files[0]["result"] == files[1]["result"]


# ---- changing the file ----


def places(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Every place in the file: of the things and of what holds them."""
    if at:
        yield at
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*at, name))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from places(part, (*at, place))


def holder(content: Any, at: Path_) -> Any:
    for step in at[:-1]:
        content = content[step]
    return content


def other(value: Any) -> list[Any]:
    """Things that could stand there instead."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, str):
        digit = value[:-1] + ("1" if value.endswith("0") else "0")
        return [digit, value + " ", "", None] if value else ["0", None]
    if value is None:
        return ["", [], {"persons": "1"}]
    if isinstance(value, list):
        return [value[1:], value + value[:1], value[::-1], None] if value else [["a"], None]
    return [{name: value[name] for name in list(value)[1:]}, value | {"more": 1}, None]


ALL_PLACES = list(places(json.loads(FILE)))


def test_every_single_change_anywhere_is_found() -> None:
    content = json.loads(FILE)
    tried = 0
    for at in ALL_PLACES:
        for instead in other(holder(content, at)[at[-1]]):
            changed = copy.deepcopy(content)
            holder(changed, at)[at[-1]] = instead
            if changed == content:
                continue
            tried += 1
            found = ballot.recount(json.dumps(changed))
            assert found.faults, (at, instead)
            assert not ballot.told(found, receipt="0000-0000-0000", posted={"digest": "0"})[0]
        gone = copy.deepcopy(content)
        del holder(gone, at)[at[-1]]
        assert ballot.recount(json.dumps(gone)).faults, at
    assert tried > 500


@pytest.mark.parametrize("part", ["ballots", "receipts", "board", "result"])
def test_a_change_is_found_by_the_rest_even_if_the_digest_is_written_anew(part: str) -> None:
    """For what was voted: not the digest alone stands guard."""
    content = json.loads(FILE)
    for at in ALL_PLACES:
        if at[0] != part:
            continue
        for instead in other(holder(content, at)[at[-1]]):
            changed = copy.deepcopy(content)
            holder(changed, at)[at[-1]] = instead
            if changed == content:
                continue
            assert ballot.recount(json.dumps(redigested(changed))).faults, (at, instead)


def redigested(content: dict[str, Any]) -> dict[str, Any]:
    rest = {name: content[name] for name in content if name != "digest"}
    return rest | {"digest": ballot.digest(rest)}


@settings(max_examples=400)
@given(data=st.data())
def test_no_byte_of_the_file_can_be_another(data: st.DataObject) -> None:
    raw = FILE.encode()
    at = data.draw(st.integers(0, len(raw) - 1))
    instead = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    changed = raw[:at] + bytes([instead]) + raw[at + 1 :]
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    found = ballot.recount(text)
    # blanks between things are no content: everything else is
    assert found.faults or json.loads(text) == json.loads(FILE)


Change = Callable[[dict[str, Any]], None]


def _resealed(row: dict[str, Any], vote: str) -> None:
    row["sealed"] = ballot.sealed(vote, row)


def turned(content: dict[str, Any]) -> None:
    row = next(row for row in content["ballots"] if row["choice"] == ["no"])
    row["choice"] = ["yes"]


def turned_and_resealed(content: dict[str, Any]) -> None:
    row = next(row for row in content["ballots"] if row["choice"] == ["no"])
    row["choice"] = ["yes"]
    _resealed(row, content["vote"])


def missing(content: dict[str, Any]) -> None:
    del content["ballots"][3]


def added(content: dict[str, Any]) -> None:
    row = copy.deepcopy(content["ballots"][0]) | {"salt": "ab" * 16}
    _resealed(row, content["vote"])
    content["ballots"].append(row)


def doubled(content: dict[str, Any]) -> None:
    content["ballots"].append(content["ballots"][0])


def moved(content: dict[str, Any]) -> None:
    content["ballots"][0], content["ballots"][1] = content["ballots"][1], content["ballots"][0]


def double_receipt(content: dict[str, Any]) -> None:
    content["receipts"][1] = content["receipts"][0]


def receipt_gone(content: dict[str, Any]) -> None:
    del content["receipts"][0]


def heavier(content: dict[str, Any]) -> None:
    content["receipts"][0]["weight"]["area"] = "999"


def totals(content: dict[str, Any]) -> None:
    content["result"]["options"]["yes"]["area"] = "1"


def small_roll(content: dict[str, Any]) -> None:
    content["roll"]["totals"]["area"] = "10"


def few_voters(content: dict[str, Any]) -> None:
    content["roll"]["voters"] = 3


def root(content: dict[str, Any]) -> None:
    content["board"]["root"] = "0" * 64


def said_passed(content: dict[str, Any]) -> None:
    content["result"]["outcome"] = "rejected" if content["result"]["outcome"] == "passed" else "passed"


def easier(content: dict[str, Any]) -> None:
    content["rule"]["ways"][0]["majority"][0] = {"measure": "area", "at_least": "1/3", "of": "voting"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (turned, ["is not what its seal says", "votes of the options"]),
        (turned_and_resealed, ["not the one sealed", "the root", "votes of the options"]),
        (missing, ["ballots are missing", "not the one sealed", "the root", "number of ballots"]),
        (added, ["have no receipt", "not the one sealed", "in the order"]),
        (doubled, ["is there twice, with one seal", "have no receipt"]),
        (moved, ["in the order the drawn seed gives", "the root"]),
        (double_receipt, ["receipt 2 is there twice", "the root of the receipts"]),
        (receipt_gone, ["have no receipt", "the root of the receipts"]),
        (heavier, ["what the receipts weigh", "the root of the receipts"]),
        (totals, ["votes of the options: published"]),
        (small_roll, ["more than the 10 on the roll"]),
        (few_voters, ["but 3 on the roll"]),
        (root, ["the root of the ballots differs"]),
        (said_passed, ["outcome: published"]),
        (easier, ["whether enough agreed"]),
    ],
)
@pytest.mark.parametrize("anew", [False, True])
def test_what_was_changed_is_told_in_plain_words(change: Change, says: list[str], anew: bool) -> None:
    content = json.loads(FILE)
    change(content)
    found = ballot.recount(json.dumps(redigested(content) if anew else content))
    told = "\n".join(fault.en for fault in found.faults)
    for words in says:
        assert words in told, told
    assert ("the digest is not that of the file" in told) is not anew
    for fault in found.faults:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in fault.zh)
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in fault.en)
    well, lines = ballot.told(found)
    assert not well
    assert not any("完全一致" in line for line in lines)


def test_many_changes_of_one_kind_are_not_told_one_by_one() -> None:
    content = json.loads(published(owners=40))
    for row in content["ballots"]:
        row["salt"] = "00" * 16
    told = [fault.en for fault in ballot.recount(json.dumps(content)).faults]
    assert sum("is not what its seal says" in one for one in told) == 10
    assert f"and {len(content['ballots']) - 10} more of these" in told


def test_whoever_writes_the_whole_file_anew_is_found_out_only_by_the_notice_board() -> None:
    """The honest limit: a forged file is whole in itself, and another one than was posted."""
    forged = ballot.recount(published({entry.voter: ("yes",) for entry in street().entries}))
    true = ballot.recount(FILE)
    assert forged.faults == ()
    posted = {"digest": true.digest, "box": true.content["board"]["box"]}
    assert ballot.told(true, posted=posted)[0]
    well, lines = ballot.told(forged, posted=posted)
    assert not well
    assert sum("NOT what was posted" in line for line in lines) == 2
    assert ballot.told(forged)[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": "liren.ballot/2"}',
        FILE.replace('"seats": 1', '"seats": 1.0'),
        FILE.replace('"seats": 1', '"seats": NaN'),
        FILE.replace('"seats": 1', '"seats": 1, "seats": 1'),
        FILE.replace('"method": "question"', '"method": "borda"'),
        "[" * 100_000,
        json.dumps({"format": "liren.ballot/1", "ballots": 7}),
    ],
)  # fmt: skip
def test_what_is_no_published_vote_is_told_and_never_raises(text: str) -> None:
    found = ballot.recount(text)
    assert found.tally is None
    assert ["cannot be read" in fault.en for fault in found.faults] == [True]
    assert not ballot.told(found)[0]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_makes_the_recount_fall_over(value: Any) -> None:
    assert ballot.recount(json.dumps(value)).faults
    content = json.loads(FILE)
    for name in content:
        assert ballot.recount(json.dumps(content | {name: value})).faults or content[name] == value


def test_a_file_saved_by_another_program_still_counts() -> None:
    content = json.loads(FILE)
    assert ballot.recount("\ufeff" + json.dumps(content, indent=4).replace("\n", "\r\n")).faults == ()
    assert ballot.recount(json.dumps(content, sort_keys=True, ensure_ascii=False)).faults == ()


# ---- what may not be published ----


def test_a_secret_vote_of_few_or_of_uneven_voters_is_not_published() -> None:
    ballots = [Ballot(("yes",), weight(persons=1))]
    few, enough = (ballot.equals("persons", [f"v{at}" for at in range(size)]) for size in (19, 20))
    parts = (basis("poll.advisory"), few, sealed(ballots), receipts(ballots), "s")
    with pytest.raises(ValueError, match="20 voters who weigh the same"):
        ballot.publish(asked(secrecy="secret"), *parts)
    assert ballot.recount(ballot.publish(asked(secrecy="recorded"), *parts)).faults == ()
    assert ballot.publish(asked(secrecy="secret"), parts[0], enough, *parts[2:])
    roll = street(30)
    weighed = ballot.weighed(roll, {roll.entries[0].voter: ("yes",)})
    with pytest.raises(ValueError, match="weigh the same"):
        ballot.publish(
            asked(secrecy="secret"), basis("owners.ordinary"), roll, sealed(weighed), receipts(weighed), "s"
        )


def test_what_the_law_wants_secret_is_not_published_with_names_on_it() -> None:
    ballots = ballot.weighed(SECRET_ROLL, {"v001": ("a",)})
    with pytest.raises(ValueError, match="wants a secret vote"):
        ballot.publish(
            asked(Question("seats", ("a", "b"))),
            basis("village.election"),
            SECRET_ROLL,
            sealed(ballots),
            receipts(ballots),
            "s",
        )


@pytest.mark.parametrize("key", ["residents.meeting", "villagers.meeting", "village.recall"])
def test_no_decision_is_published_under_a_rule_nobody_read(key: str) -> None:
    ballots = ballot.weighed(SECRET_ROLL, {"v001": ("yes",)})
    with pytest.raises(ValueError, match="official text"):
        ballot.publish(
            asked(), basis(key, "2026-03-01"), SECRET_ROLL, sealed(ballots), receipts(ballots), "s"
        )
    assert ballot.publish(
        asked(), basis(key, "2025-03-01"), SECRET_ROLL, sealed(ballots), receipts(ballots), "s"
    )


def test_what_does_not_recount_is_not_published() -> None:
    roll = street()
    ballots = ballot.weighed(roll, {entry.voter: ("yes",) for entry in roll.entries})
    box, held = sealed(ballots), receipts(ballots)
    wrong = [
        (box + box[:1], held),  # one ballot twice
        (box, held[1:]),  # a ballot without a receipt
        (box[1:], held),  # a receipt without a ballot
        (box, held[1:] + held[1:2]),  # a receipt twice
        (
            [*box, *sealed(ballots[:1], "x")],
            [*held, *receipts(ballots, "another vote")[:1]],
        ),  # more than the roll has
    ]
    for ballots_in, receipts_in in wrong:
        with pytest.raises(ValueError, match="does not recount"):
            ballot.publish(asked(), basis("owners.ordinary"), roll, ballots_in, receipts_in, "s")
    with pytest.raises(ValueError, match="sixteen bytes"):
        ballot.publish(
            asked(), basis("owners.ordinary"), roll, [ballot.Sealed(ballots[0], "00")], held[:1], "s"
        )


# ---- the script ----


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("resident") / "recount.py"
    path.write_text(ballot.script(), encoding="utf-8")
    return path


def run(script: Path, text: str, *options: str) -> tuple[int, str]:
    """The script alone: an isolated Python, in a folder with nothing of ours."""
    file = script.parent / "result.json"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "recount.py", "result.json", *options],
        cwd=script.parent,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.rstrip("\n")


def test_the_script_is_one_file_of_pythons_own_library() -> None:
    tree = ast.parse(ballot.script())
    wanted = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert wanted <= sys.stdlib_module_names
    assert "liren" not in wanted
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names += [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    guards = [node for node in tree.body if isinstance(node, ast.If)]
    assert ast.unparse(guards[0].test) == "sys.version_info < (3, 10)"
    assert len(names) == len(set(names)), "two parts use one name for two things"
    assert {"recount", "tally", "judge", "levels", "main"} <= set(names)


@pytest.mark.parametrize("name", FILES)
def test_the_script_alone_says_what_the_house_says(script: Path, name: str) -> None:
    code, printed = run(script, FILES[name])
    assert code == 0
    assert printed == "\n".join(ballot.told(ballot.recount(FILES[name]))[1])


def test_the_script_speaks_both_languages(script: Path) -> None:
    code, printed = run(script, FILE)
    assert code == 0
    for words in (
        "Counted again: everything agrees", "完全一致", "结论 outcome: 通过 / passed", "票 ballots 9", "TP-0506-01",
        "同意 (For): 人数 / persons 5；面积（㎡） / area (m²)", "《中华人民共和国民法典》第二百七十八条",
        "人数 / persons: 9 / 12，全体 / all on the roll；要至少 at least 2/3：8；够 met",
        "面积（㎡） / area (m²): 519.85 / 702.85，全体 / all on the roll；要至少 at least 2/3：468.56…；够 met",
        "人数 / persons: 5 / 9，参加表决的 / those voting；要超过 more than 1/2：5；够 met",
    ):  # fmt: skip
        assert words in printed, printed


def test_who_is_elected_and_who_stands_again_is_printed() -> None:
    def lines(name: str) -> list[str]:
        return [
            line
            for line in ballot.told(ballot.recount(FILES[name]))[1]
            if "elected" in line or "next round" in line
        ]

    assert lines("election") == ["当选 elected: 甲a (the a)、甲b (the b)"]
    assert lines("owners") == []
    assert lines("score") == []
    again = ballot.weighed(SECRET_ROLL, {f"v{at:03}": ("a",) if at < 12 else ("b", "c") for at in range(24)})
    text = ballot.publish(
        asked(Question("seats", ("a", "b", "c"), 2), "secret"),
        basis("village.election"), SECRET_ROLL, sealed(again), receipts(again), "s",
    )  # fmt: skip
    printed = ballot.told(ballot.recount(text))[1]
    assert "下一轮 next round: 甲a (the a)、甲b (the b)、甲c (the c)" in printed
    assert not any("elected:" in line for line in printed)


@pytest.mark.parametrize("change", [turned, missing, double_receipt, totals, root, easier])
def test_the_script_finds_what_the_house_finds(script: Path, change: Change) -> None:
    content = json.loads(FILE)
    change(content)
    text = json.dumps(content)
    code, printed = run(script, text)
    assert code == 1
    assert printed == "\n".join(ballot.told(ballot.recount(text))[1])


def test_the_script_looks_for_my_receipt_and_holds_the_file_against_the_board(script: Path) -> None:
    content = json.loads(FILE)
    mine = codes([Ballot((), ())])[0]
    code, printed = run(script, FILE, "--receipt", mine.lower())
    assert (code, "the receipt is in the file" in printed) == (0, True)
    assert "人数 / persons 1" in printed.splitlines()[-2]
    code, printed = run(script, FILE, "--receipt", "0000-0000-0000")
    assert (code, "The receipt is NOT in the file" in printed) == (1, True)
    code, printed = run(script, FILE, "--digest", content["digest"].upper(), "--box", content["board"]["box"])
    assert (code, printed.count("as posted")) == (0, 2)
    assert run(script, FILE, "--digest", "0" * 64)[0] == 1
    assert run(script, FILE, "--box", "0" * 64)[0] == 1


def test_the_script_says_what_it_cannot_read(script: Path) -> None:
    assert run(script, "{}")[0] == 2
    assert "cannot be read" in run(script, "{}")[1]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), "nowhere.json"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, "cannot be opened" in done.stdout) == (2, True)
