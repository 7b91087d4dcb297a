// Requests through Prism. The strict proxy answers itself when a request or its answer violates the document; the
// other hands everything on and tells of violations in a header.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { STRICT_URL, TELLING_URL } = process.env;
const blogPost = '/v1/applications/blog-post';
const someJob = 'c1000000-0000-4000-8000-000000000001';

const body = (...topics) => ({ inputs: topics.map((topic) => ({ id: 'topic', value: [topic] })) });

async function send(url, method, path, { json, text, type = 'application/json', token = 'contract' } = {}) {
  const content = text ?? (json && JSON.stringify(json));
  const response = await fetch(url + path, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(content && { 'Content-Type': type }) },
    body: content,
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    violations: JSON.parse(response.headers.get('sl-violations') ?? '[]'),
    body: await response.text(),
  };
}

// What an answer as documented holds.
async function strict(status, method, path, options) {
  const answer = await send(STRICT_URL, method, path, options);
  assert.notEqual(answer.type, 'application/problem+json', answer.body);
  assert.deepEqual(answer.violations, []);
  assert.equal(answer.status, status, answer.body);
  return answer.type === 'application/json' ? JSON.parse(answer.body) : answer.body;
}

async function pollUntilEnd(id) {
  for (;;) {
    const job = await strict(200, 'GET', `/v1/applications/jobs/${id}`);
    if (job.status !== 'in_progress') return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a job is created, listed, polled and retried as documented', async () => {
  const { id } = await strict(202, 'POST', `${blogPost}/jobs`, { json: body('boom') });
  const isListed = async (status) =>
    (await strict(200, 'GET', `${blogPost}/jobs?status=${status}&limit=1000`)).result.some((job) => job.id === id);
  assert.ok(await isListed('in_progress'));
  await strict(400, 'POST', `/v1/applications/jobs/${id}/retry`);
  assert.equal((await pollUntilEnd(id)).error, 'No post about boom');
  assert.ok(await isListed('failed'));
  await strict(202, 'POST', `/v1/applications/jobs/${id}/retry`);
  assert.equal((await pollUntilEnd(id)).status, 'completed');
  await strict(200, 'GET', `${blogPost}/jobs?status=completed&offset=0&limit=1`);
});

test('every job of the fixtures is listed as documented', async () => {
  const { data } = await strict(200, 'GET', '/v1/applications');
  for (const { id } of data) {
    await strict(200, 'GET', `/v1/applications/${id}`);
    for (const job of (await strict(200, 'GET', `/v1/applications/${id}/jobs`)).result) {
      await strict(200, 'GET', `/v1/applications/jobs/${job.id}`);
    }
  }
});

test('applications are listed and shown as documented', async () => {
  const { last_id } = await strict(200, 'GET', '/v1/applications?limit=2&order=asc&type=generation');
  await strict(200, 'GET', `/v1/applications?after=${last_id}`);
  await strict(200, 'GET', `/v1/applications?before=${last_id}&limit=0`);
  await strict(400, 'GET', '/v1/applications?before=nobody');
  assert.equal((await strict(200, 'GET', '/v1/applications/c0000000-0000-4000-8000-000000000003')).status, 'draft');
});

test('content is generated as documented', async () => {
  await strict(200, 'POST', blogPost, { json: body('tea') });
  const events = await strict(200, 'POST', blogPost, { json: { ...body('tea'), stream: true } });
  assert.match(events, /^data: .*\[DONE\]\n\n$/s);
  await strict(500, 'POST', blogPost, { json: body('boom') });
  await strict(503, 'POST', blogPost, { json: body('forever') });
  await strict(400, 'POST', blogPost, { json: body('tea', 'coffee') });
});

test('graphs are put and listed as documented', async () => {
  await strict(200, 'GET', `${blogPost}/graphs`);
  await strict(200, 'PUT', `${blogPost}/graphs`, { json: { graph_ids: ['a', 'b'] } });
  assert.deepEqual(await strict(200, 'GET', `${blogPost}/graphs`), { graph_ids: ['a', 'b'] });
});

