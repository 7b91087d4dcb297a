"""What the tests share: clients of every kind, the samples, and jobs in a form that can be compared."""

import asyncio
import functools
import inspect
import itertools
import json
import os
import time
import unittest
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from writerai import AsyncWriter, Writer

URL = os.environ["JOBMOCK_URL"]
TWIN_URL = os.environ["JOBMOCK_TWIN_URL"]
FROZEN_URL = os.environ["JOBMOCK_FROZEN_URL"]
ALL_SAMPLES = json.loads((Path(__file__).parent.parent / "samples.json").read_text("utf-8"))
APPLICATIONS = ALL_SAMPLES["applications"]
SAMPLES = ALL_SAMPLES["jobs"]
KINDS = [(client, strict) for client in (Writer, AsyncWriter) for strict in (False, True)]


async def ask(call, *arguments, **options):
    """What a method of either client answers; those of Writer run in a thread, so that all can be parallel."""
    answer = await asyncio.to_thread(call, *arguments, **options)
    return await answer if inspect.isawaitable(answer) else answer


async def every(call, *arguments, **options):
    """What a method's list or stream consists of, by the SDK's own iteration: every item of every page."""
    most = 100  # where there is no end
    answer = await ask(call, *arguments, **options)
    if hasattr(answer, "__aiter__"):
        items = []
        async for item in answer:
            items.append(item)
            if len(items) > most:
                break
    else:
        items = await asyncio.to_thread(lambda: list(itertools.islice(answer, most + 1)))
    assert len(items) <= most, f"more than {most} items"
    return items


async def control(key, method, path, body=None):
    """What /__admin of the server whose time stands answers about the world of a key. Without one: about all worlds."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{FROZEN_URL}/__admin{path}", data, headers, method=method)

    def send():
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    return await asyncio.to_thread(send)


async def retrieve(client, job_id):
    return await ask(client.applications.jobs.retrieve, job_id)


def inputs(values):
    """A value for each input, as the API takes them."""
    return [{"id": name, "value": [value]} for name, value in values.items()]


async def create(client, application, **values):
    return await ask(client.applications.jobs.create, application, inputs=inputs(values))


async def listed(client, application, **query):
    """What a list shows: its total_count, and the ids on its page."""
    page = await ask(client.applications.jobs.list, application, **query)
    return page.total_count, [job.id for job in page.result]


async def listed_by_status(client, application):
    """The totals and ids of every list of an application, by status; `all` is the list without a status."""
    statuses = "in_progress", "failed", "completed"
    lists = [listed(client, application)] + [listed(client, application, status=status) for status in statuses]
    return dict(zip(("all", *statuses), await asyncio.gather(*lists)))


async def poll_until_ended(client, job_id):
    """The jobs that the client is shown, one after the other, up to the first that has ended."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        job = await retrieve(client, job_id)
        yield job
        if job.status != "in_progress":
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{job_id} has not ended after a minute")


async def ended(client, job_id):
    """The last of them."""
    return [job async for job in poll_until_ended(client, job_id)][-1]


def new_key():
    """The key of a world of its own."""
    return f"python-{uuid.uuid4()}"


def for_every_kind(test):
    """Makes `test(self, new_client)` a test with each kind of client, all at the same time."""

    @functools.wraps(test)
    async def run(self):
        tests = [test(self, functools.partial(self.new_client, *kind)) for kind in KINDS]
        outcomes = await asyncio.gather(*tests, return_exceptions=True)
        for (client, strict), outcome in zip(KINDS, outcomes):
            with self.subTest(client=client.__name__, strict=strict):
                if outcome is not None:
                    raise outcome

    return run


class Case(unittest.IsolatedAsyncioTestCase):
    maxDiff = None

    async def asyncSetUp(self):
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(40))
        loop.slow_callback_duration = 60  # the warnings of asyncio's debug mode say nothing about the server

    def new_client(self, client_class, strict, **options):
        """Finds the server by WRITER_BASE_URL, and reports a wrong answer instead of asking again."""
        defaults = {"api_key": new_key(), "max_retries": 0, "timeout": 20}
        client = client_class(**{**defaults, **options}, _strict_response_validation=strict)
        self.addAsyncCleanup(ask, client.close)
        return client


def parsed(timestamp):
    return datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%f%z")


def seen(job):
    """The job as the SDK hands it over, with what is left out as None."""
    return job.to_dict(exclude_unset=False)


def expected(sample, created, state):
    """The same of a sample that was created at `created`, once it is in `state`."""
    since = created + timedelta(seconds=state["since"])
    return {
        "id": sample["id"],
        "status": state["status"],
        "application_id": sample["application_id"],
        "created_at": created,
        "updated_at": since,
        "completed_at": since if state["status"] == "completed" else None,
        "data": {"title": None, **state["data"]} if "data" in state else None,
        "error": state.get("error"),
    }
