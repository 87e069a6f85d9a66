"""Flaws the program must not have: our own rules on its source and templates, and bandit's.

`python -m tools.flaws` names each with its place and fails if there is one. What is right in spite of a rule says so
on its line, with the reason: `# safe - …` for a rule of ours, `# noqa: S608 - …` (as ruff reads it) or
`# nosec B608 - …` for bandit's of the same number. An excuse without a reason is a flaw too.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "liren"

EXCUSE = re.compile(
    r"#\s*(?:noqa: (?:[A-Z0-9]+, )*S(?P<ruff>\d{3})|nosec B(?P<bandit>\d{3})|safe)\b(?P<rest>.*)"
)
REASON = re.compile(r"\s-\s.{8,}")
# assert narrows types; secrets in the text are ruff's S105 to S107, which know that an empty lease is none; importing
# subprocess is no act, starting a process is; B703 sees the same lines as B308
PASSED_OVER = "B101,B105,B106,B107,B404,B703"

LOGGING = {"debug", "info", "warning", "error", "critical", "exception", "log"}
# What a person said, is called by, or proves to be she: none of it may be handed to a log.
PERSONAL = {
    "address", "body", "claim", "contact", "COOKIES", "FILES", "GET", "holder", "META", "names", "number", "password",
    "phone", "phones", "POST", "query", "secret", "session", "text", "token", "username", "words",
}  # fmt: skip
CLASSED = {"Conflict", "Denied", "IllegalMove", "NotFound", "Refused", "Throttled"}
NO_CALLS = {
    "eval", "exec", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads", "yaml.unsafe_load",
    "yaml.full_load", "tempfile.mktemp", "ssl._create_unverified_context",
}  # fmt: skip
RUNS_SQL = {"execute", "executemany", "raw", "extra"}


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """A line that breaks a rule."""

    path: str
    line: int
    rule: str
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.says}"


Found = Iterator[tuple[int, str]]
PythonRule = Callable[[ast.Module, str], Found]


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, _dotted(node.func)


def _made_up(node: ast.expr) -> bool:
    """Whether a text is put together: f-string, %, +, .format()."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return not all(isinstance(side, ast.Constant) for side in (node.left, node.right))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "join"}
    )


def no_markup_by_hand(tree: ast.Module, path: str) -> Found:
    """HTML is made by templates and format_html, which escape."""
    for call, name in _calls(tree):
        if name.rpartition(".")[2] in {"mark_safe", "SafeString", "SafeText"} and call.args:
            yield call.lineno, "mark_safe: use a template or format_html"


def no_sql_by_hand(tree: ast.Module, path: str) -> Found:
    """SQL takes values as parameters; it is never put together from them."""
    for call, name in _calls(tree):
        if name.rpartition(".")[2] in RUNS_SQL | {"RawSQL"} and call.args and _made_up(call.args[0]):
            yield call.lineno, "SQL put together: pass values as parameters"


def no_tables_in_faces(tree: ast.Module, path: str) -> Found:
    """A face asks queries, which are scoped to who asks; it never reaches into a table."""
    if "/faces/" not in path:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield node.lineno, f".{node.attr} in a face: ask the room's queries"


def no_open_form(tree: ast.Module, path: str) -> Found:
    """Every form proves where it came from; the API has no cookies and needs none (its door is ninja's)."""
    for node in ast.walk(tree):
        named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if named in {"csrf_exempt", "requires_csrf_token"} and "/faces/api/" not in path:
            yield getattr(node, "lineno", 0), "csrf_exempt: a form must prove where it came from"


def no_person_in_the_log(tree: ast.Module, path: str) -> Found:
    """A line of the log names places in the program, never what a person said or is called."""
    for call, name in _calls(tree):
        if name.rpartition(".")[2] not in LOGGING or not name.startswith(("log.", "logger.", "logging.")):
            continue
        said = call.args[1:] if name.endswith(".log") else call.args  # after the level
        if said and not isinstance(said[0], ast.Constant):
            yield call.lineno, "a log line is a constant with arguments, not put together"
        for given in [*said[1:], *(keyword.value for keyword in call.keywords)]:
            for part in ast.walk(given):
                last = part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")
                if last in PERSONAL:
                    yield call.lineno, f"{last} handed to a log"


def no_dangerous_calls(tree: ast.Module, path: str) -> Found:
    """Nothing runs what it read, nothing trusts a certificate it did not check, no XML without defusedxml."""
    for call, name in _calls(tree):
        if name in NO_CALLS:
            yield call.lineno, f"{name}: not here"
        for keyword in call.keywords:
            if keyword.arg in {"shell", "allow_pickle"} and getattr(keyword.value, "value", None) is True:
                yield call.lineno, f"{keyword.arg}=True: not here"
            if keyword.arg == "verify" and getattr(keyword.value, "value", None) is False:
                yield call.lineno, "a certificate is checked"
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            if module.split(".")[0] in {"pickle", "marshal", "shelve"} or module.startswith(("xml.", "lxml")):
                yield getattr(node, "lineno", 0), f"{module}: not here (XML by defusedxml)"


