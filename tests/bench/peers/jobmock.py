"""jobmock as users start it: its samples are loaded too, and it judges, remembers and counts every request."""

import functools

import jobs
from servers import ROOT, WORK, Server, output

BINARY = ROOT / "build/release/jobmock"


@functools.cache
def fixture(count, suffix="yaml"):
    file = WORK / f"fixture-{count}.{suffix}"
    {"yaml": jobs.write_yaml, "json": jobs.write_json}[suffix](file, count)
    return file


def prepare(setting, suffix="yaml"):
    return [BINARY, "serve", "--port", setting.port, "--quiet", ROOT / "fixtures", fixture(setting.jobs, suffix)]


SERVER = Server(
    name="jobmock",
    version=lambda: output(BINARY, "--version").split()[-1],
    prepare=prepare,
    note="samples loaded too; journal, expectations, faults and token check on",
)
