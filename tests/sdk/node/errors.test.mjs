import assert from 'node:assert/strict';
import { test } from 'node:test';

import { create, inputs, newClient, retrieve, samples } from './helpers.mjs';
import { badRequest, forbidden, notFound, refusal, unauthorized } from './refusals.mjs';

const unknownJob = '00000000-0000-4000-8000-000000000000';
const inProgress = 'f0000000-0000-4000-8000-000000000002';
const completed = 'f0000000-0000-4000-8000-000000000003';

const names = (extras, value) => assert.ok(Object.values(extras).includes(value), JSON.stringify(extras));

test('a token that is not known is an AuthenticationError', async () => {
  await refusal(retrieve(newClient({ apiKey: 'revoked-token' }), samples[0].id), unauthorized);
});

test('no token is an AuthenticationError', async () => {
  await refusal(retrieve(newClient({ defaultHeaders: { Authorization: null } }), samples[0].id), unauthorized);
});

test('a token without access is a PermissionDeniedError', async () => {
  await refusal(retrieve(newClient({ apiKey: 'no-access-token' }), samples[0].id), forbidden);
});

for (const id of ['not-a-uuid', 'a/path with ümlaut?']) {
  test(`the job id ${id} is a BadRequestError that names it`, async () => {
    const { jobs } = newClient().applications;
    names(await refusal(jobs.retrieve(id), badRequest), id);
    names(await refusal(jobs.retry(id), badRequest), id);
  });
}

test('an unknown job is a NotFoundError that names it', async () => {
  const { jobs } = newClient().applications;
  names(await refusal(jobs.retrieve(unknownJob), notFound), unknownJob);
  names(await refusal(jobs.retry(unknownJob), notFound), unknownJob);
});

test('a retry of a job that has not failed is a BadRequestError, and changes nothing', async () => {
  const client = newClient();
  for (const id of [inProgress, completed, (await create(client, 'blog-post', { topic: 'forever' })).id]) {
    const before = await retrieve(client, id);
    names(await refusal(client.applications.jobs.retry(id), badRequest), id);
    assert.deepEqual(await retrieve(client, id), before);
  }
});

const ofApplication = {
  retrieve: (applications, id) => applications.retrieve(id),
  generateContent: (applications, id) => applications.generateContent(id, { inputs: inputs({ topic: 'tea' }) }),
  'jobs.create': (applications, id) => applications.jobs.create(id, { inputs: inputs({ topic: 'tea' }) }),
  'jobs.list': (applications, id) => applications.jobs.list(id),
  'graphs.list': (applications, id) => applications.graphs.list(id),
  'graphs.update': (applications, id) => applications.graphs.update(id, { graph_ids: [] }),
};
for (const [name, call] of Object.entries(ofApplication)) {
  test(`${name} of an unknown application is a NotFoundError that names it`, async () => {
    const { applications } = newClient();
    for (const id of ['no-such-application', 'a/path with ümlaut?']) {
      names(await refusal(call(applications, id), notFound), id);
    }
  });
}

test('an unknown path is a NotFoundError', async () => {
  await refusal(newClient().get('/_stainless_unknown_path'), notFound);
});
