import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expected, micros, newClient, samples, seen, url } from './helpers.mjs';

// When the fixture has it created, in whole seconds where that hangs on the world: the first answer's Date is the
// second in which the world began.
function created(sample, response) {
  if (typeof sample.created === 'string') return micros(sample.created);
  return Date.parse(response.headers.get('Date')) * 1000 + sample.created * 1e6;
}

for (const sample of samples) {
  test(`the first poll shows job ${sample.id} as its fixture has it`, async () => {
    const { data: job, response } = await newClient().applications.jobs.retrieve(sample.id).withResponse();
    const told = seen(job);
    assert.deepEqual(told, expected(sample, told.created_at, sample.first));

    const precision = typeof sample.created === 'string' ? 1 : 1e6;
    assert.equal(told.created_at - (told.created_at % precision), created(sample, response));
  });
}

test('samples.json has every job of the fixtures', async () => {
  const health = await (await fetch(`${url}/__admin/health`)).json();
  assert.equal(samples.length, health.fixtures.jobs);
  assert.equal(new Set(samples.map((sample) => sample.id)).size, samples.length);
});
