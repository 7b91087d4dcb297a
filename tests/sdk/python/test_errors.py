import writerai
from helpers import SAMPLES, Case, ask, for_every_kind, retrieve

SOME_JOB = SAMPLES[0]["id"]
UNKNOWN_JOB = "00000000-0000-4000-8000-000000000000"

UNAUTHORIZED = writerai.AuthenticationError, 401, "Unauthorized", "Invalid token", "fail.unauthorized.badToken"
FORBIDDEN = (
    writerai.PermissionDeniedError, 403,
    "Forbidden", "Insufficient access rights", "fail.forbidden.insufficientAccessRights",
)
BAD_REQUEST = (
    writerai.BadRequestError, 400,
    "BadRequest", "Invalid input parameters", "fail.badRequest.invalidParameters",
)
NOT_FOUND = writerai.NotFoundError, 404, "NotFound", "Resource is not found", "fail.notFound.resource"


class Errors(Case):
    async def refusal(self, request, error_class, status, tpe, description, key):
        """Holds what the SDK raises for a request against its class and the envelope of the API's reference."""
        with self.assertRaises(error_class) as raised:
            await request
        error = raised.exception
        self.assertEqual(error.status_code, status)
        self.assertEqual(error.response.status_code, status)
        self.assertEqual(error.response.headers["Content-Type"], "application/json")

        body = error.body
        self.assertIsInstance(body, dict)
        extras = body["errors"][0]["extras"]
        self.assertIsInstance(extras, dict)
        one = {"description": description, "key": key, "extras": extras}
        self.assertEqual(body, {"tpe": tpe, "errors": [one], "extras": {}})
        self.assertEqual(error.message, f"Error code: {status} - {body}")
        return extras

    @for_every_kind
    async def test_a_token_that_is_not_known_is_an_authentication_error(self, new_client):
        await self.refusal(retrieve(new_client(api_key="revoked-token"), SOME_JOB), *UNAUTHORIZED)

    @for_every_kind
    async def test_no_token_is_an_authentication_error(self, new_client):
        client = new_client(default_headers={"Authorization": writerai.Omit()})
        await self.refusal(retrieve(client, SOME_JOB), *UNAUTHORIZED)

    @for_every_kind
    async def test_a_token_without_access_is_a_permission_denied_error(self, new_client):
        await self.refusal(retrieve(new_client(api_key="no-access-token"), SOME_JOB), *FORBIDDEN)

    @for_every_kind
    async def test_a_malformed_job_id_is_a_bad_request_error_that_names_it(self, new_client):
        for job_id in "not-a-uuid", "a/path with ümlaut?":
            extras = await self.refusal(retrieve(new_client(), job_id), *BAD_REQUEST)
            self.assertIn(job_id, extras.values())

    @for_every_kind
    async def test_an_unknown_job_is_a_not_found_error(self, new_client):
        await self.refusal(retrieve(new_client(), UNKNOWN_JOB), *NOT_FOUND)

    @for_every_kind
    async def test_an_unknown_path_is_a_not_found_error(self, new_client):
        await self.refusal(ask(new_client().get, "/_stainless_unknown_path", cast_to=object), *NOT_FOUND)
