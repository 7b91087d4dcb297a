"""What the SDK raises for requests that are refused, held against its classes and the API's envelope."""

from typing import NamedTuple

import writerai
from helpers import Case


class Refusal(NamedTuple):
    error_class: type
    status: int
    tpe: str
    description: str
    key: str


BAD_REQUEST = Refusal(
    writerai.BadRequestError, 400,
    "BadRequest", "Invalid input parameters", "fail.badRequest.invalidParameters",
)
UNAUTHORIZED = Refusal(
    writerai.AuthenticationError, 401,
    "Unauthorized", "Invalid token", "fail.unauthorized.badToken",
)
FORBIDDEN = Refusal(
    writerai.PermissionDeniedError, 403,
    "Forbidden", "Insufficient access rights", "fail.forbidden.insufficientAccessRights",
)
NOT_FOUND = Refusal(
    writerai.NotFoundError, 404,
    "NotFound", "Resource is not found", "fail.notFound.resource",
)
INTERNAL_SERVER_ERROR = Refusal(
    writerai.InternalServerError, 500,
    "InternalServerError", "Internal server error", "fail.internalServerError.generic",
)
SERVICE_UNAVAILABLE = Refusal(
    writerai.InternalServerError, 503,
    "ServiceUnavailable", "Service temporarily unavailable", "fail.serviceUnavailable.temporary",
)


class RefusalCase(Case):
    async def errors(self, request, kind):
        """The description and the extras of each error in the envelope."""
        with self.assertRaises(kind.error_class) as raised:
            await request
        error = raised.exception
        self.assertEqual(error.status_code, kind.status)
        self.assertEqual(error.response.status_code, kind.status)
        self.assertEqual(error.response.headers["Content-Type"], "application/json")

        body = error.body
        self.assertIsInstance(body, dict)
        self.assertEqual(error.message, f"Error code: {kind.status} - {body}")
        self.assertEqual(body, {"tpe": kind.tpe, "errors": body["errors"], "extras": {}})
        self.assertIsInstance(body["errors"], list)
        for one in body["errors"]:
            self.assertEqual(one, {"description": one["description"], "key": kind.key, "extras": one["extras"]})
            self.assertIsInstance(one["extras"], dict)
        return body["errors"]

    async def refusal(self, request, kind):
        """The extras of the one error, described as in the reference."""
        [error] = await self.errors(request, kind)
        self.assertEqual(error["description"], kind.description)
        return error["extras"]

    async def problems(self, request):
        """What is wrong with which field: (field, problem) for each error."""
        found = []
        for error in await self.errors(request, BAD_REQUEST):
            field, _, problem = error["description"].partition(": ")
            self.assertEqual(error["extras"], {"field": field})
            found.append((field, problem))
        return found
