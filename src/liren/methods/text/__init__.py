"""Reading short Chinese texts: what class a message belongs to, and which two speak of the same thing.

grams (normal form and hashed character n-grams) · cues (a reader that knows only the catalogue's words) ·
reader (a trained linear model, read with NumPy) · training (makes one, with scikit-learn) · blend (of both) ·
likeness (twins). Nothing heavy is imported until a text is read.
"""
