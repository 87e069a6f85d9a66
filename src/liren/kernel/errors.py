"""The only errors Liren raises on purpose.

A code is stable English; the face turns it into a sentence for people.
"""


class LirenError(Exception):
    """A refusal with a stable dotted `code` ("number.check") and the `params` its sentence needs.

    Params are plain values (numbers, codes, dates) and never a person's words: errors reach logs.
    """

    code: str
    params: dict[str, object]

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """Code and params on one line, for logs and commands."""
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code


class Refused(LirenError):
    """Bad input (400/422); `field` names the form field at fault, if one is."""

    field: str | None

    def __init__(self, code: str, /, *, field: str | None = None, **params: object) -> None:
        super().__init__(code, **params)
        self.field = field


class Denied(LirenError):
    """The actor may not do or see this.

    Faces answer 404, so that a refusal never confirms that a thing exists.
    """


class NotFound(LirenError):
    """There is no such thing, or not for this viewer (404)."""


class IllegalMove(LirenError):
    """The move is not open in this state (409); params hold `state` and `move`."""

    def __init__(self, code: str, /, *, state: str, move: str, **params: object) -> None:
        super().__init__(code, state=state, move=move, **params)


class Conflict(LirenError):
    """Somebody else changed it first (409); params tell what changed."""


class Throttled(LirenError):
    """Too many tries (429); `retry_after` is in whole seconds."""

    retry_after: int

    def __init__(self, code: str, /, *, retry_after: int, **params: object) -> None:
        super().__init__(code, retry_after=retry_after, **params)
        self.retry_after = retry_after
