import writerai
from helpers import SAMPLES, ask, create, for_every_kind, inputs, retrieve
from refusals import BAD_REQUEST, FORBIDDEN, NOT_FOUND, UNAUTHORIZED, RefusalCase

SOME_JOB = SAMPLES[0]["id"]
UNKNOWN_JOB = "00000000-0000-4000-8000-000000000000"
IN_PROGRESS = "f0000000-0000-4000-8000-000000000002"
COMPLETED = "f0000000-0000-4000-8000-000000000003"


class Errors(RefusalCase):
    async def refusal_names(self, value, request, kind):
        self.assertIn(value, (await self.refusal(request, kind)).values())

    @for_every_kind
    async def test_a_token_that_is_not_known_is_an_authentication_error(self, new_client):
        await self.refusal(retrieve(new_client(api_key="revoked-token"), SOME_JOB), UNAUTHORIZED)

    @for_every_kind
    async def test_no_token_is_an_authentication_error(self, new_client):
        client = new_client(default_headers={"Authorization": writerai.Omit()})
        await self.refusal(retrieve(client, SOME_JOB), UNAUTHORIZED)

    @for_every_kind
    async def test_a_token_without_access_is_a_permission_denied_error(self, new_client):
        await self.refusal(retrieve(new_client(api_key="no-access-token"), SOME_JOB), FORBIDDEN)

    @for_every_kind
    async def test_a_malformed_job_id_is_a_bad_request_error_that_names_it(self, new_client):
        jobs = new_client().applications.jobs
        for job_id in "not-a-uuid", "a/path with ümlaut?":
            await self.refusal_names(job_id, ask(jobs.retrieve, job_id), BAD_REQUEST)
            await self.refusal_names(job_id, ask(jobs.retry, job_id), BAD_REQUEST)

    @for_every_kind
    async def test_an_unknown_job_is_a_not_found_error_that_names_it(self, new_client):
        jobs = new_client().applications.jobs
        await self.refusal_names(UNKNOWN_JOB, ask(jobs.retrieve, UNKNOWN_JOB), NOT_FOUND)
        await self.refusal_names(UNKNOWN_JOB, ask(jobs.retry, UNKNOWN_JOB), NOT_FOUND)

    @for_every_kind
    async def test_a_retry_of_a_job_that_has_not_failed_is_a_bad_request_error_and_changes_nothing(self, new_client):
        client = new_client()
        created = await create(client, "blog-post", topic="forever")
        for job_id in IN_PROGRESS, COMPLETED, created.id:
            before = await retrieve(client, job_id)
            await self.refusal_names(job_id, ask(client.applications.jobs.retry, job_id), BAD_REQUEST)
            self.assertEqual(await retrieve(client, job_id), before)

    @for_every_kind
    async def test_an_unknown_application_is_a_not_found_error_that_names_it(self, new_client):
        applications = new_client().applications
        tea = inputs({"topic": "tea"})
        for unknown in "no-such-application", "a/path with ümlaut?":
            for request in (
                ask(applications.retrieve, unknown),
                ask(applications.generate_content, unknown, inputs=tea),
                ask(applications.jobs.create, unknown, inputs=tea),
                ask(applications.jobs.list, unknown),
                ask(applications.graphs.list, unknown),
                ask(applications.graphs.update, unknown, graph_ids=[]),
            ):
                await self.refusal_names(unknown, request, NOT_FOUND)

    @for_every_kind
    async def test_an_unknown_path_is_a_not_found_error(self, new_client):
        await self.refusal(ask(new_client().get, "/_stainless_unknown_path", cast_to=object), NOT_FOUND)
