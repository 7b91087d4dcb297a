// What the tests share: clients of the SDK in WRITER_SDK for the server at JOBMOCK_URL, the samples, and jobs in a
// form that can be compared.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

export const { default: Writer } = await import(pathToFileURL(`${process.env.WRITER_SDK}/index.mjs`));
export const url = process.env.JOBMOCK_URL;
export const { applications, jobs: samples } = JSON.parse(readFileSync(new URL('../samples.json', import.meta.url)));

// A world of its own.
export const newKey = () => `node-${randomUUID()}`;

// Finds the server by WRITER_BASE_URL, and reports a wrong answer instead of asking again.
export const newClient = (options) => new Writer({ apiKey: newKey(), maxRetries: 0, timeout: 20_000, ...options });

// What /__admin of the server whose time stands answers about the world of a key. Without a key: about all worlds.
export async function control(apiKey, method, path, body) {
  const response = await fetch(`${process.env.JOBMOCK_FROZEN_URL}/__admin${path}`, {
    method,
    headers: apiKey ? { Authorization: `Bearer ${apiKey}` } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error.message), { status: response.status, ...answer.error });
  return answer;
}

export const retrieve = (client, id) => client.applications.jobs.retrieve(id);

// A value for each input, as the API takes them.
export const inputs = (values) => Object.entries(values).map(([id, value]) => ({ id, value: [value] }));

export const create = (client, application, values) =>
  client.applications.jobs.create(application, { inputs: inputs(values) });

// What a list shows: its totalCount, and the ids on its page.
export async function listed(client, application, query) {
  const { totalCount, result } = await client.applications.jobs.list(application, query);
  return { total: totalCount, ids: result.map((job) => job.id) };
}

// The totals and ids of every list of an application, by status; `all` is the list without a status.
export async function listedByStatus(client, application) {
  const statuses = ['in_progress', 'failed', 'completed'];
  const lists = [undefined, ...statuses].map((status) => listed(client, application, { status }));
  const [all, in_progress, failed, completed] = await Promise.all(lists);
  return { all, in_progress, failed, completed };
}

// The jobs that the client is shown, one after the other, up to the first that has ended.
export async function* pollUntilEnded(client, id) {
  const limit = performance.now() + 60_000;
  while (performance.now() < limit) {
    const job = await retrieve(client, id);
    yield job;
    if (job.status !== 'in_progress') return;
    await pause(20);
  }
  assert.fail(`${id} has not ended after a minute`);
}

// The last of them.
export async function ended(client, id) {
  let last;
  for await (const job of pollUntilEnded(client, id)) last = job;
  return last;
}

// Microseconds since 1970.
export function micros(timestamp) {
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  return Date.parse(timestamp) * 1000 + Number(timestamp.slice(-4, -1));
}

const microsOrNull = (timestamp) => (timestamp == null ? null : micros(timestamp));

// The job as the SDK hands it over, its times in microseconds, and what is left out as null.
export const seen = (job) => ({
  ...job,
  created_at: micros(job.created_at),
  updated_at: microsOrNull(job.updated_at),
  completed_at: microsOrNull(job.completed_at),
  data: job.data == null ? null : { title: null, ...job.data },
  error: job.error ?? null,
});

// The same of a sample that was created at `created`, once it is in `state`.
export function expected(sample, created, state) {
  const since = created + state.since * 1e6;
  return {
    id: sample.id,
    status: state.status,
    application_id: sample.application_id,
    created_at: created,
    updated_at: since,
    completed_at: state.status === 'completed' ? since : null,
    data: state.data ? { title: null, ...state.data } : null,
    error: state.error ?? null,
  };
}
