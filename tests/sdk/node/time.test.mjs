// Time that stands until a test moves it: nothing here waits, however long its jobs take.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { control, create, expected, micros, newClient, newKey, retrieve, samples, seen } from './helpers.mjs';

const second = 1e6;
const hour = 3600 * second;
const sample = (ending) => samples.find(({ id }) => id.endsWith(ending));
const fiveSeconds = samples[0];
const byPolls = 'b1000000-0000-4000-8000-00000000000';  // and a digit

// A client of the server whose time stands, and control over its world.
function world() {
  const apiKey = newKey();
  return {
    client: newClient({ apiKey, baseURL: process.env.JOBMOCK_FROZEN_URL }),
    get: (path) => control(apiKey, 'GET', path),
    post: (path, body) => control(apiKey, 'POST', path, body),
    put: (path, body) => control(apiKey, 'PUT', path, body),
    advance: (target) => control(apiKey, 'POST', '/clock/advance', target),
  };
}

async function addJob({ post }, timeline) {
  const id = '00000000-0000-4000-8000-00000000000a';
  await post('/jobs', { id, application_id: 'social-post', timeline });
  return id;
}

const refused = (request, status, code) =>
  assert.rejects(request, (error) => error.status === status && error.code === code);

test('a job of an hour is in progress until an hour is advanced, and then took an hour exactly', async () => {
  const frozen = world();
  const id = await addJob(frozen, [{ at: '1h', status: 'completed', data: { suggestion: 'Done.' } }]);
  const first = seen(await retrieve(frozen.client, id));
  for (let i = 0; i < 20; ++i) assert.deepEqual(seen(await retrieve(frozen.client, id)), first);
  assert.equal(first.status, 'in_progress');

  await frozen.advance({ by: '59m59s999ms' });
  assert.equal((await retrieve(frozen.client, id)).status, 'in_progress');
  const { transitions } = await frozen.advance({ by: '1ms' });
  const at = transitions[0].at;
  assert.deepEqual(transitions, [{ job_id: id, from: 'in_progress', to: 'completed', at }]);

  const { data: job, response } = await frozen.client.applications.jobs.retrieve(id).withResponse();
  assert.equal(job.status, 'completed');
  assert.equal(job.completed_at, at);
  assert.equal(micros(job.completed_at) - micros(job.created_at), hour);
  assert.equal(Date.parse(response.headers.get('Date')), Math.floor(micros(at) / second) * 1000);
});

test('a job is brought to the next change, to a status, to a time and to its end', async () => {
  const frozen = world();
  const id = await addJob(frozen, [
    { at: '1s', status: 'in_progress' },
    { at: '10m', status: 'in_progress' },
    { at: '2h', status: 'failed' },
  ]);
  const born = seen(await retrieve(frozen.client, id)).created_at;
  const updatedAfter = async (target) => {
    await frozen.advance(target);
    return seen(await retrieve(frozen.client, id)).updated_at - born;
  };
  assert.equal(await updatedAfter({ to: 'next' }), second);
  assert.equal(await updatedAfter({ to: new Date(born / 1000 + 900_000).toISOString() }), 600 * second);
  assert.equal(await updatedAfter({ to: { job_id: id, status: 'failed' } }), 2 * hour);
  await frozen.advance({ to: 'idle' });
  const { next } = await frozen.get('/clock');
  assert.equal(next, null);
});

test('time does not run backwards, nor to what it does not bring', async () => {
  const frozen = world();
  const { now } = await frozen.get('/clock');
  await frozen.advance({ by: '1s' });
  await refused(frozen.advance({ to: now }), 409, 'time_is_past');
  await refused(frozen.put('/clock', { now }), 409, 'time_is_past');
  const job_id = sample('-000000000002').id;
  await refused(frozen.advance({ to: { job_id, status: 'completed' } }), 409, 'status_is_not_reached');
  assert.equal(micros((await frozen.get('/clock')).now), micros(now) + second);
});

