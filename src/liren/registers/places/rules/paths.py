"""Place paths: "/" + the ids of all ancestors and the place itself in base 36, joined by "/" + "/"."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

# What may lie directly in what. A courtyard may lie in a community whose grids are not drawn yet.
PARENT_KINDS: dict[str, frozenset[str]] = {
    "district": frozenset(),
    "street": frozenset({"district"}),
    "community": frozenset({"street"}),
    "grid": frozenset({"community"}),
    "cell": frozenset({"street", "community"}),
    "courtyard": frozenset({"community", "grid"}),
    "building": frozenset({"community", "grid", "courtyard"}),
    "dwelling": frozenset({"community", "grid", "courtyard", "building"}),
}


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def path_of(parent_path: str, place_id: int) -> str:
    """The path of a place under its parent ("" for a root)."""
    return f"{parent_path or '/'}{_base36(place_id)}/"


def ancestors(path: str) -> tuple[int, ...]:
    """Ids on a path, the root first and the place itself last."""
    return tuple(int(part, 36) for part in path.split("/") if part)


def upper_bound(path: str) -> str:
    """The least text above every path inside this one: paths p with path <= p < upper_bound(path)."""
    return f"{path[:-1]}0"  # "0" follows "/"


def may_hold(parent_kind: str | None, kind: str) -> bool:
    """Whether a place of this kind may lie directly in one of that kind. A district or street may stand
    alone.
    """
    if parent_kind is None:
        return kind in {"district", "street"}
    return parent_kind in PARENT_KINDS.get(kind, frozenset())
