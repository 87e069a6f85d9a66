"""What every test shares: no skip goes unseen, and who works on what where several run side by side."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file stay with one worker, in their order; pages looked at in widths are as many files as widths."""
    for item in items:
        name = str(item.path)
        width = getattr(item, "callspec", None) and item.callspec.params.get("width")  # type: ignore[attr-defined]
        if width:
            name = f"{name}:{width}"
        item.add_marker(pytest.mark.xdist_group(name))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped proof is a failed one."""
    if os.environ.get("LIREN_NO_SKIP") != "1" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
