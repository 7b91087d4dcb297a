"""The jobs that every server answers with. All of them completed long ago, so that an answer never changes."""

import json

TOKEN = "test-token"
APPLICATION = "ba000000-0000-4000-8000-000000000001"
CREATED_AT = "2025-02-10T18:18:09.501223Z"
COMPLETED_AT = "2025-02-10T18:18:14.501223Z"
SUGGESTION = "# Coffee\n\nA cup before nine makes the morning, and one after lunch the afternoon."


def job_id(number):
    return f"be000000-0000-4000-8000-{number:012d}"


def path(number):
    return f"/v1/applications/jobs/{job_id(number)}"


def answer(number):
    """What jobmock answers, key by key."""
    return {
        "id": job_id(number),
        "status": "completed",
        "application_id": APPLICATION,
        "created_at": CREATED_AT,
        "updated_at": COMPLETED_AT,
        "completed_at": COMPLETED_AT,
        "data": {"title": f"Post {number}", "suggestion": SUGGESTION},
        "error": None,
    }


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def write_answers(file, count):
    file.write_text(compact([answer(number) for number in range(count)]))


def fixture(number):
    return {
        "id": job_id(number),
        "application_id": "bench",
        "created_at": CREATED_AT,
        "timeline": [
            {"at": "2s", "status": "in_progress"},
            {"at": "5s", "status": "completed", "data": {"title": f"Post {number}", "suggestion": SUGGESTION}},
        ],
    }


YAML_HEAD = f"""\
version: 1

applications:
  - id: {APPLICATION}
    aliases: [bench]

jobs:
"""

YAML_JOB = """\
  - id: {id}
    application_id: bench
    created_at: {created_at}
    timeline:
      - {{at: 2s, status: in_progress}}
      - at: 5s
        status: completed
        data:
          title: Post {number}
          suggestion: {suggestion}
"""


def write_yaml(file, count):
    with open(file, "w") as out:
        out.write(YAML_HEAD)
        for number in range(count):
            out.write(YAML_JOB.format(id=job_id(number), created_at=CREATED_AT, number=number,
                                      suggestion=json.dumps(SUGGESTION)))


def write_json(file, count):
    fixtures = {
        "version": 1,
        "applications": [{"id": APPLICATION, "aliases": ["bench"]}],
        "jobs": [fixture(number) for number in range(count)],
    }
    file.write_text(compact(fixtures))
