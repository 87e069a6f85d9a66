"""What every test shares: no skip goes unseen."""

import os

import pytest
from django.utils import translation
from hypothesis import settings

# The same examples in every run, so that what fails was broken by what was changed; LIREN_EXPLORE=1 looks for new ones.
# No deadline: a loaded machine is no fault of the code.
settings.register_profile("liren", deadline=None, derandomize=os.environ.get("LIREN_EXPLORE") != "1")
settings.load_profile("liren")


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
