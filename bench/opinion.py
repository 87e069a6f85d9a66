"""Opinion groups beside the numbers a running system published, and how long they take.

The data is not part of this repository: `--data` names the folder that holds participation/opinions. Each measurement
runs in a process of its own on one thread; the baseline does the same with a filled table and scikit-learn.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

from bench.frame import Measured
from liren.methods import opinion
from liren.methods.opinion.votes import Ints

LARGE_PEOPLE, LARGE_STATEMENTS, LARGE_VOTES = 33_422, 783, 2_270_000
RUNS = 5
BIODIVERSITY, VTAIWAN = "scoop-hivemind.biodiversity", "vtaiwan.uberx"


def measure(data_dir: Path | None) -> list[Measured]:
    """Ten rows; none without the folder."""
    folder = data_dir / "participation" / "opinions" if data_dir else None
    if folder is None or not folder.exists():
        print("opinion: needs --data with participation/opinions", file=sys.stderr)
        return []
    exact = _inside("published", folder)
    camps = {
        name: _inside("alike", folder / name) for name in ("scoop-hivemind.biodiversity", "vtaiwan.uberx")
    }
    kentucky, large = _inside("timed", folder / "american-assembly.bowling-green"), _inside("large", folder)
    where = f"{exact['conversations']} conversations of up to {exact['people']} people"
    timed = "median of {runs}, one thread: plane {plane:.1f} ms, groups {groups:.1f}, what they say {say:.1f}"
    alike = "adjusted Rand index of published groups and ours, from the votes alone"
    beside = timed.format(**kentucky) + "; baseline: filled table, PCA and k-means of scikit-learn"
    drawn = f"{timed.format(**large)}; {large['people']:,} people, {large['votes']:,} votes drawn from two opinions"
    lists = (
        f"statements and sides of every group, and of all, in their order: {exact['told']} lists in {where}"
    )
    across = (
        f"the largest difference; priorities for the next statement within {exact['priorities']:.0e}; {where}"
    )
    rows: list[tuple[str, float, str, float | None, str]] = [
        ("opinion plane beside the published one", exact["plane"], "", None, f"the largest difference; {where}"),
        ("opinion lists unlike the published ones", exact["lists"], "lists", None, lists),
        ("group-aware consensus beside the published one", exact["across"], "", None, across),
        ("groups of published small groups", exact["groups"], "ARI", None, f"the least alike; {where}"),
        ("groups of the votes, biodiversity", round(camps[BIODIVERSITY]["ari"], 3), "ARI", None, alike),
        ("groups of the votes, vTaiwan", round(camps[VTAIWAN]["ari"], 3), "ARI", None, alike),
        ("225,000 votes grouped", round(kentucky["ms"], 1), "ms", round(kentucky["baseline"]), beside),
        ("2.3 million votes grouped", round(large["ms"] / 1000, 2), "s", None, drawn),
        ("2.3 million votes grouped, memory", round(large["memory"] / 1024**3, 2), "GB", None, "the most the process held"),
        ("opinion bits that differ between two runs", kentucky["differ"] + large["differ"], "bytes", None, "of all places"),
    ]  # fmt: skip
    return [Measured(*row) for row in rows]


def _inside(what: str, folder: Path) -> dict[str, Any]:
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.opinion", what, str(folder)]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# ---- in a process of its own ----


def _published(folder: Path) -> dict[str, Any]:
    """How far we are from conversations of which every number was published."""
    told: dict[str, Any] = {
        "conversations": 0,
        "people": 0,
        "plane": 0.0,
        "lists": 0,
        "told": 0,
        "across": 0.0,
    }
    told |= {"priorities": 0.0, "groups": 1.0}
    for one in sorted((folder / "math-reference").iterdir()):
        told["conversations"] += 1
        math = json.loads((one / "math-pca2.json").read_text())
        _compare(math, json.loads((one / "votes.json").read_text()), told)
    return told


def _compare(math: dict[str, Any], cast: list[dict[str, Any]], told: dict[str, Any]) -> None:
    cast.sort(key=lambda vote: float(vote["modified"]))
    at = {tid: place for place, tid in enumerate(math["tids"])}
    rows = [
        (int(vote["participant_id"] if "participant_id" in vote else vote["pid"]), at[tid], vote["vote"])
        for vote in cast
        if (tid := vote.get("statement_id", vote.get("tid"))) in at
    ]
    people = {pid: place for place, pid in enumerate(sorted({row[0] for row in rows}))}
    hidden = [at[tid] for tid in {*math["mod-out"], *math["meta-tids"]} if tid in at]
    person, statement, value = (np.array(column) for column in zip(*rows, strict=True))
    votes = opinion.Votes.last_of(
        len(people), len(at), np.array([people[pid] for pid in person]), statement, value, hidden=hidden
    )
    plane = opinion.plane(votes)
    comps = np.array(math["pca"]["comps"])
    turn = np.sign((plane.axes * comps).sum(axis=1))  # an axis has no direction of its own
    small = math["base-clusters"]
    centers = np.array([small["x"], small["y"]]).T
    alone = [at for at, members in enumerate(small["members"]) if len(members) == 1]
    stand = plane.people[[people[small["members"][at][0]] for at in alone]] * turn
    # theirs counts agreeing as -1
    differences = [
        plane.center + np.array(math["pca"]["center"]),
        plane.axes * turn[:, None] - comps,
        plane.statements * turn + np.array(math["pca"]["comment-projection"]).T,
        plane.extremity - np.array(math["pca"]["comment-extremity"]),
        stand + centers[alone],
    ]
    told["plane"] = max(told["plane"], *(float(np.abs(one).max()) for one in differences))
    theirs, members = _groups(math, people)
    labels, _, _ = opinion.join(centers, np.array(small["count"], dtype=float))
    told["groups"] = min(told["groups"], opinion.alike(theirs, labels))
    counts = opinion.Counts.of(votes, members)
    for group, ours in zip(math["group-clusters"], opinion.telling(counts, votes.hidden), strict=True):
        published = [(one["tid"], one["repful-for"]) for one in math["repness"][str(group["id"])]]
        told["lists"] += published != [(math["tids"][one.statement], one.side) for one in ours]
        told["told"] += 1
    for side, agreed in opinion.agreed_by_all(votes).items():
        told["lists"] += [one["tid"] for one in math["consensus"][side]] != [
            math["tids"][one.statement] for one in agreed
        ]
        told["told"] += 1
    across = opinion.agreed_across(counts)
    of_all = [abs(across[at[int(tid)]] - share) for tid, share in math["group-aware-consensus"].items()]
    told["across"] = max(told["across"], *of_all)
    oneself = np.array([at[tid] for tid in math["meta-tids"] if tid in at], dtype=np.int64)
    next_one = opinion.priorities(counts, plane.extremity, oneself)
    off = [abs(next_one[at[int(tid)]] - value) for tid, value in math["comment-priorities"].items()]
    told["priorities"] = max(told["priorities"], *off)
    told["people"] = max(told["people"], len(people))


def _groups(math: dict[str, Any], people: dict[int, int]) -> tuple[Ints, list[Ints]]:
    """The published group of each published small group, and the people of each group."""
    small = math["base-clusters"]
    place = {number: row for row, number in enumerate(small["id"])}
    theirs = np.zeros(len(place), dtype=np.int64)
    members: list[Ints] = []
    for group in math["group-clusters"]:
        theirs[[place[number] for number in group["members"]]] = group["id"]
        pids = [pid for number in group["members"] for pid in small["members"][place[number]]]
        members.append(np.array(sorted(people[pid] for pid in pids)))
    return theirs, members


def _read(folder: Path) -> tuple[opinion.Votes, Ints]:
    with (folder / "comments.csv").open(encoding="utf-8") as file:
        moderated = {row["comment-id"]: int(row["moderated"]) for row in csv.DictReader(file)}
    with (folder / "participants-votes.csv").open(encoding="utf-8") as file:
        heads, *rows = csv.reader(file)
    columns = [at for at, head in enumerate(heads) if head.isdigit()]
    cells = [
        (person, statement, int(float(row[at])))
        for person, row in enumerate(rows)
        for statement, at in enumerate(columns)
        if row[at]
    ]
    hidden = [statement for statement, at in enumerate(columns) if moderated.get(heads[at]) == -1]
    person, statement, value = (np.array(column) for column in zip(*cells, strict=True))
    votes = opinion.Votes.last_of(len(rows), len(columns), person, statement, value, hidden=hidden)
    group = heads.index("group-id")
    return votes, np.array([int(row[group]) if row[group].lstrip("-").isdigit() else -1 for row in rows])


def _alike(folder: Path) -> dict[str, Any]:
    votes, published = _read(folder)
    ours = opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes)).labels(votes.people)
    both = (published >= 0) & (ours >= 0)
    return {"ari": opinion.alike(published[both], ours[both])}


def _timed(votes: opinion.Votes) -> dict[str, Any]:
    turns, places = [], []
    for _ in range(RUNS):
        fresh = opinion.Votes(
            votes.people, votes.statements, votes.person, votes.statement, votes.value, votes.hidden
        )
        marks = [time.process_time()]
        plane = opinion.plane(fresh)
        marks.append(time.process_time())
        found = opinion.groups(plane.people, opinion.taking_part(fresh))
        marks.append(time.process_time())
        counts = opinion.Counts.of(fresh, found.members)
        opinion.telling(counts, fresh.hidden)
        opinion.agreed_by_all(fresh)
        opinion.agreed_across(counts)
        opinion.priorities(counts, plane.extremity, np.empty(0, dtype=np.int64))
        marks.append(time.process_time())
        turns.append([(after - before) * 1000 for before, after in pairwise(marks)])
        places.append(plane.people.tobytes())
    middle = sorted(turns, key=sum)[RUNS // 2]
    differ = sum(one != other for place in places[1:] for one, other in zip(place, places[0], strict=True))
    told = dict(zip(("plane", "groups", "say"), middle, strict=True))
    return told | {
        "ms": sum(middle),
        "runs": RUNS,
        "differ": differ,
        "people": votes.people,
        "votes": len(votes.value),
    }


def _beside(votes: opinion.Votes) -> float:
    """Milliseconds of processor time of a filled table in scikit-learn."""
    begun = time.process_time()
    table = np.full((votes.people, votes.statements), np.nan)
    table[votes.person, votes.statement] = votes.value
    table[:, votes.hidden] = 0
    means = np.nan_to_num(np.nanmean(table, axis=0))
    points = PCA(2, random_state=1).fit_transform(np.where(np.isnan(table), means, table))
    for k in range(2, 6):
        silhouette_score(points, KMeans(k, n_init=1, random_state=1).fit_predict(points))
    return (time.process_time() - begun) * 1000


def _drawn() -> opinion.Votes:
    """People of two opinions, each mixed from both, who vote on some statements."""
    dice = np.random.default_rng(1)
    camps = dice.choice([-1, 0, 1], p=[0.3, 0.2, 0.5], size=(2, LARGE_STATEMENTS))
    mixed = dice.random(LARGE_PEOPLE)
    cells = dice.choice(LARGE_PEOPLE * LARGE_STATEMENTS, size=LARGE_VOTES, replace=False, shuffle=False)
    person, statement = np.divmod(cells, LARGE_STATEMENTS)
    value = camps[(dice.random(LARGE_VOTES) < mixed[person]).astype(int), statement]
    return opinion.Votes.last_of(LARGE_PEOPLE, LARGE_STATEMENTS, person, statement, value)


def _main(what: str, folder: Path) -> dict[str, Any]:
    if what == "published":
        return _published(folder)
    if what == "alike":
        return _alike(folder)
    if what == "timed":
        votes, _ = _read(folder)
        return _timed(votes) | {"baseline": _beside(votes)}
    told = _timed(_drawn())
    return told | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    print(json.dumps(_main(sys.argv[1], Path(sys.argv[2]))))
