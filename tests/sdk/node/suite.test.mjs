// The calls that the SDK's own suite makes, with its key and its parameters.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newClient, Writer } from './helpers.mjs';

const { applications } = newClient({ apiKey: 'My API Key' });
const { jobs, graphs } = applications;
const id = '182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e';
const inputs = [{ id: 'id', value: ['string'] }];

// Each with the status that it is answered with, and the keys that the SDK's types require.
const calls = {
  'applications.retrieve': [200, (options) => applications.retrieve('application_id', options), 'id'],
  'applications.list': [200, (options) => applications.list({}, options), 'data'],
  'applications.list with every parameter': [
    200,
    (options) => applications.list({ after: id, before: id, limit: 0, order: 'asc', type: 'generation' }, options),
    'data',
  ],
  'applications.generateContent': [
    200,
    (options) => applications.generateContent(id, { inputs }, options),
    'suggestion',
  ],
  'applications.generateContent without a stream': [
    200,
    (options) => applications.generateContent(id, { inputs, stream: false }, options),
    'suggestion',
  ],
  'jobs.create': [202, (options) => jobs.create('application_id', { inputs }, options), 'id'],
  'jobs.retrieve': [200, (options) => jobs.retrieve(id, options), 'application_id'],
  'jobs.list': [200, (options) => jobs.list('application_id', {}, options), 'result'],
  'jobs.list with every parameter': [
    200,
    (options) => jobs.list('application_id', { limit: 0, offset: 0, status: 'in_progress' }, options),
    'result',
  ],
  'jobs.retry': [202, (options) => jobs.retry(id, options), 'id'],
  'graphs.update': [200, (options) => graphs.update('application_id', { graph_ids: [id] }, options), 'graph_ids'],
  'graphs.list': [200, (options) => graphs.list('application_id', options), 'graph_ids'],
};
for (const [name, [status, call, key]] of Object.entries(calls)) {
  test(`${name} of the SDK's own suite is answered`, async () => {
    const request = call();
    const response = await request.asResponse();
    assert.equal(response.status, status);
    assert.ok(key in (await request), name);
    assert.equal((await request.withResponse()).response, response);
  });

  test(`${name} of the SDK's own suite, under a path that is unknown, is a NotFoundError`, async () => {
    await assert.rejects(call({ path: '/_stainless_unknown_path' }), Writer.NotFoundError);
  });
}

test('the stream of the SDK\'s own suite can be read, and left unread', async () => {
  const stream = () => applications.generateContent(id, { inputs, stream: true });
  let count = 0;
  for await (const { delta } of await stream()) count += Object.keys(delta).length;
  assert.ok(count > 1, `${count} deltas`);
  for await (const { delta } of await stream()) {
    assert.deepEqual(Object.keys(delta), ['title']);
    break;
  }
  (await stream()).controller.abort();
});

test('the job of the SDK\'s own suite can be retried many times over, also at the same time', async () => {
  const { created_at } = await jobs.retrieve(id);
  const expected = { id, status: 'failed', created_at };
  for (let i = 0; i < 10; ++i) assert.deepEqual(await jobs.retry(id), expected);
  const retries = await Promise.all(Array.from({ length: 40 }, () => jobs.retry(id)));
  assert.deepEqual(new Set(retries.map((job) => JSON.stringify(job))), new Set([JSON.stringify(expected)]));
});
