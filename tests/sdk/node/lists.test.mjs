import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { create, ended, listed, newClient, retrieve, seen } from './helpers.mjs';

const fixtureJob = 'c1000000-0000-4000-8000-000000000001';
const topics = ['forever', 'boom', 'tea', 'forever', 'boomerang', 'coffee', 'forever'];

describe('the list of seven created jobs, and one of the fixtures that is older', () => {
  const client = newClient();
  const list = (query) => client.applications.jobs.list('blog-post', query);
  const ids = [];  // newest first

  before(async () => {
    await ended(client, fixtureJob);
    ids.push(fixtureJob);
    for (const topic of topics) ids.unshift((await create(client, 'blog-post', { topic })).id);
    const ending = ids.slice(0, -1).filter((_, i) => topics.at(-1 - i) !== 'forever');
    await Promise.all(ending.map((id) => ended(client, id)));
  });

  for (const limit of [1, 2, 3, 7, 8, 9]) {
    it(`has each job once, newest first, on pages of ${limit}`, async () => {
      const found = [];
      for (let offset = 0; offset < ids.length; offset += limit) {
        const page = await list({ limit, offset });
        assert.equal(page.totalCount, ids.length);
        assert.deepEqual(page.pagination, { offset, limit });
        assert.equal(page.result.length, Math.min(limit, ids.length - offset));
        found.push(...page.result.map((job) => job.id));
      }
      assert.deepEqual(found, ids);
    });
  }

  it('has each job from an offset on once when the SDK itself turns the pages', async () => {
    const found = [];
    for await (const job of list({ limit: 2, offset: 1 })) {
      found.push(job.id);
      assert.ok(found.length <= ids.length, 'the pages have no end');
    }
    assert.deepEqual(found, ids.slice(1));
  });

  it('has fifty jobs on a page, from the newest on, unless told otherwise', async () => {
    const page = await list();
    assert.deepEqual(page.result.map((job) => job.id), ids);
    assert.deepEqual(page.pagination, { offset: 0, limit: 50 });
  });

  it('has no jobs on a page of none, but a total', async () => {
    const page = await list({ limit: 0 });
    assert.deepEqual(page.result, []);
    assert.equal(page.totalCount, 8);
    assert.deepEqual(page.pagination, { offset: 0, limit: 0 });
  });

  it('has no jobs beyond its end, but a total', async () => {
    assert.deepEqual(await listed(client, 'blog-post', { offset: 8 }), { total: 8, ids: [] });
    assert.deepEqual(await listed(client, 'blog-post', { offset: 1000 }), { total: 8, ids: [] });
  });

  const byStatus = { in_progress: [0, 3, 6], failed: [2, 5, 7], completed: [1, 4] };
  for (const [status, indices] of Object.entries(byStatus)) {
    it(`has of the jobs that are ${status} each once, and counts only these`, async () => {
      const expected = indices.map((i) => ids[i]);
      assert.deepEqual(await listed(client, 'blog-post', { status }), { total: expected.length, ids: expected });
      for (let offset = 0; offset < expected.length; ++offset) {
        assert.deepEqual(
          await listed(client, 'blog-post', { status, offset, limit: 1 }),
          { total: expected.length, ids: [expected[offset]] },
        );
      }
    });
  }

  it('shows each job as it is shown alone', async () => {
    const { result } = await list();
    assert.deepEqual(result.map(seen), (await Promise.all(ids.map((id) => retrieve(client, id)))).map(seen));
  });

  it('is the same under the id and the alias of its application', async () => {
    const id = 'c0000000-0000-4000-8000-000000000001';
    assert.deepEqual(await listed(client, id), await listed(client, 'blog-post'));
  });
});
