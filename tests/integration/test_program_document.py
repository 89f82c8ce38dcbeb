"""What the document of OpenAPI says of the server is so."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.world.program import Program

# Which characters can be seen is more than a schema can say: of what it takes some is refused.
# And wrong tokens, of which each example would bring one, are too many soon.
UNSAID = [positive_data_acceptance, ignored_auth]


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_every_answer_is_as_the_document_says(server, long):
    """Whatever is asked, sensible or not: its status, its type and its shape are those of there."""
    program = Program(server)
    bearer = {"Authorization": f"Bearer {program.token}"}
    document = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")
    found: list[Any] = list(document.get_all_operations())
    operations = [one.ok() for one in found]
    assert len(operations) == 3
    for operation in operations:

        @settings(max_examples=1_000 if long else 5, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case):
            case.query.pop("wait", None)
            if case.path_parameters:
                case.path_parameters["token"] = program.token
            case.call_and_validate(headers=bearer, excluded_checks=UNSAID)

        check()
