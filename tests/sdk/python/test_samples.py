import json
import urllib.request
from datetime import timedelta
from email.utils import parsedate_to_datetime

from helpers import SAMPLES, URL, Case, ask, expected, for_every_kind, parsed, seen
from writerai.types.applications import ApplicationGenerateAsyncResponse


class Samples(Case):
    @for_every_kind
    async def test_the_first_poll_shows_each_job_as_its_fixture_has_it(self, new_client):
        for sample in SAMPLES:
            raw = await ask(new_client().applications.jobs.with_raw_response.retrieve, sample["id"])
            job = await ask(raw.parse)
            self.assertIsInstance(job, ApplicationGenerateAsyncResponse)
            self.assertEqual(seen(job), expected(sample, job.created_at, sample["first"]))

            if isinstance(sample["created"], str):
                self.assertEqual(job.created_at, parsed(sample["created"]))
            else:  # the first answer's Date is the second in which the world began
                began = parsedate_to_datetime(raw.headers["Date"])
                created = began + timedelta(seconds=sample["created"])
                self.assertEqual(job.created_at.replace(microsecond=0), created, sample["id"])

    def test_samples_json_has_every_job_of_the_fixtures(self):
        with urllib.request.urlopen(f"{URL}/__admin/health", timeout=20) as answer:
            health = json.load(answer)
        self.assertEqual(len(SAMPLES), health["fixtures"]["jobs"])
        self.assertEqual(len({sample["id"] for sample in SAMPLES}), len(SAMPLES))
