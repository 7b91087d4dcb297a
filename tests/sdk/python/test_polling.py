import asyncio
from datetime import timedelta

from helpers import SAMPLES, Case, expected, for_every_kind, poll_until_ended, retrieve, seen


class Polling(Case):
    async def poll(self, client, sample):
        jobs = [seen(job) async for job in poll_until_ended(client, sample["id"])]
        jobs.append(seen(await retrieve(client, sample["id"])))

        born = jobs[0]["created_at"]
        first = expected(sample, born, sample["first"])
        ended = expected(sample, born, sample["end"])
        self.assertEqual(jobs[0], first)
        for job in jobs[:-2]:
            self.assertEqual(job, {**first, "updated_at": job["updated_at"]})
        self.assertEqual(jobs[-2:], [ended, ended])

    @for_every_kind
    async def test_a_job_that_is_polled_is_in_progress_until_it_ends_for_good(self, new_client):
        polled = [sample for sample in SAMPLES if "end" in sample]
        await asyncio.gather(*(self.poll(new_client(), sample) for sample in polled))

    @for_every_kind
    async def test_a_job_that_shows_a_sign_of_life_moves_updated_at_while_it_is_in_progress(self, new_client):
        [sample] = [sample for sample in SAMPLES if sample["id"].endswith("-000000000005")]
        states = [sample["first"], {"status": "in_progress", "since": 1}, sample["end"]]
        by_since = {timedelta(seconds=state["since"]): state for state in states}

        unseen = set(by_since)
        # A stalled client can miss the sign of life, which lasts for a second and a half; not three times.
        for _ in range(3):
            async for job in poll_until_ended(new_client(), sample["id"]):
                since = job.updated_at - job.created_at
                self.assertIn(since, by_since)
                self.assertEqual(seen(job), expected(sample, job.created_at, by_since[since]))
                unseen.discard(since)
            if not unseen:
                break
        self.assertEqual(unseen, set())
