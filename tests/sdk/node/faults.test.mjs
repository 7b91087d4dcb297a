// Answers that go wrong on purpose, and what the SDK makes of them: servers of their own, each with a fixture.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { newKey, Writer } from './helpers.mjs';

const binary = process.env.JOBMOCK_BINARY;
const folder = mkdtempSync(join(tmpdir(), 'jobmock-faults-'));
const job = '00000000-0000-4000-8000-00000000000f';

let server;
let baseURL;

const fixture = (faults, expect = '') => `
version: 1
applications: [{id: shaky}]
jobs:
  - id: ${job}
    application_id: shaky
    timeline: [{polls: 4, status: completed, data: {suggestion: Done.}}]
    faults: ${JSON.stringify(faults)}
${expect}`;

before(async () => {
  const file = join(folder, 'shaky.yaml');
  writeFileSync(file, fixture([]));
  server = spawn(binary, ['serve', '--port', '0', '--quiet', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: server.stdout })) {
    [baseURL] = line.match(/http:\/\/\S+/);
    break;
  }
});

after(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill();
  assert.equal(await ended, 0);
  rmSync(folder, { recursive: true });
});

// A world with these faults, and a client of it.
async function worldWith(faults, options) {
  const apiKey = newKey();
  const control = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${apiKey}` };
    const response = await fetch(`${baseURL}/__admin${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, ...(await response.json()) };
  };
  for (const fault of faults) assert.equal((await control('POST', '/faults', fault)).status, 201);
  const client = new Writer({ apiKey, baseURL, timeout: 20_000, ...options });
  return { control, poll: () => client.applications.jobs.retrieve(job) };
}

const twiceUnavailable = { job_id: job, polls: '1..2', status: 503, retry_after_ms: '50ms' };
const withoutRetries = { maxRetries: 0 };

test('default retries get through 503 on the first two polls, and the report shows each of them', async () => {
  const { control, poll } = await worldWith([twiceUnavailable]);
  assert.equal((await poll()).status, 'in_progress');

  const { requests } = await control('GET', '/requests');
  assert.deepEqual(requests.map(({ status, retry_count }) => [status, retry_count]), [[503, 0], [503, 1], [200, 2]]);
  assert.deepEqual(requests.map(({ job_status }) => job_status), [null, null, 'in_progress']);
  assert.ok(requests.every(({ client }) => client.startsWith('Writer/JS')), requests[0].client);
  const { jobs } = await control('GET', '/report');
  assert.equal(jobs[0].polls, 3);
  assert.deepEqual(jobs[0].faults.map(({ request }) => request), [1, 2]);
  assert.deepEqual(jobs[0].retry_after, { asked: 2, honoured: 2 });
  assert.deepEqual(jobs[0].unexpected_errors, []);
});

test('default retries do not get through a third 503', async () => {
  const { control, poll } = await worldWith([{ ...twiceUnavailable, polls: '1..3' }]);
  await assert.rejects(poll(), Writer.InternalServerError);
  assert.equal((await control('GET', '/report')).jobs[0].polls, 3);
});

test('without retries each 503 is an error, and the third poll is fine', async () => {
  const { control, poll } = await worldWith([twiceUnavailable], withoutRetries);
  await assert.rejects(poll(), Writer.InternalServerError);
  await assert.rejects(poll(), Writer.InternalServerError);
  assert.equal((await poll()).status, 'in_progress');

  const { requests } = await control('GET', '/requests');
  assert.deepEqual(requests.map(({ status, retry_count }) => [status, retry_count]), [[503, 0], [503, 0], [200, 0]]);
  assert.equal((await control('POST', '/verify', { retry_after_honoured: true })).verdict, 'fail');
});

test('Retry-After is honoured, in seconds, in milliseconds and as a date', async () => {
  for (const after of [{ retry_after: '1s' }, { retry_after_ms: '300ms' }, { retry_after: { date: '2s' } }]) {
    const { control, poll } = await worldWith([{ polls: 1, status: 429, ...after }]);
    await poll();
    const expected = { polls: { min: 2, max: 2 }, retry_after_honoured: true };
    const { verdict, reasons } = await control('POST', '/verify', expected);
    assert.equal(verdict, 'pass', JSON.stringify([after, reasons]));
  }
});