test('where a poll adds the time up to the next change, a client sees every state once, in order', async () => {
  const frozen = world();
  const seconds = [1, 2, 600, 3600, 86_400];
  const timeline = seconds.map((at, i) => ({ at: `${at}s`, status: i < 4 ? 'in_progress' : 'completed' }));
  const id = await addJob(frozen, timeline);
  await frozen.put('/clock', { on_poll: 'next' });

  const jobs = [];
  do jobs.push(seen(await retrieve(frozen.client, id))); while (jobs.at(-1).status === 'in_progress');
  const born = jobs[0].created_at;
  assert.deepEqual(jobs.map((job) => (job.updated_at - born) / second), [0, ...seconds]);
  assert.deepEqual(jobs.map((job) => job.status), [...Array(5).fill('in_progress'), 'completed']);
});

test('where a poll adds a second, the sixth poll finds a job of five seconds completed', async () => {
  const frozen = world();
  await frozen.put('/clock', { on_poll: '1s' });
  const jobs = [];
  do jobs.push(seen(await retrieve(frozen.client, fiveSeconds.id))); while (jobs.at(-1).status === 'in_progress');
  assert.equal(jobs.length, 6);
  assert.deepEqual(jobs.at(-1), expected(fiveSeconds, jobs[0].created_at, fiveSeconds.end));
});

test('a job that waits for polls completes at that poll, and begins anew with a retry', async () => {
  const { client } = world();
  const statuses = async (id, polls) => {
    const found = [];
    for (let i = 0; i < polls; ++i) found.push((await retrieve(client, id)).status);
    return found;
  };
  assert.deepEqual(await statuses(`${byPolls}1`, 4), ['in_progress', 'in_progress', 'completed', 'completed']);
  assert.deepEqual(await statuses(`${byPolls}2`, 4), ['in_progress', 'in_progress', 'in_progress', 'failed']);
  await client.applications.jobs.retry(`${byPolls}2`);
  await client.applications.jobs.list('translation');  // is no poll
  assert.deepEqual(await statuses(`${byPolls}2`, 2), ['in_progress', 'completed']);
});

test('of fifty polls at the same time, those before the one that counts see a job in progress', async () => {
  const frozen = world();
  const id = await addJob(frozen, [{ polls: 31, status: 'completed' }]);
  const jobs = await Promise.all(Array.from({ length: 50 }, () => retrieve(frozen.client, id)));
  assert.equal(jobs.filter((job) => job.status === 'in_progress').length, 30);
  assert.equal(jobs.filter((job) => job.status === 'completed').length, 20);
});

test('a job that waits for time, and then for polls that it has had, needs no more of them', async () => {
  const { client, advance } = world();
  const id = `${byPolls}3`;
  const { created_at } = await retrieve(client, id);
  for (let i = 0; i < 4; ++i) assert.equal((await retrieve(client, id)).status, 'in_progress');
  const { transitions } = await advance({ by: '1h' });
  const at = transitions[0].at;
  assert.equal(micros(at) - micros(created_at), 2 * second);
  assert.deepEqual(transitions.filter(({ job_id }) => job_id === id), [
    { job_id: id, from: 'in_progress', to: 'in_progress', at },
    { job_id: id, from: 'in_progress', to: 'completed', at },
  ]);
  assert.equal((await retrieve(client, id)).completed_at, at);
});

test('parallel workers with keys of their own each have a clock of their own', async () => {
  const workers = await Promise.all(Array.from({ length: 20 }, async (_, seconds) => {
    const { client, get, advance } = world();
    const { created_at } = await retrieve(client, fiveSeconds.id);
    for (let i = 0; i < seconds; ++i) await advance({ by: '500ms' });
    const { status } = await retrieve(client, fiveSeconds.id);
    return { status, passed: micros((await get('/clock')).now) - micros(created_at) };
  }));
  assert.deepEqual(workers, workers.map((_, i) => ({
    status: i < 10 ? 'in_progress' : 'completed',
    passed: (i * second) / 2,
  })));
});

