"""Everything the API's own description promises, asked of it: no answer outside of it, and never a 5xx."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from liren.base.access import actions as access
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.site.wsgi import application
from tests.faces.office import Office, staffed

pytestmark = [pytest.mark.proof, pytest.mark.writes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Office:
    """The small town with people in it."""
    return staffed()


@pytest.fixture
def secret(office: Office) -> str:
    """A token for every scope."""
    scopes = ["registers.read", "cases.read", "cases.open", "cases.work"]
    return access.give_token(office.clerk.id, name="fuzz", scopes=scopes, days=1, by=SYSTEM, now=utc_now())


def test_the_api_keeps_to_its_own_description(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        access, "spend_call", lambda *_args, **_kwargs: None
    )  # this client asks without pause
    monkeypatch.setattr(access, "throttle", lambda *_args, **_kwargs: None)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            headers = {"Authorization": f"Bearer {secret}"}
            if case.method.upper() == "POST":
                headers["Idempotency-Key"] = f"fuzz-{asked}"
            # what no schema can say (a place that is not there) is refused too, and told as a problem
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        ask()
    assert asked > 300
