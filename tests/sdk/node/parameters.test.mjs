import assert from 'node:assert/strict';
import { test } from 'node:test';

import { listed, newClient } from './helpers.mjs';
import { problems } from './refusals.mjs';

// Each alone, with the value that the answer must name.
const badQueries = {
  'jobs.list': {
    call: (client, query) => client.applications.jobs.list('blog-post', query),
    queries: [
      { limit: -1 }, { limit: 'ten' }, { limit: 1.5 }, { limit: '' }, { offset: -1 }, { offset: 'x' },
      { status: 'done' }, { status: 'IN_PROGRESS' }, { status: '' },
    ],
  },
  'applications.list': {
    call: (client, query) => client.applications.list(query),
    queries: [
      { limit: -1 }, { limit: 'ten' }, { order: 'newest' }, { type: 'chat' },
      { after: 'no-such-application' }, { before: 'no-such-application' },
    ],
  },
};
for (const [name, { call, queries }] of Object.entries(badQueries)) {
  for (const query of queries) {
    test(`${name} with ${JSON.stringify(query)} is a BadRequestError that names it`, async () => {
      const [field, value] = Object.entries(query)[0];
      const [[named, problem], ...others] = await problems(call(newClient(), query));
      assert.equal(named, field);
      assert.ok(problem.includes(`'${value}'`), problem);
      assert.deepEqual(others, []);
    });
  }
}

test('every bad parameter of a list is named at once', async () => {
  const query = { limit: -1, offset: 'x', status: 'done' };
  const named = (await problems(newClient().applications.jobs.list('blog-post', query))).map(([field]) => field);
  assert.deepEqual(named.sort(), ['limit', 'offset', 'status']);
});

const badInputs = [
  [undefined, 'body'],
  [[], 'body'],
  [{}, 'inputs'],
  [{ inputs: null }, 'inputs'],
  [{ inputs: 'topic' }, 'inputs'],
  [{ inputs: ['topic'] }, 'inputs[0]'],
  [{ inputs: [{ value: ['tea'] }] }, 'inputs[0].id'],
  [{ inputs: [{ id: 'topic' }] }, 'inputs[0].value'],
  [{ inputs: [{ id: 'topic', value: 'tea' }] }, 'inputs[0].value'],
  [{ inputs: [{ id: 'topic', value: ['tea', 7] }] }, 'inputs[0].value[1]'],
  [{ inputs: [{ id: 7, value: ['tea'] }] }, 'inputs[0].id'],
];
const badGraphs = [
  [undefined, 'body'],
  [{}, 'graph_ids'],
  [{ graph_ids: 'graph' }, 'graph_ids'],
  [{ graph_ids: [null] }, 'graph_ids[0]'],
];
// Each with the field that the answer must name.
const badBodies = {
  'jobs.create': [(applications, body) => applications.jobs.create('strict-post', body), badInputs],
  generateContent: [
    (applications, body) => applications.generateContent('strict-post', body),
    [...badInputs.slice(1), [{ inputs: [], stream: 'yes' }, 'stream']],  // the SDK itself reads `stream`
  ],
  'graphs.update': [(applications, body) => applications.graphs.update('strict-post', body), badGraphs],
};
for (const [name, [call, bodies]] of Object.entries(badBodies)) {
  test(`${name} with a malformed body is a BadRequestError that names the field, and changes nothing`, async () => {
    const client = newClient();
    for (const [body, field] of bodies) {
      const found = await problems(call(client.applications, body));
      assert.deepEqual(found.map(([field]) => field), [field], JSON.stringify(body));
    }
    assert.deepEqual(await listed(client, 'strict-post'), { total: 0, ids: [] });
    assert.deepEqual(await client.applications.graphs.list('strict-post'), { graph_ids: [] });
  });
}

test('a body that is not JSON is a BadRequestError', async () => {
  const headers = { 'Content-Type': 'application/json' };
  for (const body of ['{"inputs": [', 'inputs', '{"inputs": []} {}']) {
    const [[field], ...others] = await problems(newClient().post('/v1/applications/blog-post/jobs', { body, headers }));
    assert.equal(field, 'body');
    assert.deepEqual(others, []);
  }
});
