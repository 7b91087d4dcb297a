import asyncio

from helpers import Case, Writer, ask, create, ended, every, for_every_kind, listed, new_key, retrieve, seen

FIXTURE_JOB = "c1000000-0000-4000-8000-000000000001"
TOPICS = "forever", "boom", "tea", "forever", "boomerang", "coffee", "forever"


async def create_jobs(client):
    """Seven jobs, and one of the fixtures that is older, once those that end have ended; the newest first."""
    await ended(client, FIXTURE_JOB)
    ids = [(await create(client, "blog-post", topic=topic)).id for topic in TOPICS]
    await asyncio.gather(*(ended(client, job) for job, topic in zip(ids, TOPICS) if topic != "forever"))
    return [*reversed(ids), FIXTURE_JOB]


class Lists(Case):
    @classmethod
    def setUpClass(cls):
        cls.key = new_key()
        with Writer(api_key=cls.key, max_retries=0, timeout=20) as client:
            cls.ids = asyncio.run(create_jobs(client))

    @for_every_kind
    async def test_each_page_has_the_jobs_from_its_offset_on_and_the_total(self, new_client):
        client = new_client(api_key=self.key)
        for limit, offset in (1, 0), (1, 7), (3, 0), (3, 3), (3, 6), (8, 0), (9, 2), (0, 0), (0, 3), (2, 8), (2, 1000):
            page = await ask(client.applications.jobs.list, "blog-post", limit=limit, offset=offset)
            self.assertEqual([job.id for job in page.result], self.ids[offset : offset + limit])
            self.assertEqual(page.total_count, 8)
            self.assertEqual(page.pagination.to_dict(), {"offset": offset, "limit": limit})

    @for_every_kind
    async def test_the_sdks_own_iteration_has_each_job_once_the_newest_first(self, new_client):
        jobs = new_client(api_key=self.key).applications.jobs
        for query in {}, *({"limit": limit} for limit in (1, 2, 3, 7, 8, 9)):
            found = await every(jobs.list, "blog-post", **query)
            self.assertEqual([job.id for job in found], self.ids, query)
        found = await every(jobs.list, "blog-post", limit=2, offset=3)
        self.assertEqual([job.id for job in found], self.ids[3:])

    @for_every_kind
    async def test_the_sdks_own_iteration_ends_on_pages_of_none(self, new_client):
        self.assertEqual(await every(new_client(api_key=self.key).applications.jobs.list, "blog-post", limit=0), [])

    @for_every_kind
    async def test_a_page_has_fifty_jobs_unless_told_otherwise(self, new_client):
        page = await ask(new_client(api_key=self.key).applications.jobs.list, "blog-post")
        self.assertEqual(page.pagination.to_dict(), {"offset": 0, "limit": 50})

    @for_every_kind
    async def test_the_list_with_a_status_has_each_job_with_it_once_and_counts_only_these(self, new_client):
        client = new_client(api_key=self.key)
        for status, indices in ("in_progress", (0, 3, 6)), ("failed", (2, 5, 7)), ("completed", (1, 4)):
            expected = [self.ids[i] for i in indices]
            self.assertEqual(await listed(client, "blog-post", status=status), (len(expected), expected))
            found = await every(client.applications.jobs.list, "blog-post", status=status, limit=1)
            self.assertEqual([job.id for job in found], expected)

    @for_every_kind
    async def test_a_list_shows_each_job_as_it_is_shown_alone(self, new_client):
        client = new_client(api_key=self.key)
        page = await ask(client.applications.jobs.list, "blog-post")
        self.assertEqual([seen(job) for job in page.result], [seen(await retrieve(client, job)) for job in self.ids])

    @for_every_kind
    async def test_a_list_is_the_same_under_the_id_of_its_application(self, new_client):
        client = new_client(api_key=self.key)
        self.assertEqual(await listed(client, "c0000000-0000-4000-8000-000000000001"), (8, self.ids))
