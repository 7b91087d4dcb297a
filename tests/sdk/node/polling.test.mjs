import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';

import { expected, newClient, pollUntilEnded, retrieve, samples, seen } from './helpers.mjs';

describe('a job that is polled until it ends', { concurrency: true }, () => {
  for (const sample of samples.filter((sample) => sample.end)) {
    it(`is in progress, then ${sample.end.status} for good: ${sample.id}`, async () => {
      const client = newClient();
      const jobs = [];
      for await (const job of pollUntilEnded(client, sample.id)) jobs.push(seen(job));
      jobs.push(seen(await retrieve(client, sample.id)));

      const born = jobs[0].created_at;
      const first = expected(sample, born, sample.first);
      const ended = expected(sample, born, sample.end);
      assert.deepEqual(jobs[0], first);
      for (const job of jobs.slice(0, -2)) assert.deepEqual(job, { ...first, updated_at: job.updated_at });
      assert.deepEqual(jobs.slice(-2), [ended, ended]);
    });
  }
});

test('a job that shows a sign of life moves updated_at while it is in progress', async () => {
  const sample = samples.find((sample) => sample.id.endsWith('-000000000005'));
  const states = [sample.first, { status: 'in_progress', since: 1 }, sample.end];

  const unseen = new Set(states);
  // A stalled client can miss the sign of life, which lasts for a second and a half; not three times.
  for (let attempt = 0; attempt < 3 && unseen.size > 0; ++attempt) {
    for await (const job of pollUntilEnded(newClient(), sample.id)) {
      const told = seen(job);
      const state = states.find((state) => told.updated_at === told.created_at + state.since * 1e6);
      assert.ok(state, `updated_at is ${job.updated_at}, created_at ${job.created_at}`);
      assert.deepEqual(told, expected(sample, told.created_at, state));
      unseen.delete(state);
    }
  }
  assert.deepEqual([...unseen], []);
});
