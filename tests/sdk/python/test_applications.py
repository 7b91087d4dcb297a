import json
import urllib.request

from helpers import APPLICATIONS, URL, Case, ask, every, for_every_kind, parsed, seen

OLDEST_FIRST = [application["id"] for application in APPLICATIONS if application["status"] == "deployed"]
NEWEST_FIRST = OLDEST_FIRST[::-1]
ORDERS = (({"order": "asc"}, OLDEST_FIRST), ({"order": "desc"}, NEWEST_FIRST), ({}, NEWEST_FIRST))


def ids(applications):
    return [application.id for application in applications]


class Applications(Case):
    @for_every_kind
    async def test_the_list_of_applications_has_each_that_is_deployed_once_on_pages_of_two(self, new_client):
        applications = new_client().applications
        for order, expected in ORDERS:
            self.assertEqual(ids(await every(applications.list, limit=2, **order)), expected)
            page = await ask(applications.list, limit=2, **order)
            self.assertEqual(ids(page.data), expected[:2])
            self.assertIs(page.has_more, True)

    @for_every_kind
    async def test_the_list_of_applications_leads_back_to_its_beginning_on_pages_of_two(self, new_client):
        applications = new_client().applications
        for order, expected in ORDERS:
            found = ids(await every(applications.list, limit=2, before=expected[-1], **order))
            pages = [found[i : i + 2] for i in range(0, len(found), 2)]  # from the last on
            self.assertEqual(sum(reversed(pages), []), expected[:-1])

    @for_every_kind
    async def test_a_page_of_applications_names_its_first_and_its_last(self, new_client):
        raw = await ask(new_client().applications.with_raw_response.list, order="asc", limit=3)
        page = json.loads(raw.http_response.content)
        del page["data"]
        self.assertEqual(page, {"has_more": True, "first_id": OLDEST_FIRST[0], "last_id": OLDEST_FIRST[2]})

    @for_every_kind
    async def test_the_list_of_applications_has_those_between_two_and_only_generation_as_a_type(self, new_client):
        after, *between, before = OLDEST_FIRST
        query = {"order": "asc", "after": after, "before": before, "type": "generation"}
        page = await ask(new_client().applications.list, **query)
        self.assertEqual(ids(page.data), between)
        self.assertIs(page.has_more, False)

    @for_every_kind
    async def test_an_application_is_what_its_fixture_has_by_id_by_alias_and_in_the_list(self, new_client):
        applications = new_client().applications
        application_id = "c0000000-0000-4000-8000-000000000001"
        created = parsed("2025-03-01T09:00:00.000000Z")
        topic = {
            "name": "topic", "input_type": "text", "required": True, "description": "What it is about", "options": None,
        }
        tone = {
            "name": "tone", "input_type": "dropdown", "required": False, "description": None,
            "options": {"list": ["plain", "funny"]},
        }
        expected = {
            "id": application_id,
            "name": "Blog post",
            "type": "generation",
            "status": "deployed",
            "inputs": [topic, tone],
            "created_at": created,
            "updated_at": created,
            "last_deployed_at": created,
        }
        in_list = [one for one in await every(applications.list) if one.id == application_id]
        by_id = await ask(applications.retrieve, application_id)
        by_alias = await ask(applications.retrieve, "blog-post")
        self.assertEqual([seen(one) for one in (by_id, by_alias, *in_list)], [expected] * 3)

    @for_every_kind
    async def test_an_application_that_is_a_draft_is_shown_without_last_deployed_at(self, new_client):
        draft = await ask(new_client().applications.retrieve, "c0000000-0000-4000-8000-000000000003")
        self.assertEqual(draft.status, "draft")
        self.assertIsNone(draft.last_deployed_at)

    def test_samples_json_has_every_application_of_the_fixtures(self):
        with urllib.request.urlopen(f"{URL}/__admin/health", timeout=20) as answer:
            health = json.load(answer)
        self.assertEqual(len(APPLICATIONS), health["fixtures"]["applications"])
        self.assertEqual(len({application["id"] for application in APPLICATIONS}), len(APPLICATIONS))