def no_untyped_answer(tree: ast.Module, path: str) -> Found:
    """What a face answers without a template says what it is, so that no browser guesses HTML."""
    if "/faces/" not in path:
        return
    for call, name in _calls(tree):
        typed = {keyword.arg for keyword in call.keywords} & {"content_type", "headers"}
        if name in {"HttpResponse", "StreamingHttpResponse", "FileResponse"} and call.args and not typed:
            yield call.lineno, f"{name} without content_type"


def no_codes_made_up(tree: ast.Module, path: str) -> Found:
    """The code of an error is a constant: it is logged, and must hold nothing of what was typed."""
    for call, name in _calls(tree):
        if name in CLASSED and call.args and _made_up(call.args[0]):
            yield call.lineno, f"the code of {name} is put together"


PYTHON: tuple[PythonRule, ...] = (
    no_markup_by_hand,
    no_sql_by_hand,
    no_tables_in_faces,
    no_open_form,
    no_person_in_the_log,
    no_dangerous_calls,
    no_untyped_answer,
    no_codes_made_up,
)
TEMPLATE = {
    "no_unescaped_template": re.compile(r"\|\s*safe(?:seq)?\b|{%-?\s*autoescape\s+off"),
    "no_foreign_source": re.compile(r"""\b(?:src|action|formaction|href)=["'](?:https?:)?//"""),
    "no_form_without_its_proof": re.compile(
        r"""<form\b(?=[^>]*method=["']post["'])(?![^>]*>(?:(?!</form>).)*csrf_token)""",
        re.IGNORECASE | re.DOTALL,
    ),
}


def in_python(text: str, path: str) -> Iterator[Flaw]:
    """What our rules find in a module that no reason excuses."""
    tree, lines = ast.parse(text), text.splitlines()
    spans = _spans(tree)
    for rule in PYTHON:
        for line, says in rule(tree, path):
            begin, end = spans.get(line, (line, line))
            if not any(_excused(each) for each in lines[begin - 1 : end]):
                yield Flaw(path, line, rule.__name__, says)
    for number, each in enumerate(lines, 1):
        if EXCUSE.search(each) and not _excused(each):
            yield Flaw(path, number, "no_excuse_without_a_reason", "say why, after ' - '")


def in_template(text: str, path: str) -> Iterator[Flaw]:
    """What our rules find in a template."""
    for rule, pattern in TEMPLATE.items():
        for hit in pattern.finditer(text):
            yield Flaw(path, text.count("\n", 0, hit.start()) + 1, rule, hit.group(0)[:60])


def own() -> list[Flaw]:
    """What our rules find in the whole program."""
    found: list[Flaw] = []
    for path in sorted(SRC.rglob("*.py")):
        found += in_python(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    for path in sorted(SRC.rglob("*.html")):
        found += in_template(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    return found


def bandits() -> list[Flaw]:
    """What bandit finds in the whole program that no reason excuses. Raises RuntimeError if it cannot run."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", "src/liren", "-f", "json", "--skip", PASSED_OVER]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    found = []
    for result in json.loads(done.stdout)["results"]:
        lines = (ROOT / result["filename"]).read_text(encoding="utf-8").splitlines()
        said = lines[result["line_range"][0] - 1 : result["line_range"][-1]]
        digits = result["test_id"].removeprefix("B")
        if not any((excuse := EXCUSE.search(line)) and excuse["ruff"] == digits for line in said):
            flaw = Flaw(result["filename"], result["line_number"], result["test_id"], result["issue_text"])
            found.append(flaw)
    return found


def _spans(tree: ast.Module) -> dict[int, tuple[int, int]]:
    """The first and last line of the smallest statement around each line."""
    spans: dict[int, tuple[int, int]] = {}
    for node in ast.walk(tree):  # from outside in: the smallest comes last
        if isinstance(node, ast.stmt) and not isinstance(
            node, ast.FunctionDef | ast.ClassDef | ast.With | ast.If
        ):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                spans[line] = (node.lineno, node.end_lineno or node.lineno)
    return spans


def _excused(line: str) -> bool:
    excuse = EXCUSE.search(line)
    return bool(excuse and REASON.match(excuse["rest"]))


def main() -> int:
    """Say every flaw; 1 if there is one."""
    found = sorted(own() + bandits())
    for flaw in found:
        print(flaw)
    print(f"{len(found)} flaws")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
