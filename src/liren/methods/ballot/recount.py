"""A published vote counted again from its file alone, every mismatch in plain words. Part of the script residents download.

Whoever changes one thing in the file is found out by the rest of it. Whoever writes the whole file anew is found out by
what was posted on the notice board: the box when voting ended, the digest of the file when it was opened.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from liren.methods.ballot.board import ballots_root, digest, in_order, receipts_root, sealed, sealed_box
from liren.methods.ballot.figures import AREA, MEASURES, Weights, plain, weights_from, written
from liren.methods.ballot.judging import Verdict, judge, threshold_from
from liren.methods.ballot.tally import Ballot, Tally, question_from, tally

FORMAT = "liren.ballot/1"
# exactly these, so that nothing rides along unseen
FIELDS = {
    "": {
        "format", "vote", "title", "closed", "secrecy", "question", "rule", "roll", "present", "board", "result",
        "ballots", "receipts", "digest",
    },
    "title": {"zh", "en"},
    "question": {"method", "options", "seats", "most"},
    "rule": {"key", "title", "source", "kind", "takes_part", "run_off", "ways"},
    "roll": {"digest", "voters", "totals"},
    "board": {"box", "seed", "root", "receipts_root"},
}  # fmt: skip
SALT = re.compile(r"[0-9a-f]{32}")
BALLOT = {"choice", "salt", "weight", "sealed"}
SHOWN = 10  # faults of one kind that are told one by one
RESULT = {
    "ballots": ("票数", "number of ballots"),
    "blank": ("空白票", "blank ballots"),
    "invalid": ("无效票", "invalid ballots"),
    "taking": ("参加表决的合计", "total taking part"),
    "options": ("各项得票", "votes of the options"),
    "order": ("得票次序", "order by votes"),
    "rounds": ("逐轮计票", "rounds"),
    "way": ("所用的表决方式", "way of deciding used"),
    "quorum": ("参加够不够", "whether enough took part"),
    "majority": ("同意够不够", "whether enough agreed"),
    "outcome": ("结论", "outcome"),
    "elected": ("当选", "who is elected"),
    "again": ("下一轮候选", "who stands in the next round"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the file that does not fit the rest of it, said in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Recounted:
    """What the file says when it is counted again. Without faults it says what it published.

    `content`: the file as read. `tally` and `verdict` are None where it could not be counted. `digest`: of what is there,
    to hold against the notice board.
    """

    content: Mapping[str, Any]
    digest: str
    tally: Tally | None
    verdict: Verdict | None
    faults: tuple[Fault, ...]


def recount(text: str) -> Recounted:
    """Count a published file again and compare it with what it claims. Never raises: what cannot be read is a fault."""
    try:
        content = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
        if content["format"] != FORMAT:
            raise ValueError(f"the format is {content['format']!r}, not {FORMAT!r}")
        _shaped(content)
        return _counted(content)
    # a stranger's file may hold anything anywhere; whatever does not fit the format ends here, in words
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:200]
        return Recounted(
            {}, "", None, None, (Fault(f"文件读不出：{what}", f"the file cannot be read: {what}"),)
        )


def result_of(count: Tally, verdict: Verdict) -> dict[str, Any]:
    """A count and what it decides, as the file publishes them."""
    return {
        "ballots": count.ballots,
        "blank": count.blank,
        "invalid": count.invalid,
        "taking": plain(count.taking),
        "options": {option: plain(by) for option, by in sorted(count.options.items())},
        "order": [list(place) for place in count.order],
        "rounds": [plain(counts) for counts in count.rounds],
        "way": verdict.way,
        "quorum": [[one.plain() for one in way] for way in verdict.quorum],
        "majority": {
            name: [one.plain() for one in found] for name, found in sorted(verdict.majority.items())
        },
        "outcome": verdict.outcome,
        "elected": list(verdict.elected),
        "again": list(verdict.again),
    }


def _shaped(content: Mapping[str, Any]) -> None:
    for name, fields in FIELDS.items():
        if set(content[name] if name else content) != fields:
            raise ValueError(f"the fields of {name or 'the file'} are not those of the format")
    for names in (content["title"], content["rule"]["title"], *content["question"]["options"].values()):
        if set(names) != FIELDS["title"] or not all(isinstance(words, str) for words in names.values()):
            raise ValueError(f"{names!r} is not said in both languages")
    if not all(
        isinstance(one, str) for one in (content["vote"], content["closed"], content["rule"]["source"])
    ):
        raise ValueError("the vote has no key, no close or no source")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A name written twice would let two readers of one file see two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is written twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of the format: write it as text")


def _counted(content: dict[str, Any]) -> Recounted:
    rows = content["ballots"]
    roll = weights_from(content["roll"]["totals"])
    present = None if content["present"] is None else weights_from(content["present"])
    question = question_from(content["question"])
    count = tally(question, map(ballot_from, rows), content["board"]["seed"])
    verdict = judge(threshold_from(content["rule"]), question, count, roll, present)
    actual = digest({name: content[name] for name in content if name != "digest"})
    faults = [
        *_file_faults(content, actual),
        *_board_faults(content, rows),
        *_receipt_faults(content, rows),
        *_roll_faults(content, count, roll, present),
        *_result_faults(content["result"], result_of(count, verdict)),
    ]
    return Recounted(content, actual, count, verdict, tuple(faults))


def ballot_from(row: Mapping[str, Any]) -> Ballot:
    """A ballot from its row. Raises ValueError, KeyError or TypeError where it is none."""
    choice, points = row["choice"], row.get("points", [])
    strings = choice is None or (isinstance(choice, list) and all(isinstance(one, str) for one in choice))
    fields = BALLOT | {"points"} if points else BALLOT
    if not strings or not all(type(one) is int for one in points) or set(row) != fields:
        raise ValueError(f"{row!r} is no ballot")
    if not SALT.fullmatch(row["salt"]):
        raise ValueError("a salt is sixteen bytes in hex")
    return Ballot(None if choice is None else tuple(choice), _exact(_weight(row)), tuple(points))


Written = tuple[tuple[str, str], ...]


def _weight(row: Mapping[str, Any]) -> Written:
    return tuple(sorted(row["weight"].items()))


@lru_cache(maxsize=65536)
def _exact(weight: Written) -> tuple[tuple[str, Fraction], ...]:
    return tuple(weights_from(dict(weight)).items())


def _file_faults(content: Mapping[str, Any], actual: str) -> Iterator[Fault]:
    if content["digest"] != actual:
        yield Fault(
            f"文件摘要不符：文件写的是 {content['digest']}，算出来是 {actual}，文件被改过",
            f"the digest is not that of the file: it says {content['digest']}, it is {actual}; the file was changed",
        )


def _some(at: Iterable[int], zh: str, en: str) -> Iterator[Fault]:
    """One fault for each place, the first few; then how many more there are."""
    places = list(at)
    for place in places[:SHOWN]:
        yield Fault(zh.format(place + 1), en.format(place + 1))
    if len(places) > SHOWN:
        more = len(places) - SHOWN
        yield Fault(f"这样的还有 {more} 处", f"and {more} more of these")


def _twice(values: Sequence[str]) -> list[int]:
    """The places of values that stood there before."""
    first: dict[str, int] = {}
    return [at for at, value in enumerate(values) if first.setdefault(value, at) != at]


def _board_faults(content: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    board, seals = content["board"], [row["sealed"] for row in rows]
    yield from _some(
        (at for at, row in enumerate(rows) if sealed(content["vote"], row) != row["sealed"]),
        "第 {} 张票与它的封条不符：票被改过",
        "ballot {} is not what its seal says: it was changed",
    )
    yield from _some(
        _twice(seals), "第 {} 张票的封条前面已有：同一张票放了两次", "ballot {} is there twice, with one seal"
    )
    if sealed_box(seals) != board["box"]:
        yield Fault(
            "票箱与截止时封存的不是同一批票：少了、多了或换了",
            "the box is not the one sealed when voting ended: ballots are missing, added or exchanged",
        )
    if in_order(board["seed"], seals) != seals:
        yield Fault(
            "票的排列不是公开抽取的种子定的次序", "the ballots are not in the order the drawn seed gives"
        )
    if ballots_root(seals) != board["root"]:
        yield Fault(
            "票的总封条（树根）不符：票少了、多了、换了或动了次序",
            "the root of the ballots differs: one is missing, added, exchanged or moved",
        )


def _receipt_faults(content: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    receipts = content["receipts"]
    codes, weights = [row["receipt"] for row in receipts], Counter(map(_weight, receipts))
    for weight in weights:
        _exact(weight)  # raises where it is none
    if any(set(row) != {"receipt", "weight"} for row in receipts):
        yield Fault("有的回执多了内容", "some receipts say more than receipts do")
    yield from _some(_twice(codes), "第 {} 个回执前面已有：一个回执出现两次", "receipt {} is there twice")
    if codes != sorted(codes):
        yield Fault("回执没有按字顺排", "the receipts are not in alphabetical order")
    if len(receipts) != len(rows):
        few = len(rows) < len(receipts)
        yield Fault(
            f"票 {len(rows)} 张，回执 {len(receipts)} 个：{'少了票' if few else '有没有回执的票'}",
            f"{len(rows)} ballots but {len(receipts)} receipts: "
            f"{'ballots are missing' if few else 'some ballots have no receipt'}",
        )
    elif weights != Counter(map(_weight, rows)):
        yield Fault(
            "回执记的面积、人数与票上的对不上",
            "what the receipts weigh is not what the ballots weigh",
        )
    if receipts_root(receipts) != content["board"]["receipts_root"]:
        yield Fault(
            "回执的总封条（树根）不符：回执少了、多了或换了",
            "the root of the receipts differs: one is missing, added or exchanged",
        )


def _roll_faults(
    content: Mapping[str, Any], count: Tally, roll: Weights, present: Weights | None
) -> Iterator[Fault]:
    voters = content["roll"]["voters"]
    fit = {weight for weight in set(map(_weight, content["ballots"])) if _fits(weight, roll)}
    if type(voters) is not int or count.ballots > voters:
        yield Fault(
            f"票 {count.ballots} 张，名册上只有 {voters} 票",
            f"{count.ballots} ballots, but {voters} on the roll",
        )
    yield from _some(
        (at for at, weight in enumerate(map(_weight, content["ballots"])) if weight not in fit),
        "第 {} 张票的人数、面积写法不对",
        "ballot {} is not weighed as the roll is",
    )
    over = [("参加表决的", "taking part", count.taking, "名册上的", "on the roll", roll)]
    if present is not None:
        over = [
            ("参加表决的", "taking part", count.taking, "到会的", "present", present),
            ("到会的", "present", present, "名册上的", "on the roll", roll),
        ]
    for zh, en, less, more_zh, more_en, more in over:
        for measure, weight in less.items():
            if weight > more.get(measure, Fraction(0)):
                have, most = written(weight), written(more.get(measure, Fraction(0)))
                yield Fault(
                    f"{zh}{MEASURES[measure][0]} {have}，比{more_zh} {most} 还多",
                    f"{MEASURES[measure][1]} {en}: {have}, more than the {most} {more_en}",
                )


def _fits(weight: Written, roll: Weights) -> bool:
    """Whether it weighs by what the roll does, in whole numbers but for area, each written the one way there is."""
    exact = _exact(weight)
    whole = all(value.denominator == 1 for measure, value in exact if measure != AREA)
    return whole and set(dict(weight)) == set(roll) and tuple(plain(dict(exact)).items()) == weight


def _result_faults(claimed: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[Fault]:
    for name in sorted({*claimed, *ours}):
        if name not in claimed or name not in ours or claimed[name] != ours[name]:
            zh, en = RESULT.get(name, (name, name))
            said, found = _short(claimed.get(name)), _short(ours.get(name))
            yield Fault(
                f"公布的“{zh}”是 {said}，重新算出来是 {found}",
                f"{en}: published {said}, counted again {found}",
            )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 300 else f"{text[:300]}…"
