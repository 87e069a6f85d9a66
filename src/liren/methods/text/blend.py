"""The reader an office really has: the catalogue's words at first, the trained model as labels arrive.

Each class moves at its own pace: with n labelled texts of a class the trained model speaks for n / (n + 20)
of it, the catalogue's words for the rest.
"""

from dataclasses import dataclass

from liren.methods.text.cues import Lexicon
from liren.methods.text.reader import Choice, Model, Reading

_HALF_TRUSTED_AT = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with the lexicon, and with the model where there is one."""

    lexicon: Lexicon
    model: Model | None = None

    def probabilities(self, text: str) -> dict[str, float]:
        """Every class with any support. What is missing to one is the doubt that no class fits."""
        cold = self.lexicon.probabilities(text)
        if self.model is None:
            return cold
        trained = self.model.probabilities(text)
        trust = {
            code: count / (count + _HALF_TRUSTED_AT)
            for code, count in zip(self.model.labels, self.model.counts, strict=True)
        }
        shares = {
            code: trust.get(code, 0.0) * trained.get(code, 0.0)
            + (1 - trust.get(code, 0.0)) * cold.get(code, 0.0)
            for code in {**trained, **cold}
        }
        total = sum(shares.values())
        return {code: share / max(total, 1.0) for code, share in shares.items()}

    def read(self, text: str, *, top: int = 3, threshold: float = 0.0) -> Reading:
        """The `top` likeliest classes, with the reasons of whichever adviser speaks more for the first."""
        shares = self.probabilities(text)
        order = sorted(shares, key=lambda code: (-shares[code], code))[:top]
        choices = tuple(Choice(code, shares[code]) for code in order)
        if not choices or choices[0].probability < threshold:
            return Reading(choices, (), True)
        reasons = self.lexicon.reasons(text, order[0])
        if self.model is not None and (not reasons or self._trained(order[0])):
            reasons = self.model.reasons(text, order[0]) or reasons
        return Reading(choices, reasons, False)

    def _trained(self, code: str) -> bool:
        if self.model is None or code not in self.model.labels:
            return False
        return self.model.counts[self.model.labels.index(code)] >= _HALF_TRUSTED_AT
