"""Answers that go wrong on purpose, and what the SDK makes of them: a server of its own, and `jobmock run`."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from helpers import Case, for_every_kind, new_key, retrieve
from writerai import APIConnectionError, APITimeoutError, InternalServerError, RateLimitError

BINARY = os.environ["JOBMOCK_BINARY"]
JOB = "00000000-0000-4000-8000-00000000000f"
TWICE_UNAVAILABLE = {"job_id": JOB, "polls": "1..2", "status": 503, "retry_after_ms": "50ms"}


def fixture(faults=(), expect=None):
    job = {
        "id": JOB,
        "application_id": "shaky",
        "timeline": [{"polls": 4, "status": "completed", "data": {"suggestion": "Done."}}],
        "faults": list(faults),
    }
    if expect:
        job["expect"] = expect
    return json.dumps({"version": 1, "applications": [{"id": "shaky"}], "jobs": [job]})


class World:
    """Control over a world with these faults, and a client of it."""

    def __init__(self, url, new_client, **options):
        self.key = new_key()
        self.url = url
        self.client = new_client(api_key=self.key, base_url=url, **options)

    async def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(f"{self.url}/__admin{path}", data, headers, method=method)

        def send():
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                return json.load(refusal)

        return await asyncio.to_thread(send)

    async def add(self, *faults):
        for fault in faults:
            added = await self.control("POST", "/faults", fault)
            assert "id" in added, added

    async def poll(self):
        return await retrieve(self.client, JOB)

    async def requests(self):
        return (await self.control("GET", "/requests"))["requests"]


class Faults(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory()
        file = Path(cls.folder.name, "shaky.json")
        file.write_text(fixture())
        command = [BINARY, "serve", "--port", "0", "--quiet", str(file)]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = cls.server.stdout.readline().split()[3]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        status = cls.server.wait(timeout=30)
        cls.server.stdout.close()
        cls.folder.cleanup()
        assert status == 0, status
        super().tearDownClass()

    async def world(self, new_client, *faults, **options):
        world = World(self.url, new_client, **options)
        await world.add(*faults)
        return world

    @for_every_kind
    async def test_default_retries_get_through_503_on_the_first_two_polls(self, new_client):
        world = await self.world(new_client, TWICE_UNAVAILABLE, max_retries=2)
        self.assertEqual((await world.poll()).status, "in_progress")

        seen = [(entry["status"], entry["retry_count"]) for entry in await world.requests()]
        self.assertEqual(seen, [(503, 0), (503, 1), (200, 2)])
        job = (await world.control("GET", "/report"))["jobs"][0]
        self.assertEqual(job["polls"], 3)
        self.assertEqual([fault["request"] for fault in job["faults"]], [1, 2])
        self.assertEqual(job["retry_after"], {"asked": 2, "honoured": 2})

    @for_every_kind
    async def test_a_third_503_is_too_much_for_them(self, new_client):
        world = await self.world(new_client, {**TWICE_UNAVAILABLE, "polls": "1..3"}, max_retries=2)
        with self.assertRaises(InternalServerError):
            await world.poll()
        self.assertEqual(len(await world.requests()), 3)

    @for_every_kind
    async def test_without_retries_each_503_is_an_error(self, new_client):
        world = await self.world(new_client, TWICE_UNAVAILABLE, max_retries=0)
        for _ in range(2):
            with self.assertRaises(InternalServerError):
                await world.poll()
        self.assertEqual((await world.poll()).status, "in_progress")
        self.assertEqual([entry["retry_count"] for entry in await world.requests()], [0, 0, 0])

    @for_every_kind
    async def test_retry_after_is_honoured_in_every_form(self, new_client):
        for after in {"retry_after": "1s"}, {"retry_after_ms": "300ms"}, {"retry_after": {"date": "2s"}}:
            world = await self.world(new_client, {"polls": 1, "status": 429, **after}, max_retries=2)
            await world.poll()
            expected = {"polls": {"min": 2, "max": 2}, "retry_after_honoured": True}
            verdict = await world.control("POST", "/verify", expected)
            self.assertEqual(verdict["verdict"], "pass", (after, verdict))

    @for_every_kind
    async def test_a_reset_and_a_close_are_connection_errors_that_a_retry_gets_over(self, new_client):
        for connection in "reset", "close":
            fault = {"polls": 1, "connection": connection}
            hasty = await self.world(new_client, fault, max_retries=0)
            with self.assertRaises(APIConnectionError):
                await hasty.poll()
            self.assertIsNone((await hasty.requests())[0]["status"])
            patient = await self.world(new_client, fault, max_retries=2)
            self.assertEqual((await patient.poll()).status, "in_progress")

    @for_every_kind
    async def test_a_body_that_is_cut_or_no_json_is_an_error(self, new_client):
        for fault in {"truncate": 10}, {"malformed": True}:
            world = await self.world(new_client, {"polls": 1, **fault}, max_retries=0)
            with self.assertRaises(Exception):
                await world.poll()
            self.assertEqual((await world.poll()).status, "in_progress")

    @for_every_kind
    async def test_a_delay_beyond_the_timeout_is_a_timeout(self, new_client):
        for fault in {"delay": "1m"}, {"connection": "stall"}:
            world = await self.world(new_client, {"polls": 1, **fault}, max_retries=0, timeout=0.5)
            with self.assertRaises(APITimeoutError):
                await world.poll()

    @for_every_kind
    async def test_a_quota_is_a_rate_limit_until_the_window_of_the_world_ends(self, new_client):
        world = await self.world(new_client, {"quota": {"requests": 2, "per": "1h"}}, max_retries=0)
        await world.control("PUT", "/clock", {"speed": 0})
        for _ in range(2):
            await world.poll()
        with self.assertRaises(RateLimitError) as refused:
            await world.poll()
        self.assertEqual(refused.exception.response.headers["Retry-After"], "3600")
        await world.control("POST", "/clock/advance", {"by": "1h"})
        self.assertEqual((await world.poll()).status, "completed")

    def run_command(self, script, expect):
        """The exit status of `jobmock run` around a script, and the report."""
        with tempfile.TemporaryDirectory() as folder:
            file, report = Path(folder, "run.json"), Path(folder, "report")
            fault = {"polls": "1..2", "status": 503, "retry_after_ms": "300ms"}
            file.write_text(fixture([fault], expect))
            command = [BINARY, "run", "--report", str(report), str(file), "--", sys.executable, "-c", script]
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, check=False)
            return done.returncode, json.loads(report.read_text()), done.stderr.decode()

    def test_jobmock_run_passes_a_client_that_waits_as_it_is_asked_to(self):
        script = f"from writerai import Writer; Writer().applications.jobs.retrieve('{JOB}')"
        status, report, text = self.run_command(script, {"retry_after_honoured": True})
        self.assertEqual(status, 0, text)
        self.assertEqual(report["expectations"][0]["verdict"], "pass")

    def test_jobmock_run_fails_one_that_hammers(self):
        script = f"""
from writerai import InternalServerError, Writer
for _ in range(3):
    try:
        Writer(max_retries=0).applications.jobs.retrieve('{JOB}')
    except InternalServerError:
        pass
"""
        status, report, text = self.run_command(script, {"polls": {"max": 2}})
        self.assertEqual(status, 3, text)
        self.assertEqual(report["expectations"][0]["reasons"][0]["requests"], [3])

    def test_jobmock_run_hands_on_the_status_of_a_command_that_fails(self):
        self.assertEqual(self.run_command("raise SystemExit(7)", {"polls": {"min": 1}})[0], 7)
