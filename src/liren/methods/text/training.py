"""Makes a reader from labelled texts: choose the telling grams, fit a linear model, calibrate it.

Grams are chosen by chi-squared; the model is a linear one with modified Huber loss per class (T. Zhang 2004),
fitted by stochastic gradient descent; the temperature is fitted on texts the judging model had not seen.
Everything follows from texts, labels and seed.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from liren.methods.text.grams import Hashed, hashed, plain
from liren.methods.text.reader import Model, Space, softmax

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_GRAMS = 20_000
# Grams x classes, two bytes each: keeps the file under 3 MB however many classes an office has.
MOST_WEIGHTS = 1_300_000
# Below this an office has nothing to learn from yet: the catalogue's words read better.
TOO_FEW = 100
_FOLDS = 3
_SURE = (0.5, 0.7, 0.9)
_ALPHA = 2e-4
_TEMPERATURES = tuple(0.1 * 1.05**step for step in range(81))  # 0.1 .. 5


def fit(texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> Model:
    """A reader of these texts. Equal texts count as one when it is judged, so copies do not flatter it.

    Raises ValueError unless there are as many labels as texts and at least two different labels.
    """
    import numpy as np

    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
    classes = tuple(sorted({str(label) for label in labels}))
    if len(classes) < 2:
        raise ValueError("a reader needs at least two classes")
    truth = np.array([classes.index(str(label)) for label in labels], dtype=np.intp)
    forms = [plain(text) for text in texts]
    grams = [hashed(form) for form in forms]
    rows = np.arange(len(grams))
    space, weights, bias = _train(grams, truth, rows, len(classes), seed)
    scores = np.full((len(grams), len(classes)), np.nan, dtype=np.float32)
    familiar = []
    for learn, judge in _folds(forms, truth, seed):
        part = _train(grams, truth, learn, len(classes), seed)
        unseen = [grams[row] for row in judge]
        scores[judge] = _scores(unseen, *part)
        familiar += [part[0].familiar(each) for each in unseen]
    temperature = _temperature(scores, truth)
    return Model(
        labels=classes,
        counts=tuple(int(count) for count in np.bincount(truth, minlength=len(classes))),
        space=space,
        weights=weights.astype(np.float16),
        bias=bias,
        temperature=temperature,
        familiar=float(np.quantile(familiar, 0.1)) if familiar else 0.0,
        figures=_figures(scores, truth, temperature),
    )


def _train(
    grams: Sequence[Hashed], truth: "NDArray[np.intp]", rows: "NDArray[np.intp]", classes: int, seed: int
) -> "tuple[Space, NDArray[np.float32], NDArray[np.float32]]":
    import numpy as np
    from sklearn.feature_selection import chi2
    from sklearn.linear_model import SGDClassifier

    chosen, target = [grams[row] for row in rows], truth[rows]
    space = _space(chosen)
    most = min(MOST_GRAMS, MOST_WEIGHTS // classes)
    if len(space.hashes) > most:
        telling = np.nan_to_num(chi2(_matrix(space, chosen), target)[0])
        kept = np.sort(np.argsort(-telling, kind="stable")[:most])
        space = Space(space.hashes[kept], space.idf[kept])
    weights = np.zeros((len(space.hashes), classes), dtype=np.float32)
    bias = np.full(classes, -1.0, dtype=np.float32)
    # A fixed number of rounds: the same work, and the same model, whatever the machine.
    model = SGDClassifier(loss="modified_huber", alpha=_ALPHA, max_iter=40, tol=None, random_state=seed)
    seen = np.unique(target)
    if len(seen) > 1 and len(space.hashes):
        model.fit(_matrix(space, chosen), target)
        if len(seen) == 2:  # one line between two classes: its mirror speaks for the other
            weights[:, seen] = np.stack([-model.coef_[0], model.coef_[0]], axis=1)
            bias[seen] = [-model.intercept_[0], model.intercept_[0]]
        else:
            weights[:, seen], bias[seen] = model.coef_.T, model.intercept_
    return space, weights, bias


def _space(grams: Sequence[Hashed]) -> Space:
    """Every gram found in enough texts, with its rarity (smoothed idf)."""
    import numpy as np

    found, texts = np.unique(np.concatenate([np.unique(each.hashes) for each in grams]), return_counts=True)
    kept = texts >= (3 if len(grams) >= 1_000 else 2 if len(grams) >= 100 else 1)
    idf = np.log((1 + len(grams)) / (1 + texts[kept])) + 1
    return Space(found[kept], idf.astype(np.float32))


def _matrix(space: Space, grams: Sequence[Hashed]) -> Any:
    import numpy as np
    from scipy.sparse import csr_matrix

    vectors = [space.vector(each) for each in grams]
    ends = np.cumsum([0] + [len(columns) for columns, _ in vectors])
    columns = np.concatenate([columns for columns, _ in vectors])
    values = np.concatenate([values for _, values in vectors])
    return csr_matrix((values, columns, ends), shape=(len(grams), len(space.hashes)))


def _scores(
    grams: Sequence[Hashed], space: Space, weights: "NDArray[np.float32]", bias: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    import numpy as np

    scores: NDArray[np.float32] = (_matrix(space, grams) @ weights + bias).astype(np.float32)
    return scores


def _folds(
    forms: Sequence[str], truth: "NDArray[np.intp]", seed: int
) -> "Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]":
    """Rows to learn from and rows to judge by, thrice; equal texts are always on one side."""
    import numpy as np

    group = {form: number for number, form in enumerate(dict.fromkeys(forms))}
    groups = np.array([group[form] for form in forms])
    shuffled = np.random.default_rng(seed).permutation(len(group))
    fold = shuffled[groups] % _FOLDS
    for number in range(_FOLDS):
        learn, judge = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(judge) and len(np.unique(truth[learn])) > 1:
            yield learn, judge


def _figures(
    scores: "NDArray[np.float32]", truth: "NDArray[np.intp]", temperature: float
) -> dict[str, float]:
    """How texts were read by a model that had not seen them; empty where none was judged."""
    import numpy as np

    judged = np.flatnonzero(~np.isnan(scores[:, 0]))
    if not len(judged):
        return {}
    shares, right = softmax(scores[judged], temperature), truth[judged]
    order = np.argsort(-shares, axis=1, kind="stable")
    hit, sure = order[:, 0] == right, shares.max(axis=1)
    f1 = [
        2 * np.sum(hit & (right == code)) / (np.sum(right == code) + np.sum(order[:, 0] == code))
        for code in np.unique(right)
    ]
    figures = {
        "texts": float(len(judged)),
        "accuracy": float(hit.mean()),
        "macro_f1": float(np.mean(f1)),
        "top_3": float((order[:, :3] == right[:, None]).any(axis=1).mean()),
    }
    for threshold in _SURE:
        kept = sure >= threshold
        figures[f"coverage_{100 * threshold:.0f}"] = float(kept.mean())
        figures[f"accuracy_{100 * threshold:.0f}"] = float(hit[kept].mean()) if kept.any() else 0.0
    return {name: round(value, 4) for name, value in figures.items()}


def _temperature(scores: "NDArray[np.float32]", truth: "NDArray[np.intp]") -> float:
    """The temperature under which the true classes of unseen texts are likeliest; 1 without such texts.

    By the rule of succession one text more might have been read wrongly: without that, a model that made no
    mistake on few texts would call itself certain.
    """
    import numpy as np

    judged = np.flatnonzero(~np.isnan(scores[:, 0]))
    if not len(judged):
        return 1.0
    slip = 1 / (len(judged) + 2)
    losses = []
    for candidate in _TEMPERATURES:
        logs = np.log(np.maximum(softmax(scores[judged], candidate), 1e-30))
        right = logs[np.arange(len(judged)), truth[judged]].mean()
        losses.append(-(1 - slip) * right - slip * logs.mean())
    return _TEMPERATURES[int(np.argmin(losses))]