for (const connection of ['reset', 'close']) {
  test(`a connection that does '${connection}' is an APIConnectionError, and a retry gets through`, async () => {
    const fault = { polls: 1, connection };
    const hasty = await worldWith([fault], withoutRetries);
    await assert.rejects(hasty.poll(), Writer.APIConnectionError);
    const { requests } = await hasty.control('GET', '/requests');
    assert.deepEqual([requests[0].status, requests[0].job_status], [null, null]);
    const patient = await worldWith([fault]);
    assert.equal((await patient.poll()).status, 'in_progress');
  });
}

for (const fault of [{ truncate: 10 }, { malformed: true }, { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{"id":' }]) {
  test(`${JSON.stringify(fault)} is an error`, async () => {
    const { poll } = await worldWith([{ polls: 1, ...fault }], withoutRetries);
    await assert.rejects(poll());
    assert.equal((await poll()).status, 'in_progress');
  });
}

for (const fault of [{ delay: '1m' }, { connection: 'stall' }]) {
  test(`${JSON.stringify(fault)} beyond the SDK's timeout is a timeout`, async () => {
    const { poll } = await worldWith([{ polls: 1, ...fault }], { maxRetries: 0, timeout: 500 });
    await assert.rejects(poll(), Writer.APIConnectionTimeoutError);
  });
}

test('an answer that is late, or comes in pieces, is an answer', async () => {
  const { poll } = await worldWith([{ delay: '50ms..100ms', drip: { bytes: 20, every: '5ms' } }], withoutRetries);
  assert.equal((await poll()).id, job);
});

test('a quota is a RateLimitError, until the window of the world ends', async () => {
  const { control, poll } = await worldWith([{ quota: { requests: 2, per: '1h' } }], withoutRetries);
  await control('PUT', '/clock', { speed: 0 });
  await poll();
  await poll();
  await assert.rejects(poll(), (error) => {
    assert.ok(error instanceof Writer.RateLimitError);
    assert.equal(error.headers.get('Retry-After'), '3600');
    return true;
  });
  await control('POST', '/clock/advance', { by: '1h' });
  assert.equal((await poll()).status, 'completed');  // the poll that was refused counts as well
});

// What `jobmock run` makes of a script that polls with an SDK.
async function run(script, expect) {
  const file = join(folder, 'run.yaml');
  writeFileSync(file, fixture([{ polls: '1..2', status: 503, retry_after_ms: '300ms' }], `    expect: ${expect}`));
  writeFileSync(join(folder, 'poll.mjs'), script);
  const report = join(folder, 'report.json');
  const command = ['run', '--report', report, file, '--', process.execPath, join(folder, 'poll.mjs')];
  const child = spawn(binary, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (data) => { text += data; });
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, text, report: JSON.parse(readFileSync(report)) };
}

const clientOf = (options) => `
  import { pathToFileURL } from 'node:url';
  const { default: Writer } = await import(pathToFileURL(process.env.WRITER_SDK + '/index.mjs'));
  const poll = () => new Writer(${options}).applications.jobs.retrieve('${job}');`;

test('jobmock run passes a client that waits as it is asked to', async () => {
  const { status, text, report } = await run(`${clientOf('{}')} await poll();`, '{retry_after_honoured: true}');
  assert.equal(status, 0, text);
  assert.equal(report.expectations[0].verdict, 'pass');
});

test('jobmock run fails one that hammers with exit status 3, and says what it did', async () => {
  const hammer = `${clientOf('{ maxRetries: 0 }')} for (let i = 0; i < 3; ++i) await poll().catch(() => {});`;
  const { status, text, report } = await run(hammer, '{retry_after_honoured: true}');
  assert.equal(status, 3, text);
  assert.match(text, /fail: job 00000000-.*\n.*expected the client to wait as Retry-After asked, saw 2 polls/);
  assert.deepEqual(report.expectations[0].reasons[0].requests, [2, 3]);
});

test('jobmock run hands on the exit status of a command that fails', async () => {
  assert.equal((await run('process.exit(7);', '{polls: {min: 1}}')).status, 7);
});
