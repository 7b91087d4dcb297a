import asyncio
import os
from unittest import mock

from helpers import SAMPLES, TWIN_URL, URL, ask, create, for_every_kind, listed, new_key, retrieve
from refusals import NOT_FOUND, RefusalCase

SOME_JOB = SAMPLES[0]["id"]


class Clients(RefusalCase):
    async def finds_the_job(self, client):
        self.assertEqual((await retrieve(client, SOME_JOB)).id, SOME_JOB)

    @for_every_kind
    async def test_a_client_that_only_has_environment_variables_finds_the_server(self, new_client):
        with mock.patch.dict(os.environ, WRITER_API_KEY=new_key()):
            client = new_client(api_key=None)
        self.assertEqual(str(client.base_url).rstrip("/"), URL)
        await self.finds_the_job(client)

    @for_every_kind
    async def test_a_base_url_may_end_with_a_slash(self, new_client):
        await self.finds_the_job(new_client(base_url=f"{URL}/"))

    @for_every_kind
    async def test_a_key_with_spaces_is_accepted_as_a_whole(self, new_client):
        # The first is the key of the SDK's own suite; cut at its first space, the other would be refused.
        for key in "My API Key", "revoked-token no longer":
            await self.finds_the_job(new_client(api_key=key))

    @for_every_kind
    async def test_twenty_parallel_clients_with_keys_of_their_own_each_have_their_own_jobs(self, new_client):
        clients = [new_client() for _ in range(20)]
        # Several jobs, as two clients may come in the same microsecond once, but not with each job.
        jobs = [sample["id"] for sample in SAMPLES if sample["created"] == 0][:4]

        async def births(client):
            return tuple([(await retrieve(client, job)).created_at for job in jobs])

        first = await asyncio.gather(*map(births, clients))
        self.assertEqual(len(set(first)), len(clients))
        for _ in range(3):
            self.assertEqual(await asyncio.gather(*map(births, clients)), first)

    @for_every_kind
    async def test_ten_parallel_clients_with_keys_of_their_own_do_not_see_the_jobs_that_others_create(self, new_client):
        clients = [new_client() for _ in range(10)]
        jobs = await asyncio.gather(*(create(client, "strict-post", topic="tea") for client in clients))
        self.assertEqual(len({job.id for job in jobs}), len(clients))
        for client, own, other in zip(clients, jobs, [*jobs[1:], jobs[0]]):
            self.assertEqual(await listed(client, "strict-post"), (1, [own.id]))
            await self.refusal(retrieve(client, other.id), NOT_FOUND)
            await self.refusal(ask(client.applications.jobs.retry, other.id), NOT_FOUND)

    @for_every_kind
    async def test_clients_with_one_key_see_the_jobs_that_either_creates(self, new_client):
        key = new_key()
        one, other = new_client(api_key=key), new_client(api_key=key)
        first = await create(one, "strict-post", topic="tea")
        second = await create(other, "strict-post", topic="tea")
        self.assertEqual(await listed(one, "strict-post"), (2, [second.id, first.id]))
        self.assertEqual(await listed(other, "strict-post"), (2, [second.id, first.id]))

    @for_every_kind
    async def test_each_server_gives_the_jobs_of_one_key_the_same_ids_in_the_same_order(self, new_client):
        async def ids(**options):
            client = new_client(**options)
            return [(await create(client, "strict-post", topic=f"tea {i}")).id for i in range(5)]

        key = new_key()
        here, elsewhere = await ids(api_key=key), await ids(api_key=key, base_url=TWIN_URL)
        self.assertEqual(here, elsewhere)
        self.assertEqual(len({*here, *await ids()}), 10)  # those of another key are others