test('a created job lives in the time of its world, also when it is retried', async () => {
  const { client, advance } = world();
  const { id, created_at } = await create(client, 'blog-post', { topic: 'boomerang' });
  await advance({ to: { job_id: id, status: 'failed' } });
  const failed = seen(await retrieve(client, id));
  assert.equal(failed.updated_at - micros(created_at), 2 * second);
  await advance({ by: '1h' });
  await client.applications.jobs.retry(id);
  await advance({ by: '1s' });
  const completed = seen(await retrieve(client, id));
  assert.equal(completed.data.suggestion, 'Attempt 2 went well.');
  assert.equal(completed.completed_at, failed.updated_at + hour + second);
});

test('a job that is held stays what it is, and goes on where it stopped once it is released', async () => {
  const { client, post, advance } = world();
  const { id } = fiveSeconds;
  await retrieve(client, id);
  await advance({ by: '4s' });
  assert.equal((await post(`/jobs/${id}/hold`)).held, true);
  assert.deepEqual((await advance({ by: '1h' })).transitions.filter(({ job_id }) => job_id === id), []);
  assert.equal((await retrieve(client, id)).status, 'in_progress');
  assert.equal((await post(`/jobs/${id}/release`)).next.in, '1s');
  await advance({ by: '1s' });
  const job = seen(await retrieve(client, id));
  assert.equal(job.status, 'completed');
  assert.equal(job.completed_at - job.created_at, hour + 5 * second);
  await refused(post(`/jobs/${id}/hold`), 409, 'has_ended');
});

test('a job is made what a test wants, and a retry follows its fixture again', async () => {
  const { client, post, advance } = world();
  const { id } = fiveSeconds;
  await post(`/jobs/${id}/transition`, { status: 'failed', error: 'Attempt {{attempt}} ran out of luck' });
  const failed = await retrieve(client, id);
  assert.equal(failed.error, 'Attempt 1 ran out of luck');
  await refused(post(`/jobs/${id}/transition`, { status: 'completed' }), 409, 'has_ended');
  await client.applications.jobs.retry(id);
  await advance({ by: '5s' });
  assert.deepEqual((await retrieve(client, id)).data, fiveSeconds.end.data);
});

test('an answer that is asked for it explains itself in a header, and no other', async () => {
  const { client, get, advance } = world();
  const { world: name } = await get('/clock');
  const explanation = async (headers) => {
    const { response } = await client.applications.jobs.retrieve(fiveSeconds.id, { headers }).withResponse();
    return response.headers.get('X-Jobmock-Explain');
  };
  assert.equal(await explanation({}), null);
  await advance({ by: '3s' });
  const explained = await explanation({ 'X-Jobmock-Explain': '1' });
  const [, place] = explained.match(/ place="[^"]*\/fixtures\/(quickstart\.yaml:\d+)"/);
  assert.equal(place, 'quickstart.yaml:12');
  assert.equal(
    explained.replace(/ place="[^"]*",/, ''),
    `world="${name}", attempt=1, polls=2, offset="3s", next="completed in 2s"`,
  );
});

test('a world that is forgotten or reset begins anew, and no other does', async () => {
  const [forgotten, reset, other] = [world(), world(), world()];
  const status = async ({ client }) => (await retrieve(client, fiveSeconds.id)).status;
  for (const one of [forgotten, reset, other]) {
    await status(one);
    await one.advance({ by: '1h' });
  }
  const { world: name } = await forgotten.get('/clock');
  assert.ok((await control(null, 'GET', '/worlds')).worlds.some((one) => one.world === name));
  await control(null, 'DELETE', `/worlds/${name}`);
  assert.ok(!(await control(null, 'GET', '/worlds')).worlds.some((one) => one.world === name));
  await reset.post('/reset');
  assert.deepEqual(
    await Promise.all([forgotten, reset, other].map(status)),
    ['in_progress', 'in_progress', 'completed'],
  );
});
