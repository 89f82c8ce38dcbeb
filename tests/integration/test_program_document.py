"""What the document of OpenAPI says of the server is so."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
import requests

from tests.world.deadline import DEADLINE
from tests.world.program import Program

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")

TEXT, JSON = ({"Content-Type": kind} for kind in ("text/plain", "application/json"))
ASKED: list[tuple[str, str, dict[str, Any], int]] = [
    ("post", "/api/messages", {"data": b"hello", "headers": TEXT}, 201),
    ("post", "/api/messages", {"json": {"message": "hello", "reply_to": 10**9}}, 404),
    ("post", "/api/messages", {"data": b"[", "headers": JSON}, 400),
    ("post", "/api/messages", {"data": b"x" * 4_001, "headers": TEXT}, 413),
    ("get", "/api/messages", {}, 200),
    ("get", "/api/messages", {"params": {"after": 10**9}}, 200),
    ("get", "/api/messages", {"params": {"limit": "x"}}, 400),
    ("get", "/api/messages", {"headers": {"Authorization": "Bearer x"}}, 401),
    ("post", "/hooks/{token}", {"json": {"text": "hello"}}, 200),
    ("post", "/hooks/{token}", {"json": {}}, 400),
]


def test_answers_are_as_the_document_says(server):
    """Of each operation those that are wanted, and some refusals: status, type and shape."""
    program = Program(server)
    document = requests.get(f"{server.url}/api/openapi.json", timeout=DEADLINE).json()
    for method, path, options, status in ASKED:
        address = server.url + path.replace("{token}", program.token)
        answer = program.http.request(method, address, timeout=DEADLINE, **options)
        assert answer.status_code == status, (method, path, answer.text)
        said = document["paths"][path][method]["responses"][str(status)]["content"]
        schema = said[answer.headers["Content-Type"].partition(";")[0]]["schema"]
        found = answer.json() if "json" in answer.headers["Content-Type"] else answer.text
        jsonschema_rs.validate({**schema, "components": document["components"]}, found)


@pytest.mark.long
def test_every_answer_is_as_the_document_says(server):
    """Whatever is asked, sensible or not: its status, its type and its shape are those of there."""
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

    # Which characters can be seen is more than a schema can say: of what it takes some is refused.
    # And wrong tokens, of which each example would bring one, are too many soon.
    unsaid = [positive_data_acceptance, ignored_auth]
    program = Program(server)
    bearer = {"Authorization": f"Bearer {program.token}"}
    document = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")
    found: list[Any] = list(document.get_all_operations())
    operations = [one.ok() for one in found]
    assert len(operations) == 3
    for operation in operations:

        @settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case):
            case.query.pop("wait", None)
            if case.path_parameters:
                case.path_parameters["token"] = program.token
            case.call_and_validate(headers=bearer, excluded_checks=unsaid)

        check()