test('the mock shows itself as documented', async () => {
  await strict(200, 'GET', '/__admin/health', { token: null });
  await strict(200, 'GET', '/__admin/version', { token: null });
  await strict(200, 'GET', '/__admin/openapi.json', { token: null });
  await strict(200, 'POST', '/__admin/fixtures/reload', { token: null });
  assert.ok((await strict(200, 'GET', '/__admin/health', { token: null })).reload.succeeded);
});

test('time is controlled as documented', async () => {
  const token = 'time';
  const job = 'f0000000-0000-4000-8000-000000000001';  // fails after three seconds
  const clock = '/__admin/clock';
  await strict(200, 'GET', clock, { token });
  const { now } = await strict(200, 'PUT', clock, { token, json: { speed: 0, on_poll: '500ms' } });
  await strict(409, 'PUT', clock, { token, json: { now: '2025-01-01T00:00:00Z' } });
  await strict(200, 'GET', `/v1/applications/jobs/${job}`, { token });

  const advance = (status, json) => strict(status, 'POST', `${clock}/advance`, { token, json });
  const { from, transitions } = await advance(200, { to: { job_id: job, status: 'failed' } });
  assert.equal(Date.parse(from), Date.parse(now) + 500);
  assert.deepEqual(transitions.map(({ to }) => to), ['failed']);
  for (const json of [{ by: '1m30s' }, { to: '2100-01-01T00:00:00+01:00' }, { to: 'next' }, { to: 'idle' }]) {
    await advance(200, json);
  }
  await advance(404, { to: { job_id: '99999999-9999-4999-8999-999999999999', status: 'failed' } });
  await advance(409, { to: { job_id: job, status: 'completed' } });
});

test('jobs are controlled as documented', async () => {
  const token = 'jobs';
  const jobs = '/__admin/jobs';
  const json = {
    id: '00000000-0000-4000-8000-00000000000c',
    application_id: 'blog-post',
    created_at: '-1h',
    timeline: [{ polls: 2, status: 'in_progress' }, { at: '2h', status: 'completed', data: { suggestion: 'Done.' } }],
    retries: [{ timeline: [] }],
  };
  await strict(201, 'POST', jobs, { token, json });
  await strict(409, 'POST', jobs, { token, json });
  await strict(400, 'POST', jobs, { token, json: { ...json, application_id: 'nobody' } });
  await strict(200, 'GET', `${jobs}?offset=1&limit=2`, { token });
  for (const act of ['hold', 'release']) await strict(200, 'POST', `${jobs}/${json.id}/${act}`, { token });
  await strict(200, 'POST', `${jobs}/${json.id}/transition`, { token, json: { status: 'failed', error: 'Enough' } });
  await strict(409, 'POST', `${jobs}/${json.id}/hold`, { token });
  assert.equal((await strict(200, 'GET', `${jobs}/${json.id}`, { token })).status, 'failed');
  await strict(200, 'DELETE', `${jobs}/${json.id}`, { token });
  await strict(404, 'GET', `${jobs}/${json.id}`, { token });
});

test('worlds are controlled as documented, each alone and all at once', async () => {
  const token = 'worlds';
  const { world } = await strict(200, 'GET', '/__admin/clock', { token });
  const { worlds } = await strict(200, 'GET', '/__admin/worlds', { token: null });
  assert.ok(worlds.some((one) => one.world === world));
  for (const path of ['/__admin/clock', '/__admin/jobs']) {
    assert.equal((await strict(200, 'GET', `${path}?world=${world}`, { token: null })).world, world);
    assert.equal((await strict(200, 'GET', path, { token: null })).worlds.length, worlds.length);
  }
  await strict(400, 'POST', `/__admin/reset?world=${world}`, { token });
  await strict(200, 'POST', '/__admin/reset', { token });
  await strict(200, 'DELETE', `/__admin/worlds/${token}`, { token: null });
  await strict(404, 'POST', `/__admin/reset?world=${world}`, { token: null });
  await strict(401, 'GET', '/__admin/clock', { token: 'revoked-token' });
  await strict(403, 'GET', '/__admin/clock', { token: 'no-access-token' });
});

