"""The script residents download: one file made of the very modules the house counts with, so that they cannot differ."""

import ast
import inspect
from collections import defaultdict
from importlib import import_module

# by name: the door of the package has functions that are called like the modules they stand in
PARTS = ("figures", "tally", "judging", "tree", "board", "recount", "printed")
_HEAD = '''"""重新计票 · A published vote, counted again by whoever wants to.

    python3 recount.py result.json [--receipt 7K2M-9QXD-4TRA] [--digest 摘要] [--box 封条]

一个文件，只用 Python（3.10 起）自带的库，不联网；逐段都是里仁计票时用的同一段程序，可以自己读、请人读。
One file, nothing but Python's own library (3.10 on), no network. Every part is the very program Liren counts with: read
it, or have it read. Apache License 2.0, Liren contributors.
"""
'''
# before anything an older Python has no word for
_AGE = """
if sys.version_info < (3, 10):
    raise SystemExit("需要 Python 3.10 或更新的版本。 Python 3.10 or newer is needed.")
"""


def script() -> str:
    """The whole script as text, to be saved as recount.py. It reads nothing but the source it is made of."""
    imports, parts = defaultdict[str, set[str]](set), list[str]()
    for part in PARTS:
        source = inspect.getsource(import_module(f"liren.methods.ballot.{part}"))
        tree_of = ast.parse(source)
        begins = [node for node in tree_of.body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in begins:
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if not name.startswith("liren."):
                imports[name] |= {alias.name for alias in node.names}
        last = max([*begins, tree_of.body[0]], key=lambda node: node.lineno).end_lineno
        about = [f"# {line}".rstrip() for line in (ast.get_docstring(tree_of) or "").splitlines()]
        rest = "\n".join(source.splitlines()[last:]).strip("\n")
        parts.append("\n".join([f"# ---- {part} ----", *about, "", rest, "", ""]))
    plainly = [f"import {name}" for name in sorted(imports.pop("", set()))]
    wanted = [f"from {name} import {', '.join(sorted(imports[name]))}" for name in sorted(imports)]
    return "\n".join([_HEAD, *plainly, *wanted, _AGE, *parts])
