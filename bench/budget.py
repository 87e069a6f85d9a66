"""Winners of participatory budgets beside those that cities declared and a library found, and how long they take.

The data is not part of this repository: `--data` names the folder that holds participation/budgets. What is timed runs
in a process of its own on one thread, in processor time.
"""

import json
import os
import subprocess
import sys
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench.frame import Measured
from liren.methods import budget
from liren.methods.budget.election import Utility
from liren.methods.budget.purses import Purses

RUNS = 15
ADD_RUNS = 5
UTILITIES: tuple[Utility, ...] = ("cost", "cardinality", "points")
BESIDE_RUNS = 3
KRAKOW, KATOWICE = "poland_krakow_2021_.pb", "poland_katowice_2021_.pb"
WIELICZKA, DENSEST = "poland_wieliczka_2023.pb", "poland_warszawa_2020_praga-poludnie.pb"
# satisfactions of pabutools 1.2.3 that count what we count
SATISFACTION = {KRAKOW: "Additive_Borda_Sat", KATOWICE: "Additive_Cardinal_Sat"}
# Its processor seconds from file to winners: median of three, ours between them, by budget_beside.py. Used where
# BESIDE_PYTHON names no Python that has it.
KEPT: dict[str, float] = {KRAKOW: 8.56, KATOWICE: 2.45}


def measure(data_dir: Path | None) -> list[Measured]:
    """Nine rows; none without the folder."""
    folder = data_dir / "participation" / "budgets" if data_dir else None
    if folder is None or not folder.exists():
        print("budget: needs --data with participation/budgets", file=sys.stderr)
        return []
    rows = [_wieliczka(folder), _references(folder), _greedy(folder), _exact(folder)]
    told = {name: _beside(folder / name) for name in (KRAKOW, KATOWICE)}
    for name, town in ((KRAKOW, "Kraków"), (KATOWICE, "Katowice")):
        one = told[name]
        note = (
            f"{one['voters']:,} voters: read {one['read']:.1f} ms, made ready {one['ready']:.1f}, rule {one['rule']:.1f}; "
            f"median of {RUNS}, one thread, processor time; baseline: pabutools 1.2.3 in ms, ballots grouped (its faster "
            f"way), {one['how']}"
        )
        ratio = round(one["beside"] * 1000 / one["whole"])
        rows.append(
            Measured(
                f"Equal Shares beside a library, {town}", ratio, "times", round(one["beside"] * 1000), note
            )
        )
    for name, town in ((KRAKOW, "Kraków"), (KATOWICE, "Katowice")):
        note = f"median of {RUNS}, one thread, processor time; {told[name]['projects']} projects"
        rows.append(
            Measured(f"Equal Shares, the rule itself, {town}", round(told[name]["rule"], 1), "ms", None, note)
        )
    slower, dense = max(told.values(), key=lambda one: float(one["add1"])), _inside(folder / DENSEST)
    note = (
        f"Kraków {told[KRAKOW]['add1']:.2f}, Katowice {told[KATOWICE]['add1']:.2f}, the slower of medians of 5; the "
        f"densest file, Praga-Południe 2020 ({dense['voters']:,} voters, {dense['marks']:,} marks), "
        f"takes {dense['add1']:.2f}"
    )
    return [*rows, Measured("a full Add1 run", round(slower["add1"], 2), "s", None, note)]


def _keys(election: budget.Election, winners: Any) -> set[str]:
    return {election.projects[at].id for at in winners}


def _wieliczka(folder: Path) -> Measured:
    election = budget.read((folder / WIELICZKA).read_bytes())
    assert election.selected is not None
    found = budget.add_one(budget.Shares(election))
    unlike = len(set(found.winners) ^ election.selected)
    early = budget.add_one(budget.Shares(election), exhaustive_stop=True)
    cost, part = float(election.cost(found.winners)), float(found.per_voter)
    note = (
        f"{len(found.winners)} winners for {cost:,.0f} at {part:g} a voter; baseline: ended at the first outcome to which "
        f"nothing could be added, as pabutools does"
    )
    return Measured(
        "winners unlike Wieliczka's official ones",
        unlike,
        "projects",
        len(set(early.winners) ^ election.selected),
        note,
    )


def _references(folder: Path) -> Measured:
    """Every entry, by the rule its name says."""
    entries = json.loads((folder / "reference_results.json").read_text(encoding="utf-8"))
    count, unlike = 0, list[str]()
    for name, rows in entries.items():
        if not (folder / name).exists():
            continue
        election = budget.read((folder / name).read_bytes())
        for rule, row in rows.items():
            ours = _by_name(election, rule)
            count += 1
            if _keys(election, ours) != set(row["winners"]) or float(election.cost(ours)) != row["cost"]:
                unlike.append(f"{rule} of {name.removesuffix('.pb')}")
    note = f"{count} entries of the shipped files, ranks by Borda, add1e from budget ÷ voters by 1"
    if unlike:
        note += f"; unlike: {', '.join(unlike)}"
    return Measured("reference entries of budgets unlike ours", len(unlike), "entries", None, note)


