"""The reader an office really has: the catalogue's words at first, the trained model as labels arrive.

Each class moves at its own pace: with n labelled texts of a class the trained model speaks for n / (n + 20)
of it, the catalogue's words for the rest. On public petitions the blend was better than either alone with
5, 10, 20, 50 and 100 labels per class.
"""

from dataclasses import dataclass

from liren.methods.text.cues import ColdStart, Sight
from liren.methods.text.reader import Look, Model, Reason

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
    sight, look = cold.look(words), model.look(words) if model is not None else None
    shares = _shares(sight, look)
    order = sorted(shares, key=lambda code: (-shares[code], code))[:limit]
    return [Found(code, shares[code], _reasons(code, sight, look)) for code in order if shares[code] >= least]


def probabilities(words: str, *, cold: ColdStart, model: Model | None = None) -> dict[str, float]:
    """The share of every class with any support; together at most one."""
    return _shares(cold.look(words), model.look(words) if model is not None else None)


def _shares(sight: Sight, look: Look | None) -> dict[str, float]:
    known = sight.probabilities()
    if look is None:
        return known
    trained = look.probabilities()
    trust = {
        code: count / (count + _HALF_TRUSTED_AT)
        for code, count in zip(look.model.labels, look.model.counts, strict=True)
    }
    shares = {
        code: trust.get(code, 0.0) * trained.get(code, 0.0)
        + (1 - trust.get(code, 0.0)) * known.get(code, 0.0)
        for code in {**trained, **known}
    }
    total = max(sum(shares.values()), 1.0)
    return {code: share / total for code, share in shares.items()}


def _reasons(code: str, sight: Sight, look: Look | None) -> tuple[Reason, ...]:
    """From whichever reader speaks more for the class; from the other where the first has none."""
    cues = sight.reasons(code)
    if look is None or code not in look.model.labels:
        return cues
    trained = look.reasons(code)
    led_by_model = look.model.counts[look.model.labels.index(code)] >= _HALF_TRUSTED_AT
    return (trained or cues) if led_by_model else (cues or trained)
