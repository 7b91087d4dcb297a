"""Time that stands until a test moves it: nothing here waits, however long its jobs take."""

import asyncio
import functools
import re
import urllib.error
from datetime import timedelta
from email.utils import parsedate_to_datetime

from helpers import (
    FROZEN_URL,
    SAMPLES,
    Case,
    ask,
    control,
    create,
    expected,
    for_every_kind,
    new_key,
    parsed,
    retrieve,
    seen,
)

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
FIVE_SECONDS = SAMPLES[0]
JOB = FIVE_SECONDS["id"]
BY_POLLS = "b1000000-0000-4000-8000-00000000000"  # and a digit
ADDED = "00000000-0000-4000-8000-00000000000a"


class World:
    """A client of the server whose time stands, and control over its world."""

    def __init__(self, new_client):
        key = new_key()
        self.client = new_client(api_key=key, base_url=FROZEN_URL)
        self.control = functools.partial(control, key)

    async def advance(self, **target):
        return await self.control("POST", "/clock/advance", target)

    async def add_job(self, *timeline):
        await self.control("POST", "/jobs", {"id": ADDED, "application_id": "social-post", "timeline": timeline})

    async def poll(self, job_id=JOB):
        return await retrieve(self.client, job_id)

    async def statuses(self, job_id, polls):
        return [(await self.poll(job_id)).status for _ in range(polls)]

    async def poll_until_ended(self, job_id=JOB):
        jobs = [await self.poll(job_id)]
        while jobs[-1].status == "in_progress":
            jobs.append(await self.poll(job_id))
        return jobs


