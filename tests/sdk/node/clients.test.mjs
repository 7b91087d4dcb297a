import assert from 'node:assert/strict';
import { test } from 'node:test';

import { create, listed, micros, newClient, newKey, retrieve, samples, url, Writer } from './helpers.mjs';
import { notFound, refusal } from './refusals.mjs';

const { id } = samples[0];

test('a client that only has environment variables finds the server', async () => {
  process.env.WRITER_API_KEY = newKey();
  const client = new Writer();
  assert.equal(client.baseURL, url);
  assert.equal((await retrieve(client, id)).id, id);
});

test('a base URL may end with a slash', async () => {
  assert.equal((await retrieve(newClient({ baseURL: `${url}/` }), id)).id, id);
});

// The first is the key of the SDK's own suite; cut at its first space, the other would be a token that is refused.
for (const apiKey of ['My API Key', 'revoked-token no longer']) {
  test(`a key with spaces is accepted as a whole: ${apiKey}`, async () => {
    assert.equal((await retrieve(newClient({ apiKey }), id)).id, id);
  });
}

test('twenty parallel clients with keys of their own each have their own jobs', async () => {
  const clients = Array.from({ length: 20 }, () => newClient());
  const jobs = samples.filter((sample) => sample.created === 0).slice(0, 4);
  // Several jobs, as two clients may come in the same microsecond once, but not with each job.
  const births = (client) =>
    Promise.all(jobs.map(async (job) => micros((await retrieve(client, job.id)).created_at))).then(String);

  const first = await Promise.all(clients.map(births));
  assert.equal(new Set(first).size, clients.length);
  for (let round = 0; round < 3; ++round) assert.deepEqual(await Promise.all(clients.map(births)), first);
});

test('twenty parallel clients with keys of their own do not see the jobs that others create', async () => {
  const clients = Array.from({ length: 20 }, () => newClient());
  const jobs = await Promise.all(clients.map((client) => create(client, 'strict-post', { topic: 'tea' })));
  assert.equal(new Set(jobs.map((job) => job.id)).size, clients.length);
  for (const [i, client] of clients.entries()) {
    assert.deepEqual(await listed(client, 'strict-post'), { total: 1, ids: [jobs[i].id] });
    const other = jobs[(i + 1) % jobs.length].id;
    await refusal(client.applications.jobs.retrieve(other), notFound);
    await refusal(client.applications.jobs.retry(other), notFound);
  }
});

test('clients with one key see the jobs that either creates', async () => {
  const apiKey = newKey();
  const [one, other] = [newClient({ apiKey }), newClient({ apiKey })];
  const first = await create(one, 'strict-post', { topic: 'tea' });
  const second = await create(other, 'strict-post', { topic: 'tea' });
  const expected = { total: 2, ids: [second.id, first.id] };
  assert.deepEqual(await listed(one, 'strict-post'), expected);
  assert.deepEqual(await listed(other, 'strict-post'), expected);
});

test('each server gives the jobs of one key the same ids in the same order, those of another key others', async () => {
  const idsOf = async (options) => {
    const client = newClient(options);
    const ids = [];
    for (let i = 0; i < 5; ++i) ids.push((await create(client, 'strict-post', { topic: `tea ${i}` })).id);
    return ids;
  };
  const apiKey = newKey();
  const ids = await idsOf({ apiKey });
  assert.deepEqual(await idsOf({ apiKey, baseURL: process.env.JOBMOCK_TWIN_URL }), ids);
  assert.equal(new Set([...ids, ...(await idsOf())]).size, 10);
});
