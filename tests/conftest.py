"""What every test shares: no skip goes unseen."""

import os

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def spoken() -> None:
    """Every test begins in the language of the house, whatever the one before it spoke."""
    translation.deactivate()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped proof is a failed one."""
    if os.environ.get("LIREN_NO_SKIP") != "1" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
