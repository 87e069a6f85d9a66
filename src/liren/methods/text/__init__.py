"""Reading short Chinese texts: what class a message belongs to, and which two speak of the same thing.

grams (normal form and hashed character n-grams) · cues (a reader that knows only the catalogue's words) ·
reader (a trained linear model, read with NumPy) · training (makes one, with scikit-learn) · blending (of
both) · likeness (twins). Nothing heavy is imported until a text is read.
"""

from liren.methods.text.blending import Found, blend
from liren.methods.text.cues import ColdStart
from liren.methods.text.likeness import containment, cosine, jaccard, nearest, similarity
from liren.methods.text.reader import Model, Reason, load_model
from liren.methods.text.training import TOO_FEW, fit

__all__ = [
    "TOO_FEW",
    "ColdStart",
    "Found",
    "Model",
    "Reason",
    "blend",
    "containment",
    "cosine",
    "fit",
    "jaccard",
    "load_model",
    "nearest",
    "similarity",
]
