"""The recount as lines in Chinese and English, and the command residents run. Part of the script residents download."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from liren.methods.ballot.board import receipt_of
from liren.methods.ballot.figures import MEASURES, Weights, number, weights_from, written
from liren.methods.ballot.judging import OF, OUTCOMES, Finding, Verdict
from liren.methods.ballot.recount import Recounted, recount
from liren.methods.ballot.tally import Tally


def main(arguments: Sequence[str] | None = None) -> int:
    """`python3 recount.py result.json`: prints the recount. 0: all is well, 1: something differs, 2: unreadable."""
    asked = argparse.ArgumentParser(description="重新计票 · count a published vote again")
    asked.add_argument("file", type=Path, help="公布的文件 · the published file")
    asked.add_argument("--receipt", default="", help="我的回执码 · my receipt code")
    asked.add_argument("--digest", default="", help="公示栏上的文件摘要 · the digest on the notice board")
    asked.add_argument(
        "--box", default="", help="截止时公示的票箱封条 · the seal of the box, posted at the close"
    )
    given = asked.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console that lacks a character still shows the rest
    try:
        text = given.file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"文件打不开 · the file cannot be opened: {error}")
        return 2
    found = recount(text)
    well, lines = told(found, receipt=given.receipt, posted={"digest": given.digest, "box": given.box})
    print("\n".join(lines))
    return 2 if found.tally is None else 0 if well else 1


def told(
    found: Recounted, *, receipt: str = "", posted: Mapping[str, str] | None = None
) -> tuple[bool, list[str]]:
    """Whether all is well, and every line of the recount.

    `receipt`: a code to look for. `posted`: what the notice board says, "digest" of the file and "box"; "" is not compared.
    """
    lines, well = ["里仁 · 重新计票    Liren · a vote counted again", ""], not found.faults
    if found.tally is not None and found.verdict is not None:
        lines += _vote(found.content, found.digest)
        lines += _count(found.content, found.tally)
        lines += _decided(found.content, found.verdict)
        for same, line in _compared(found, receipt, posted or {}):
            well = well and same
            lines.append(line)
    for fault in found.faults:
        lines += [f"[!] {fault.zh}", f"    {fault.en}"]
    if not found.faults:
        lines.append("重新算过，与公布的完全一致。 Counted again: everything agrees with what was published.")
    return well, lines


def _both(words: tuple[str, str]) -> str:
    return " / ".join(words)


def _names(content: Mapping[str, Any], options: Iterable[str]) -> str:
    named = content["question"]["options"]
    return "、".join(f"{named[one]['zh']} ({named[one]['en']})" for one in options)


def _measured(weights: Weights) -> str:
    return "；".join(f"{_both(MEASURES[measure])} {written(weight)}" for measure, weight in weights.items())


def _vote(content: Mapping[str, Any], digest: str) -> Iterator[str]:
    rule, board = content["rule"], content["board"]
    yield f"{content['title']['zh']} / {content['title']['en']}"
    yield f"投票 vote {content['vote']}，截止 closed {content['closed']}"
    yield f"规则 rule: {rule['title']['zh']} / {rule['title']['en']}，{rule['source']}"
    yield f"文件摘要 digest of this file: {digest}"
    yield f"截止时的票箱封条 the box as sealed at the close: {board['box']}"
    yield "请把以上两行与公示栏核对。 Hold these two lines against the notice board."
    yield ""


def _count(content: Mapping[str, Any], count: Tally) -> Iterator[str]:
    roll = content["roll"]
    yield f"名册 roll: {roll['voters']} 票 voters；{_measured(weights_from(roll['totals']))}"
    yield f"票 ballots {count.ballots}，空白 blank {count.blank}，无效 invalid {count.invalid}"
    yield f"参加 taking part: {_measured(count.taking)}"
    for place in count.order:
        for option in place:
            yield f"  {_names(content, [option])}: {_measured(count.options[option])}"
    for at, counts in enumerate(count.rounds, 1):
        held = "；".join(f"{_names(content, [one])} {written(had)}" for one, had in counts.items())
        yield f"  第 {at} 轮 round {at}: {held}"
    yield ""


def _decided(content: Mapping[str, Any], verdict: Verdict) -> Iterator[str]:
    for at, found in enumerate(verdict.quorum, 1):
        if found:
            yield f"参加够不够，方式 {at} · did enough take part, way {at}:"
            yield from (_held(one) for one in found)
    for option, held in sorted(verdict.majority.items()):
        yield f"同意够不够 · did enough agree: {_names(content, [option])}"
        yield from (_held(one) for one in held)
    yield f"结论 outcome: {_both(OUTCOMES[verdict.outcome])}"
    if verdict.elected and content["question"]["method"] != "question":
        yield f"当选 elected: {_names(content, verdict.elected)}"
    if verdict.again:
        yield f"下一轮 next round: {_names(content, verdict.again)}"
    yield ""


def _held(found: Finding) -> str:
    wanted = found.condition
    bound = "超过 more than" if wanted.strict else "至少 at least"
    met = "够 met" if found.met else "不够 not met"
    return (
        f"  {_both(MEASURES[wanted.measure])}: {written(found.had)} / {written(found.base)}，{_both(OF[wanted.of])}；"
        f"要{bound} {wanted.share.numerator}/{wanted.share.denominator}：{_near(found.needed)}；{met}"
    )


def _near(value: Fraction) -> str:
    """A number as people read it: cut after the second place where it goes on."""
    cut = Fraction(floor(value * 100), 100)
    return written(cut) if cut == value else f"{written(cut)}…"


def _compared(found: Recounted, receipt: str, posted: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    held = {"digest": found.digest, "box": found.content["board"]["box"]}
    for name, zh, en in (("digest", "文件摘要", "the digest"), ("box", "票箱封条", "the seal of the box")):
        wanted = "".join(posted.get(name, "").lower().split())
        if wanted:
            same = wanted == held[name]
            word = "与公示栏一致 as posted" if same else "与公示栏不同！ NOT what was posted"
            yield same, f"{zh} {en}: {word}"
    if receipt:
        code = receipt_of(found.content["vote"], receipt)
        row = next((row for row in found.content["receipts"] if row["receipt"] == code), None)
        if row is None:
            yield False, f"回执 {receipt} 不在里面！ The receipt is NOT in the file."
        else:
            weight = _measured({measure: number(value) for measure, value in row["weight"].items()})
            yield True, f"回执 {receipt} 在里面，算了 · the receipt is in the file, counted as: {weight}"


if __name__ == "__main__":
    raise SystemExit(main())