def _by_name(election: budget.Election, rule: str) -> tuple[int, ...]:
    counted = budget.borda(election) if rule.endswith("_borda") else election
    if rule == "seq_phragmen":
        return budget.phragmen(counted)
    utility: Utility = "cost" if "_cost" in rule else "cardinality" if "_cardinality" in rule else "points"
    if rule.startswith("greedy"):
        # points in the cost of a project, divided by its cost, are votes
        by: dict[Utility, Any] = {
            "cost": "votes",
            "cardinality": "votes per cost",
            "points": "points per cost",
        }
        return budget.greedy(counted, by[utility])
    shares = budget.Shares(counted, utility)
    if rule.endswith("add1e"):
        return budget.add_one(shares, exhaustive_stop=True, whole_start=False).winners
    return shares.run(budget.part_of(counted)).winners


def _greedy(folder: Path) -> Measured:
    count = unlike = 0
    for name, _kind, published, _votes in json.loads((folder / "greedy_check_806_files.json").read_text()):
        if not (folder / name).exists():
            continue
        election = budget.read((folder / name).read_bytes())
        by: Any = "votes" if election.kind == "approval" else "points"
        found = {how: set(budget.greedy(election, by, skip=how == "skip")) for how in ("skip", "stop")}
        ours = "noselected"
        if election.selected is not None:
            ours = next((how for how, won in found.items() if won == election.selected), "no")
        count, unlike = count + 1, unlike + (ours != published)
    note = f"{count} shipped files: whether greedy, passing over or ending at what does not fit, is what the city declared"
    return Measured("greedy outcomes unlike the published finding", unlike, "files", None, note)


def _exact(folder: Path) -> Measured:
    runs = unlike = 0
    for path in sorted(folder.glob("*.pb")):
        election = budget.read(path.read_bytes())
        for utility in UTILITIES:
            shares = budget.Shares(election, utility)
            unlike += shares.run(budget.part_of(election)).winners != _by_fractions(shares)
            runs += 1
    note = f"{runs} runs over the shipped files by cost, number and points, winners in order; tests/methods draw more"
    return Measured("winners unlike exact fractions", unlike, "runs", None, note)


def _by_fractions(shares: budget.Shares) -> tuple[int, ...]:
    """Equal shares without floating point; a rate only rises, so the last one is a bound."""
    purses = Purses(len(shares.election.ballots.weight), budget.part_of(shares.election))
    bounds = dict.fromkeys(shares.electable, Fraction(0))
    winners: list[int] = []
    while bounds:
        best: tuple[Fraction, int, int] | None = None
        for at in sorted(bounds, key=bounds.__getitem__):
            if best is not None and bounds[at] > best[0]:
                break
            if purses.means(shares.sides[at]) < shares.price(at):
                del bounds[at]
                continue
            rate = purses.rate(shares.sides[at], shares.price(at))
            bounds[at] = rate / shares.price(at) if shares.utility == "cost" else rate
            best = min(best or (bounds[at], shares.rank[at], at), (bounds[at], shares.rank[at], at))
        if best is None:
            break
        shares.pay(purses, best[2])
        winners.append(best[2])
        del bounds[best[2]]
    return tuple(winners)


def _beside(path: Path) -> dict[str, Any]:
    """Ours, and a library between two of ours where there is one."""
    other = os.environ.get("BESIDE_PYTHON")
    told = [_inside(path)]
    if other is None:
        return told[0] | {"beside": KEPT[path.name], "how": "kept from a day when it was measured"}
    script = Path(__file__).with_name("budget_beside.py")
    seconds = []
    for _ in range(BESIDE_RUNS):
        library = _asked([other, str(script), str(path), SATISFACTION[path.name]])
        if sorted(library["winners"]) != sorted(told[0]["winners"]):
            raise AssertionError(f"{path.name}: not the winners of the library")
        seconds.append(library["seconds"])
        told.append(_inside(path))
    middle = sorted(told, key=lambda one: float(one["whole"]))[len(told) // 2]
    return middle | {
        "beside": median(seconds),
        "how": f"median of {BESIDE_RUNS}, run between ours, with the same winners",
    }


def _inside(path: Path) -> dict[str, Any]:
    return _asked([sys.executable, "-m", "bench.budget", str(path)])


def _asked(command: list[str]) -> dict[str, Any]:
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# ---- in a process of its own ----


def _timed(path: Path) -> dict[str, Any]:
    turns: list[list[float]] = []
    for _ in range(RUNS):
        marks = [time.process_time()]
        election = budget.read(path.read_bytes())
        marks.append(time.process_time())
        if path.name == KRAKOW:
            election = budget.borda(election)
        shares = budget.Shares(election, "points")
        marks.append(time.process_time())
        found = shares.run(budget.part_of(election))
        marks.append(time.process_time())
        turns.append([(after - before) * 1000 for before, after in pairwise(marks)])
    raised = []
    for _ in range(ADD_RUNS):
        begun = time.process_time()
        budget.add_one(shares)
        raised.append(time.process_time() - begun)
    middle = sorted(turns, key=sum)[RUNS // 2]
    return dict(zip(("read", "ready", "rule"), middle, strict=True)) | {
        "whole": sum(middle),
        "add1": median(raised),
        "voters": election.voters,
        "projects": len(election.projects),
        "marks": int(sum(election.votes)),
        "winners": [election.projects[at].id for at in found.winners],
    }


if __name__ == "__main__":
    print(json.dumps(_timed(Path(sys.argv[1]))))
