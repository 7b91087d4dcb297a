import assert from 'node:assert/strict';
import { test } from 'node:test';

import { applications, newClient, url } from './helpers.mjs';

const oldestFirst = applications.filter(({ status }) => status === 'deployed').map(({ id }) => id);
const newestFirst = [...oldestFirst].reverse();

async function pages(query) {
  const found = [];
  for await (const page of (await newClient().applications.list(query)).iterPages()) {
    found.push(page.data.map(({ id }) => id));
    assert.ok(found.length <= applications.length, 'the pages have no end');
  }
  return found;
}

for (const [order, expected] of [['asc', oldestFirst], ['desc', newestFirst], [undefined, newestFirst]]) {
  const name = order ?? 'no order';
  test(`with ${name}, the list of applications has each that is deployed once, on pages of two`, async () => {
    const found = await pages({ order, limit: 2 });
    assert.deepEqual(found.flat(), expected);
    assert.deepEqual(new Set(found.slice(0, -1).map((page) => page.length)), new Set([2]));
  });

  test(`with ${name}, the list of applications leads back to its beginning, on pages of two`, async () => {
    const found = await pages({ order, limit: 2, before: expected.at(-1) });
    assert.deepEqual(found.reverse().flat(), expected.slice(0, -1));
    assert.deepEqual(new Set(found.slice(1).map((page) => page.length)), new Set([2]));
  });
}

test('a page of applications names its first and its last', async () => {
  const page = async (query) => (await newClient().applications.list(query).asResponse()).json();
  const { data, ...others } = await page({ order: 'asc', limit: 3 });
  assert.deepEqual(others, { has_more: true, first_id: oldestFirst[0], last_id: oldestFirst[2] });
  assert.deepEqual(await page({ limit: 0 }), { data: [], has_more: true });
});

test('the list of applications has those between two, and only generation as a type', async () => {
  const [after, ...between] = oldestFirst;
  const before = between.pop();
  const { data } = await newClient().applications.list({ order: 'asc', after, before, type: 'generation' });
  assert.deepEqual(data.map(({ id }) => id), between);
});

test('an application is what its fixture has, by id, by alias and in the list', async () => {
  const client = newClient();
  const id = 'c0000000-0000-4000-8000-000000000001';
  const created = '2025-03-01T09:00:00.000000Z';
  const expected = {
    id,
    name: 'Blog post',
    type: 'generation',
    status: 'deployed',
    inputs: [
      { name: 'topic', input_type: 'text', required: true, description: 'What it is about' },
      { name: 'tone', input_type: 'dropdown', required: false, options: { list: ['plain', 'funny'] } },
    ],
    created_at: created,
    updated_at: created,
    last_deployed_at: created,
  };
  assert.deepEqual(await client.applications.retrieve(id), expected);
  assert.deepEqual(await client.applications.retrieve('blog-post'), expected);
  assert.deepEqual((await client.applications.list()).data.find((application) => application.id === id), expected);
});

test('an application that is a draft is shown, without last_deployed_at', async () => {
  const draft = await newClient().applications.retrieve('c0000000-0000-4000-8000-000000000003');
  assert.equal(draft.status, 'draft');
  assert.ok(!('last_deployed_at' in draft), JSON.stringify(draft));
});

test('samples.json has every application of the fixtures', async () => {
  const health = await (await fetch(`${url}/__admin/health`)).json();
  assert.equal(applications.length, health.fixtures.applications);
  assert.equal(new Set(applications.map(({ id }) => id)).size, applications.length);
});
