"""What the tests share: clients of every kind, the samples, and jobs in a form that can be compared."""

import asyncio
import functools
import inspect
import json
import os
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from writerai import AsyncWriter, Writer

URL = os.environ["JOBMOCK_URL"]
SAMPLES = json.loads((Path(__file__).parent.parent / "samples.json").read_text("utf-8"))["jobs"]
KINDS = [(client, strict) for client in (Writer, AsyncWriter) for strict in (False, True)]


async def ask(call, *arguments, **options):
    """What a method of either client answers; those of Writer run in a thread, so that all can be parallel."""
    answer = await asyncio.to_thread(call, *arguments, **options)
    return await answer if inspect.isawaitable(answer) else answer


async def retrieve(client, job_id):
    return await ask(client.applications.jobs.retrieve, job_id)


async def poll_until_ended(client, job_id):
    """The jobs that the client is shown, one after the other, up to the first that has ended."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        job = await retrieve(client, job_id)
        yield job
        if job.status != "in_progress":
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{job_id} has not ended after a minute")


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
