from helpers import ask, for_every_kind, listed
from refusals import RefusalCase

BAD_INPUTS = [  # each with the field that the answer must name
    (None, "body"),
    ([], "body"),
    ({}, "inputs"),
    ({"inputs": None}, "inputs"),
    ({"inputs": "topic"}, "inputs"),
    ({"inputs": ["topic"]}, "inputs[0]"),
    ({"inputs": [{"value": ["tea"]}]}, "inputs[0].id"),
    ({"inputs": [{"id": "topic"}]}, "inputs[0].value"),
    ({"inputs": [{"id": "topic", "value": "tea"}]}, "inputs[0].value"),
    ({"inputs": [{"id": "topic", "value": ["tea", 7]}]}, "inputs[0].value[1]"),
    ({"inputs": [{"id": 7, "value": ["tea"]}]}, "inputs[0].id"),
]
BAD_GRAPHS = [
    (None, "body"),
    ({}, "graph_ids"),
    ({"graph_ids": "graph"}, "graph_ids"),
    ({"graph_ids": [None]}, "graph_ids[0]"),
]
APPLICATION = "/v1/applications/strict-post"


class Parameters(RefusalCase):
    async def refused(self, call, *arguments, **query):
        """Holds each parameter, alone in a query, against the answer, which must name it and its value."""
        for name, values in query.items():
            for value in values:
                [(field, problem)] = await self.problems(ask(call, *arguments, **{name: value}))
                self.assertEqual(field, name)
                self.assertIn(f"'{value}'", problem)

    @for_every_kind
    async def test_a_bad_parameter_of_the_list_of_jobs_is_a_bad_request_error_that_names_it(self, new_client):
        jobs = new_client().applications.jobs
        await self.refused(
            jobs.list, "blog-post",
            limit=[-1, "ten", 1.5], offset=[-1, "x"], status=["done", "IN_PROGRESS"],
        )

    @for_every_kind
    async def test_a_bad_parameter_of_the_list_of_applications_is_a_bad_request_error_that_names_it(self, new_client):
        unknown = ["no-such-application"]
        await self.refused(
            new_client().applications.list,
            limit=[-1, "ten"], order=["newest"], type=["chat"], after=unknown, before=unknown,
        )

    @for_every_kind
    async def test_every_bad_parameter_of_a_list_is_named_at_once(self, new_client):
        jobs = new_client().applications.jobs
        found = await self.problems(ask(jobs.list, "blog-post", limit=-1, offset="x", status="done"))
        self.assertEqual(sorted(field for field, _ in found), ["limit", "offset", "status"])

    @for_every_kind
    async def test_a_malformed_body_is_a_bad_request_error_that_names_the_field_and_changes_nothing(self, new_client):
        client = new_client()
        not_a_flag = ({"inputs": [], "stream": "yes"}, "stream")
        for call, path, bodies in (
            (client.post, f"{APPLICATION}/jobs", BAD_INPUTS),
            (client.post, APPLICATION, [*BAD_INPUTS, not_a_flag]),
            (client.put, f"{APPLICATION}/graphs", BAD_GRAPHS),
        ):
            for body, field in bodies:
                found = await self.problems(ask(call, path, body=body, cast_to=object))
                self.assertEqual([named for named, _ in found], [field], body)
        self.assertEqual(await listed(client, "strict-post"), (0, []))
        self.assertEqual((await ask(client.applications.graphs.list, "strict-post")).graph_ids, [])

    @for_every_kind
    async def test_a_body_that_is_not_json_is_a_bad_request_error(self, new_client):
        client = new_client()
        for content in b'{"inputs": [', b"inputs", b'{"inputs": []} {}', b'{"inputs": [{"id": "\xff", "value": []}]}':
            request = ask(client.post, f"{APPLICATION}/jobs", content=content, cast_to=object)
            self.assertEqual([field for field, _ in await self.problems(request)], ["body"])
