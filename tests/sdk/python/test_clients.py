import asyncio
import os
from unittest import mock

from helpers import SAMPLES, URL, Case, for_every_kind, new_key, retrieve

SOME_JOB = SAMPLES[0]["id"]


class Clients(Case):
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
