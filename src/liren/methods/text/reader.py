"""A trained reader: which class a message belongs to, how sure that is, and which words say so.

A linear model over hashed character n-grams (TF-IDF, sublinear counts), its scores turned into probabilities
by one temperature fitted on texts it had not seen (Guo et al., "On Calibration of Modern Neural Networks",
2017). It reads with NumPy alone and holds hashes, weights and labels: no words of anybody.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from liren.methods.text.grams import Hashed, Normal, hashed, normal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD_WEIGHT = 0.5
FORMAT = 1
# A reason is two to four characters long: enough for a word, too little for a sentence.
_LONGEST_REASON = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """Words that speak for the first choice, at start..end (end excluded) of the text as given."""

    words: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Space:
    """The grams a model knows: their hashes in rising order and the rarity (idf) of each."""

    hashes: "NDArray[np.uint32]"
    idf: "NDArray[np.float32]"

    def vector(self, grams: Hashed) -> "tuple[NDArray[np.intp], NDArray[np.float32]]":
        """Columns and values of one text: body and head each of unit length, the head at half weight."""
        import numpy as np

        columns, values = [], []
        for part, weight in ((grams.hashes[: grams.head], 1.0), (grams.hashes[grams.head :], HEAD_WEIGHT)):
            known, counts = np.unique(self.columns(part), return_counts=True)
            counts, known = counts[known >= 0], known[known >= 0]
            value = (1 + np.log(counts)) * self.idf[known]
            length = float(np.sqrt(np.sum(value * value)))
            columns.append(known)
            values.append((value * (weight / length if length else 0.0)).astype(np.float32))
        return np.concatenate(columns), np.concatenate(values)

    def familiar(self, grams: Hashed) -> float:
        """How much of the body the model knows: the share of its different grams, 0..1."""
        import numpy as np

        body = np.unique(grams.hashes[: grams.head])
        return float(np.mean(self.columns(body) >= 0)) if len(body) else 0.0

    def columns(self, hashes: "NDArray[np.uint32]") -> "NDArray[np.intp]":
        """The column of each hash, -1 where it is not known."""
        import numpy as np

        if not len(self.hashes):
            return np.full(len(hashes), -1, dtype=np.intp)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[places] == hashes, places, -1)


@dataclass(frozen=True, slots=True)
class Model:
    """What training made. `weights` is grams x classes, `counts` the texts seen of each class.

    A text stranger than nine in ten of those the model was judged by (a smaller share of known grams than
    `familiar`) moves it less, in proportion: what it cannot read leaves it unsure.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    space: Space
    weights: "NDArray[np.float16]"
    bias: "NDArray[np.float32]"
    temperature: float
    familiar: float
    # How it read texts it had not seen, in `fit`: accuracy, macro_f1, top_3, and coverage by threshold.
    figures: Mapping[str, float] = field(default_factory=dict)

    def look(self, text: str) -> "Look":
        """The text as this model sees it. Total: any text, even an empty one."""
        import numpy as np

        form = normal(text)
        grams = hashed(form.text)
        columns, values = self.space.vector(grams)
        rows = self.weights[columns].astype(np.float32)
        moved = min(self.space.familiar(grams) / self.familiar, 1.0) if self.familiar else 1.0
        scores = moved * (values @ rows) + self.bias
        return Look(
            self, text, form, grams, columns, values, rows, softmax(scores[None, :], self.temperature)[0]
        )

    def to_bytes(self) -> bytes:
        """The model as a compressed npz file without pickled objects; the same model, the same bytes."""
        import numpy as np

        file = io.BytesIO()
        np.savez_compressed(
            file,
            format=np.array(FORMAT, dtype=np.int32),
            labels=np.array(self.labels, dtype=np.str_),
            counts=np.array(self.counts, dtype=np.int64),
            hashes=self.space.hashes,
            idf=self.space.idf,
            weights=self.weights,
            bias=self.bias,
            figures=np.array(json.dumps(dict(self.figures), sort_keys=True), dtype=np.str_),
            calibration=np.array([self.temperature, self.familiar], dtype=np.float64),
        )
        return file.getvalue()


@dataclass(frozen=True, slots=True)
class Look:
    """One text as one model sees it: its known grams, and the share of every class."""

    model: Model
    text: str
    form: Normal
    grams: Hashed
    columns: "NDArray[np.intp]"
    values: "NDArray[np.float32]"
    rows: "NDArray[np.float32]"
    shares: "NDArray[np.float32]"

    def probabilities(self) -> dict[str, float]:
        """Every class with its probability; they sum to one."""
        return dict(zip(self.model.labels, self.shares.tolist(), strict=True))

    def reasons(self, code: str, *, limit: int = 3) -> tuple[Reason, ...]:
        """The words of the text that weigh most for class `code` against the others, heaviest first.

        Empty for a class the model does not know.
        """
        import numpy as np

        if code not in self.model.labels:
            return ()
        place = self.model.labels.index(code)
        worth = np.zeros(len(self.model.space.hashes), dtype=np.float32)
        worth[self.columns] = self.values * (self.rows[:, place] - self.rows.mean(axis=1))
        known = self.model.space.columns(self.grams.hashes)
        # A gram counts where it stands first; single characters tell a person nothing.
        _, found = np.unique(known, return_index=True)
        found = found[(known[found] >= 0) & (self.grams.sizes[found] > 1)]
        pays = worth[known[found]]
        spans: list[tuple[int, int, float]] = []
        for rank in np.argsort(-pays, kind="stable")[: 8 * limit]:
            gain, position = float(pays[rank]), found[rank]
            if gain <= 0:
                break
            start = int(self.grams.starts[position])
            _join(spans, start, start + int(self.grams.sizes[position]), gain, limit)
        reasons = []
        for start, end, gain in sorted(spans, key=lambda span: -span[2]):
            first, last = self.form.span(start, end)
            reasons.append(Reason(self.text[first:last], first, last, round(gain, 4)))
        return tuple(reasons)


def load_model(data: bytes) -> Model:
    """The model in `data`. Raises ValueError for anything that is not one of this format."""
    import numpy as np

    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
        model = Model(
            labels=tuple(str(label) for label in kept["labels"]),
            counts=tuple(int(count) for count in kept["counts"]),
            space=Space(kept["hashes"].astype(np.uint32), kept["idf"].astype(np.float32)),
            weights=kept["weights"].astype(np.float16),
            bias=kept["bias"].astype(np.float32),
            temperature=float(kept["calibration"][0]),
            familiar=float(kept["calibration"][1]),
            figures=json.loads(str(kept["figures"])),
        )
        number = int(kept["format"])
    except Exception as error:
        raise ValueError("this is not a reader's file") from error
    shape = (len(model.space.hashes), len(model.labels))
    whole = model.weights.shape == shape and len(model.space.idf) == shape[0]
    if number != FORMAT or not whole or not len(model.bias) == len(model.counts) == shape[1]:
        raise ValueError("this reader's file is of another format or damaged")
    return model


def softmax(scores: "NDArray[np.float32]", temperature: float) -> "NDArray[np.float32]":
    """Rows of scores as rows of probabilities."""
    import numpy as np

    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    shares: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _join(spans: list[tuple[int, int, float]], start: int, end: int, gain: float, limit: int) -> None:
    """Add a gram to the spans: to one it overlaps if that stays short, else as a new one if room is left."""
    for place, (first, last, sum_) in enumerate(spans):
        if start < last and first < end:
            low, high = min(first, start), max(last, end)
            if high - low <= _LONGEST_REASON:
                spans[place] = (low, high, sum_ + gain)
            return
    if len(spans) < limit:
        spans.append((start, end, gain))
