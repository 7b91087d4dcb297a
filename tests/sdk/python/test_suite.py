"""The calls that the SDK's own suite makes, with its key and its parameters."""

import asyncio
from operator import attrgetter

from helpers import Case, ask, every, for_every_kind
from writerai.pagination import (
    AsyncApplicationJobsOffset,
    AsyncCursorPage,
    SyncApplicationJobsOffset,
    SyncCursorPage,
)
from writerai.types import (
    ApplicationGenerateContentChunk,
    ApplicationGenerateContentResponse,
    ApplicationRetrieveResponse,
)
from writerai.types.applications import (
    ApplicationGenerateAsyncResponse,
    ApplicationGraphsResponse,
    JobCreateResponse,
    JobRetryResponse,
)

ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
INPUTS = [{"id": "id", "value": ["string"]}]
APPLICATION_PAGE = SyncCursorPage, AsyncCursorPage
JOB_PAGE = SyncApplicationJobsOffset, AsyncApplicationJobsOffset
EVERY_JOB_PARAMETER = {"limit": 0, "offset": 0, "status": "in_progress"}
EVERY_APPLICATION_PARAMETER = {"after": ID, "before": ID, "limit": 0, "order": "asc", "type": "generation"}

# Resource, method, its arguments; the status that it is answered with, and what the SDK makes of it.
CALLS = [
    ("applications", "retrieve", ["application_id"], {}, 200, ApplicationRetrieveResponse),
    ("applications", "list", [], {}, 200, APPLICATION_PAGE),
    ("applications", "list", [], EVERY_APPLICATION_PARAMETER, 200, APPLICATION_PAGE),
    ("applications", "generate_content", [ID], {"inputs": INPUTS}, 200, ApplicationGenerateContentResponse),
    (
        "applications", "generate_content", [ID], {"inputs": INPUTS, "stream": False},
        200, ApplicationGenerateContentResponse,
    ),
    ("applications.jobs", "create", ["application_id"], {"inputs": INPUTS}, 202, JobCreateResponse),
    ("applications.jobs", "retrieve", [ID], {}, 200, ApplicationGenerateAsyncResponse),
    ("applications.jobs", "list", ["application_id"], {}, 200, JOB_PAGE),
    ("applications.jobs", "list", ["application_id"], EVERY_JOB_PARAMETER, 200, JOB_PAGE),
    ("applications.jobs", "retry", [ID], {}, 202, JobRetryResponse),
    ("applications.graphs", "update", ["application_id"], {"graph_ids": [ID]}, 200, ApplicationGraphsResponse),
    ("applications.graphs", "list", ["application_id"], {}, 200, ApplicationGraphsResponse),
]


async def streamed(call, *arguments, **options):
    """The response that a method of `with_streaming_response` hands over, and what it is parsed into."""
    manager = call(*arguments, **options)
    if hasattr(manager, "__aenter__"):
        async with manager as response:
            return response, await response.parse()

    def read():
        with manager as response:
            return response, response.parse()

    return await asyncio.to_thread(read)


class Suite(Case):
    def new_suite_client(self, new_client):
        return new_client(api_key="My API Key")

    @for_every_kind
    async def test_each_call_of_the_sdks_own_suite_is_answered(self, new_client):
        client = self.new_suite_client(new_client)
        for resource, method, arguments, options, _, kind in CALLS:
            answer = await ask(attrgetter(f"{resource}.{method}")(client), *arguments, **options)
            self.assertIsInstance(answer, kind, f"{resource}.{method}")

    @for_every_kind
    async def test_each_call_of_the_sdks_own_suite_has_a_raw_response(self, new_client):
        client = self.new_suite_client(new_client)
        for resource, method, arguments, options, status, kind in CALLS:
            call = attrgetter(f"{resource}.with_raw_response.{method}")(client)
            response = await ask(call, *arguments, **options)
            self.assertEqual(response.status_code, status, f"{resource}.{method}")
            self.assertIs(response.is_closed, True)
            self.assertIsInstance(await ask(response.parse), kind, f"{resource}.{method}")

    @for_every_kind
    async def test_each_call_of_the_sdks_own_suite_has_a_streaming_response(self, new_client):
        client = self.new_suite_client(new_client)
        for resource, method, arguments, options, status, kind in CALLS:
            call = attrgetter(f"{resource}.with_streaming_response.{method}")(client)
            response, answer = await streamed(call, *arguments, **options)
            self.assertEqual(response.status_code, status, f"{resource}.{method}")
            self.assertIs(response.is_closed, True)
            self.assertIsInstance(answer, kind, f"{resource}.{method}")

    @for_every_kind
    async def test_the_stream_of_the_sdks_own_suite_can_be_read_and_left_unread(self, new_client):
        applications = self.new_suite_client(new_client).applications
        options = {"inputs": INPUTS, "stream": True}
        chunks = await every(applications.generate_content, ID, **options)
        self.assertGreater(len(chunks), 1)
        for chunk in chunks:
            self.assertIsInstance(chunk, ApplicationGenerateContentChunk)
        await ask((await ask(applications.generate_content, ID, **options)).close)
        raw = await ask(applications.with_raw_response.generate_content, ID, **options)
        await ask((await ask(raw.parse)).close)
        _, stream = await streamed(applications.with_streaming_response.generate_content, ID, **options)
        await ask(stream.close)

    @for_every_kind
    async def test_the_job_of_the_sdks_own_suite_can_be_retried_many_times_over_also_in_parallel(self, new_client):
        jobs = self.new_suite_client(new_client).applications.jobs
        created_at = (await ask(jobs.retrieve, ID)).created_at
        expected = {"id": ID, "status": "failed", "created_at": created_at}
        for _ in range(10):
            self.assertEqual((await ask(jobs.retry, ID)).to_dict(), expected)
        for job in await asyncio.gather(*(ask(jobs.retry, ID) for _ in range(20))):
            self.assertEqual(job.to_dict(), expected)
