import assert from 'node:assert/strict';
import { test } from 'node:test';

import { micros, newClient, newKey, retrieve, samples, url, Writer } from './helpers.mjs';

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
