"""The reader an office really has: the catalogue's words at first, the trained model as labels arrive.

Each class moves at its own pace: with n labelled texts of a class the trained model speaks for n / (n + 20)
of it, the catalogue's words for the rest. On public petitions the blend was better than either alone with
5, 10, 20, 50 and 100 labels per class.
"""

from dataclasses import dataclass

from liren.methods.text.cues import ColdStart
from liren.methods.text.reader import Model, Reason

_HALF_TRUSTED_AT = 20
_WORTH_SAYING = 0.01


@dataclass(frozen=True, slots=True)
class Found:
    """A class that may be meant, its share (0..1), and the words of the text that speak for it."""

    code: str
    share: float
    reasons: tuple[Reason, ...]

    @property
    def because(self) -> tuple[str, ...]:
        """The words of the reasons, heaviest first."""
        return tuple(reason.words for reason in self.reasons)


def blend(
    words: str, *, cold: ColdStart, model: Model | None = None, limit: int = 3, least: float = _WORTH_SAYING
) -> list[Found]:
    """The likeliest classes, best first, at most `limit`; those with a share below `least` are not named.

    What the shares miss to one is the doubt that no class fits. Total: any text, even an empty one.
    """
    shares = probabilities(words, cold=cold, model=model)
    order = sorted(shares, key=lambda code: (-shares[code], code))[:limit]
    return [
        Found(code, shares[code], _reasons(words, code, cold, model))
        for code in order
        if shares[code] >= least
    ]


def probabilities(words: str, *, cold: ColdStart, model: Model | None = None) -> dict[str, float]:
    """The share of every class with any support; together at most one."""
    known = cold.probabilities(words)
    if model is None:
        return known
    trained = model.probabilities(words)
    trust = {
        code: count / (count + _HALF_TRUSTED_AT)
        for code, count in zip(model.labels, model.counts, strict=True)
    }
    shares = {
        code: trust.get(code, 0.0) * trained.get(code, 0.0)
        + (1 - trust.get(code, 0.0)) * known.get(code, 0.0)
        for code in {**trained, **known}
    }
    total = max(sum(shares.values()), 1.0)
    return {code: share / total for code, share in shares.items()}


def _reasons(words: str, code: str, cold: ColdStart, model: Model | None) -> tuple[Reason, ...]:
    """From whichever reader speaks more for the class; from the other where the first has none."""
    cues = cold.reasons(words, code)
    if model is None or code not in model.labels:
        return cues
    trained = model.reasons(words, code)
    led_by_model = model.counts[model.labels.index(code)] >= _HALF_TRUSTED_AT
    return (trained or cues) if led_by_model else (cues or trained)
