"""How well the reader reads: public citizens' messages in seven classes, beside a majority and a 5-NN reader.

The data is not part of this repository: `--data` names the folder that holds messages/labelled_raw.csv.gz
(columns label, text). Five folds; texts that are nearly equal stay in one fold, so that nothing leaks.
"""

import csv
import gzip
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDS = 5
NEARLY_EQUAL = 0.6  # cosine of character 2-3-gram TF-IDF
COVERAGES = (0.6, 0.8)


def measure(data_dir: Path | None) -> list[dict[str, Any]]:
    """Rows {name, value, unit, baseline, note}; without the data, none, and a line that says so."""
    file = data_dir / "messages" / "labelled_raw.csv.gz" if data_dir else None
    if file is None or not file.exists():
        print("reader: not measured, it needs --data with messages/labelled_raw.csv.gz", file=sys.stderr)
        return []
    texts, labels = _messages(file)
    folds = _folds(texts, labels)
    shares, seconds, size = _read(texts, labels, folds)
    ranked = [sorted(each, key=lambda code: -each[code]) for each in shares]
    guessed = [each[0] for each in ranked]
    neighbours, majority = _neighbours(texts, labels, folds), _majority(labels, folds)
    rows = [
        _row("accuracy", _accuracy(labels, guessed), "share", _accuracy(labels, neighbours)),
        _row("accuracy against majority", _accuracy(labels, guessed), "share", _accuracy(labels, majority)),
        _row("macro-F1", _macro_f1(labels, guessed), "share", _macro_f1(labels, neighbours)),
        _row("right among first 2", _among(labels, ranked, 2), "share", None),
        _row("right among first 3", _among(labels, ranked, 3), "share", None),
    ]
    surest = sorted(range(len(texts)), key=lambda place: -shares[place][guessed[place]])
    for coverage in COVERAGES:
        kept = surest[: int(coverage * len(surest))]
        right = sum(guessed[place] == labels[place] for place in kept) / len(kept)
        rows.append(_row(f"accuracy on the surest {coverage:.0%}", right, "share", None))
    rows.append(_row("one message read", 1000 * seconds, "ms", None))
    rows.append(_row("model file", size / 1e6, "MB", None))
    return rows


def _messages(file: Path) -> tuple[list[str], list[str]]:
    csv.field_size_limit(10_000_000)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def _folds(texts: Sequence[str], labels: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return [
        (learn.tolist(), judge.tolist())
        for learn, judge in splitter.split(texts, labels, _groups(texts))  # type: ignore[arg-type, unused-ignore]
    ]


def _groups(texts: Sequence[str]) -> list[int]:
    """The number of each text's group: texts chained by near equality are one group."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import radius_neighbors_graph

    from liren.methods.text.grams import plain

    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), min_df=2, sublinear_tf=True)
    vectors = grams.fit_transform([plain(text) for text in texts])
    alike = radius_neighbors_graph(vectors, 1 - NEARLY_EQUAL, metric="cosine", include_self=True)
    groups: list[int] = connected_components(alike, directed=False)[1].tolist()
    return groups


def _read(
    texts: Sequence[str], labels: Sequence[str], folds: Sequence[tuple[list[int], list[int]]]
) -> tuple[list[dict[str, float]], float, int]:
    """Every text's probabilities from a reader that never saw it, seconds per text, bytes of a model."""
    from liren.methods.text.training import fit

    shares: list[dict[str, float]] = [{} for _ in texts]
    seconds, size = 0.0, 0
    for learn, judge in folds:
        model = fit([texts[place] for place in learn], [labels[place] for place in learn])
        started = time.process_time()
        for place in judge:
            shares[place] = model.look(texts[place]).probabilities()
        seconds += time.process_time() - started
        size = max(size, len(model.to_bytes()))
    return shares, seconds / len(texts), size


def _neighbours(
    texts: Sequence[str], labels: Sequence[str], folds: Sequence[tuple[list[int], list[int]]]
) -> list[str]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import KNeighborsClassifier

    guessed = [""] * len(texts)
    for learn, judge in folds:
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        model = KNeighborsClassifier(5, metric="cosine")
        model.fit(grams.fit_transform([texts[place] for place in learn]), [labels[place] for place in learn])
        found = model.predict(grams.transform([texts[place] for place in judge]))
        for place, label in zip(judge, found, strict=True):
            guessed[place] = str(label)
    return guessed


def _majority(labels: Sequence[str], folds: Sequence[tuple[list[int], list[int]]]) -> list[str]:
    guessed = [""] * len(labels)
    for learn, judge in folds:
        most = Counter(labels[place] for place in learn).most_common(1)[0][0]
        for place in judge:
            guessed[place] = most
    return guessed


def _accuracy(labels: Sequence[str], guessed: Sequence[str]) -> float:
    return sum(one == other for one, other in zip(labels, guessed, strict=True)) / len(labels)


def _macro_f1(labels: Sequence[str], guessed: Sequence[str]) -> float:
    hits = Counter(one for one, other in zip(labels, guessed, strict=True) if one == other)
    true, said = Counter(labels), Counter(guessed)
    return sum(2 * hits[code] / (true[code] + said[code]) for code in true) / len(true)


def _among(labels: Sequence[str], ranked: Sequence[Sequence[str]], first: int) -> float:
    return sum(label in order[:first] for label, order in zip(labels, ranked, strict=True)) / len(labels)


def _row(name: str, value: float, unit: str, baseline: float | None) -> dict[str, Any]:
    kept = round(baseline, 4) if baseline is not None else None
    note = "baseline: a 5-NN reader, or a majority reader where named so; five folds, near twins in one fold"
    name = f"reader: {name}"
    return {"name": name, "value": round(value, 4), "unit": unit, "baseline": kept, "note": note}