class Time(Case):
    async def refused(self, request, status):
        with self.assertRaises(urllib.error.HTTPError) as raised:
            await request
        raised.exception.close()
        self.assertEqual(raised.exception.code, status)

    @for_every_kind
    async def test_a_job_of_an_hour_is_in_progress_until_an_hour_is_advanced(self, new_client):
        world = World(new_client)
        await world.add_job({"at": "1h", "status": "completed", "data": {"suggestion": "Done."}})
        self.assertEqual(await world.statuses(ADDED, 10), ["in_progress"] * 10)
        await world.advance(by="59m59s999ms")
        self.assertEqual((await world.poll(ADDED)).status, "in_progress")
        [transition] = (await world.advance(by="1ms"))["transitions"]

        raw = await ask(world.client.applications.jobs.with_raw_response.retrieve, ADDED)
        job = await ask(raw.parse)
        self.assertEqual(job.status, "completed")
        self.assertEqual(job.completed_at - job.created_at, HOUR)
        at = transition.pop("at")
        self.assertEqual(parsed(at), job.completed_at)
        self.assertEqual(transition, {"job_id": ADDED, "from": "in_progress", "to": "completed"})
        self.assertEqual(parsedate_to_datetime(raw.headers["Date"]), job.completed_at.replace(microsecond=0))

    @for_every_kind
    async def test_time_does_not_run_backwards_nor_to_what_it_does_not_bring(self, new_client):
        world = World(new_client)
        now = (await world.control("GET", "/clock"))["now"]
        await world.advance(by="1s")
        await self.refused(world.advance(to=now), 409)
        await self.refused(world.advance(to={"job_id": JOB, "status": "failed"}), 409)
        self.assertEqual(parsed((await world.control("GET", "/clock"))["now"]), parsed(now) + SECOND)

    @for_every_kind
    async def test_where_a_poll_adds_the_time_up_to_the_next_change_a_client_sees_every_state_once(self, new_client):
        world = World(new_client)
        seconds = [1, 2, 600, 3600, 86400]
        await world.add_job(
            *({"at": f"{at}s", "status": "in_progress"} for at in seconds[:-1]),
            {"at": f"{seconds[-1]}s", "status": "failed"},
        )
        await world.control("PUT", "/clock", {"on_poll": "next"})
        jobs = await world.poll_until_ended(ADDED)
        self.assertEqual([(job.updated_at - job.created_at) / SECOND for job in jobs], [0, *seconds])
        self.assertEqual([job.status for job in jobs], ["in_progress"] * 5 + ["failed"])

    @for_every_kind
    async def test_where_a_poll_adds_a_second_the_sixth_poll_finds_a_job_of_five_seconds_completed(self, new_client):
        world = World(new_client)
        await world.control("PUT", "/clock", {"on_poll": "1s"})
        jobs = await world.poll_until_ended()
        self.assertEqual(len(jobs), 6)
        self.assertEqual(seen(jobs[-1]), expected(FIVE_SECONDS, jobs[0].created_at, FIVE_SECONDS["end"]))

    @for_every_kind
    async def test_a_job_that_waits_for_polls_completes_at_that_poll_and_begins_anew_with_a_retry(self, new_client):
        world = World(new_client)
        self.assertEqual(await world.statuses(f"{BY_POLLS}1", 4), ["in_progress"] * 2 + ["completed"] * 2)
        self.assertEqual(await world.statuses(f"{BY_POLLS}2", 4), ["in_progress"] * 3 + ["failed"])
        await ask(world.client.applications.jobs.retry, f"{BY_POLLS}2")
        await ask(world.client.applications.jobs.list, "translation")  # is no poll
        self.assertEqual(await world.statuses(f"{BY_POLLS}2", 2), ["in_progress", "completed"])

    @for_every_kind
    async def test_of_thirty_polls_at_the_same_time_those_before_the_one_that_counts_see_no_end(self, new_client):
        world = World(new_client)
        await world.add_job({"polls": 21, "status": "completed"})
        jobs = await asyncio.gather(*(world.poll(ADDED) for _ in range(30)))
        self.assertEqual(sorted(job.status for job in jobs), ["completed"] * 10 + ["in_progress"] * 20)

    @for_every_kind
    async def test_a_job_that_waits_for_time_and_then_for_polls_that_it_has_had_needs_no_more(self, new_client):
        world = World(new_client)
        job_id = f"{BY_POLLS}3"
        self.assertEqual(await world.statuses(job_id, 5), ["in_progress"] * 5)
        passed = (await world.advance(by="1h"))["transitions"]
        self.assertEqual([one["to"] for one in passed if one["job_id"] == job_id], ["in_progress", "completed"])
        job = await world.poll(job_id)
        self.assertEqual(job.completed_at - job.created_at, 2 * SECOND)

    @for_every_kind
    async def test_parallel_workers_with_keys_of_their_own_each_have_a_clock_of_their_own(self, new_client):
        async def work(seconds):
            world = World(new_client)
            created_at = (await world.poll()).created_at
            for _ in range(seconds):
                await world.advance(by="1s")
            passed = parsed((await world.control("GET", "/clock"))["now"]) - created_at
            return (await world.poll()).status, passed

        workers = await asyncio.gather(*map(work, range(10)))
        statuses = ["in_progress"] * 5 + ["completed"] * 5
        self.assertEqual(workers, [(status, i * SECOND) for i, status in enumerate(statuses)])

    @for_every_kind
    async def test_a_created_job_lives_in_the_time_of_its_world_also_when_it_is_retried(self, new_client):
        world = World(new_client)
        created = await create(world.client, "blog-post", topic="boomerang")
        await world.advance(to={"job_id": created.id, "status": "failed"})
        failed = await world.poll(created.id)
        self.assertEqual(failed.updated_at - created.created_at, 2 * SECOND)
        await world.advance(by="1h")
        await ask(world.client.applications.jobs.retry, created.id)
        await world.advance(to="next")
        completed = await world.poll(created.id)
        self.assertEqual(completed.data.suggestion, "Attempt 2 went well.")
        self.assertEqual(completed.completed_at, failed.updated_at + HOUR + SECOND)

    @for_every_kind
    async def test_a_job_that_is_held_goes_on_where_it_stopped_once_it_is_released(self, new_client):
        world = World(new_client)
        await world.poll()
        await world.advance(by="4s")
        await world.control("POST", f"/jobs/{JOB}/hold")
        await world.advance(by="1h")
        self.assertEqual((await world.poll()).status, "in_progress")
        released = await world.control("POST", f"/jobs/{JOB}/release")
        self.assertEqual(released["next"]["in"], "1s")
        await world.advance(by="1s")
        job = await world.poll()
        self.assertEqual(job.completed_at - job.created_at, HOUR + 5 * SECOND)
        await self.refused(world.control("POST", f"/jobs/{JOB}/hold"), 409)

    @for_every_kind
    async def test_a_job_is_made_what_a_test_wants_and_a_retry_follows_its_fixture_again(self, new_client):
        world = World(new_client)
        forced = {"status": "failed", "error": "Attempt {{attempt}} ran out of luck"}
        await world.control("POST", f"/jobs/{JOB}/transition", forced)
        self.assertEqual((await world.poll()).error, "Attempt 1 ran out of luck")
        await self.refused(world.control("POST", f"/jobs/{JOB}/transition", {"status": "completed"}), 409)
        await ask(world.client.applications.jobs.retry, JOB)
        await world.advance(by="5s")
        self.assertEqual((await world.poll()).data.to_dict(), FIVE_SECONDS["end"]["data"])

    @for_every_kind
    async def test_an_answer_that_is_asked_for_it_explains_itself_in_a_header_and_no_other(self, new_client):
        world = World(new_client)
        name = (await world.control("GET", "/clock"))["world"]
        poll = world.client.applications.jobs.with_raw_response.retrieve
        self.assertNotIn("X-Jobmock-Explain", (await ask(poll, JOB)).headers)
        await world.advance(by="3s")
        explained = (await ask(poll, JOB, extra_headers={"X-Jobmock-Explain": "1"})).headers["X-Jobmock-Explain"]
        self.assertRegex(explained, r' place="[^"]*/fixtures/quickstart\.yaml:12",')
        self.assertEqual(
            re.sub(r' place="[^"]*",', "", explained),
            f'world="{name}", attempt=1, polls=2, offset="3s", next="completed in 2s"',
        )

    @for_every_kind
    async def test_a_world_that_is_forgotten_or_reset_begins_anew_and_no_other_does(self, new_client):
        forgotten, reset, other = worlds = [World(new_client) for _ in range(3)]
        for world in worlds:
            await world.poll()
            await world.advance(by="1h")
        name = (await forgotten.control("GET", "/clock"))["world"]
        self.assertEqual(await control(None, "DELETE", f"/worlds/{name}"), {"forgotten": name})
        await self.refused(control(None, "DELETE", f"/worlds/{name}"), 404)
        await reset.control("POST", "/reset")
        statuses = [(await world.poll()).status for world in worlds]
        self.assertEqual(statuses, ["in_progress", "in_progress", "completed"])