test('what is unknown or refused is answered as documented', async () => {
  await strict(404, 'GET', '/v1/applications/jobs/99999999-9999-4999-8999-999999999999');
  await strict(404, 'POST', '/v1/applications/jobs/99999999-9999-4999-8999-999999999999/retry');
  await strict(404, 'GET', '/v1/applications/nobody');
  await strict(404, 'GET', '/v1/applications/nobody/jobs');
  await strict(404, 'POST', '/v1/applications/nobody/jobs', { json: body('tea') });
  await strict(404, 'POST', '/v1/applications/nobody', { json: body('tea') });
  await strict(404, 'PUT', '/v1/applications/nobody/graphs', { json: { graph_ids: [] } });
  await strict(400, 'POST', '/v1/applications/strict-post/jobs', { json: body() });
  await strict(401, 'GET', '/v1/applications', { token: 'revoked-token' });
  await strict(403, 'GET', '/v1/applications', { token: 'no-access-token' });
});

test('what the server refuses for its form, the document forbids', async () => {
  const requests = [
    [400, 'GET', '/v1/applications/jobs/not-a-uuid'],
    [400, 'POST', '/v1/applications/jobs/not-a-uuid/retry'],
    [400, 'GET', `${blogPost}/jobs?limit=1001`],
    [400, 'GET', `${blogPost}/jobs?offset=-1`],
    [400, 'GET', `${blogPost}/jobs?status=queued`],
    [400, 'GET', '/v1/applications?limit=many'],
    [400, 'GET', '/v1/applications?order=up'],
    [400, 'GET', '/v1/applications?type=chat'],
    [400, 'POST', `${blogPost}/jobs`],
    [400, 'POST', `${blogPost}/jobs`, { json: {} }],
    [400, 'POST', `${blogPost}/jobs`, { json: { inputs: [{ id: 'topic', value: 'tea' }] } }],
    [400, 'POST', blogPost, { json: { inputs: [], stream: 'yes' } }],
    [400, 'PUT', `${blogPost}/graphs`, { json: { graph_ids: [1] } }],
    [415, 'PUT', `${blogPost}/graphs`, { text: '{"graph_ids":[]}', type: 'text/plain' }],
    [400, 'PUT', '/__admin/clock', { json: {} }],
    [400, 'PUT', '/__admin/clock', { json: { speed: -1 } }],
    [400, 'PUT', '/__admin/clock', { json: { on_poll: 'often' } }],
    [400, 'PUT', '/__admin/clock', { json: { sped: 1 } }],
    [400, 'POST', '/__admin/clock/advance', { json: { by: '1h', to: 'next' } }],
    [400, 'POST', '/__admin/clock/advance', { json: { to: 'tomorrow' } }],
    [400, 'GET', '/__admin/jobs?limit=10001'],
    [400, 'GET', '/__admin/jobs/not-a-uuid'],
    [400, 'POST', `/__admin/jobs/${someJob}/transition`, { json: { status: 'failed', data: { suggestion: '' } } }],
    [401, 'GET', '/v1/applications', { token: null }],
    [404, 'GET', '/v1/nowhere'],
    [405, 'DELETE', '/v1/applications'],
  ];
  for (const [status, method, path, options] of requests) {
    const answer = await send(TELLING_URL, method, path, options);
    const where = answer.violations.map((violation) => violation.location[0]);
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.ok(where.includes('request'), `${method} ${path} is allowed: ${answer.body}`);
    assert.ok(!where.includes('response'), JSON.stringify(answer.violations));
  }
});
