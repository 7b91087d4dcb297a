import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newClient, retrieve, samples, Writer } from './helpers.mjs';

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// What the SDK throws for a request, held against its class and the envelope of the API's reference.
async function refusal(request, ErrorClass, status, tpe, description, key) {
  const error = await request.then(() => assert.fail('nothing was thrown'), (error) => error);
  assert.ok(error instanceof ErrorClass, `${error}`);
  assert.equal(error.status, status);
  assert.equal(error.headers.get('Content-Type'), 'application/json');

  const body = error.error;
  const extras = body.errors?.[0]?.extras;
  assert.deepEqual(body, { tpe, errors: [{ description, key, extras }], extras: {} });
  assert.ok(isObject(extras), JSON.stringify(body));
  assert.equal(error.message, `${status} ${JSON.stringify(body)}`);
  return extras;
}

const unauthorized = [Writer.AuthenticationError, 401, 'Unauthorized', 'Invalid token', 'fail.unauthorized.badToken'];
const forbidden = [
  Writer.PermissionDeniedError, 403,
  'Forbidden', 'Insufficient access rights', 'fail.forbidden.insufficientAccessRights',
];
const badRequest = [
  Writer.BadRequestError, 400,
  'BadRequest', 'Invalid input parameters', 'fail.badRequest.invalidParameters',
];
const notFound = [Writer.NotFoundError, 404, 'NotFound', 'Resource is not found', 'fail.notFound.resource'];

test('a token that is not known is an AuthenticationError', async () => {
  await refusal(retrieve(newClient({ apiKey: 'revoked-token' }), samples[0].id), ...unauthorized);
});

test('no token is an AuthenticationError', async () => {
  await refusal(retrieve(newClient({ defaultHeaders: { Authorization: null } }), samples[0].id), ...unauthorized);
});

test('a token without access is a PermissionDeniedError', async () => {
  await refusal(retrieve(newClient({ apiKey: 'no-access-token' }), samples[0].id), ...forbidden);
});

for (const id of ['not-a-uuid', 'a/path with ümlaut?']) {
  test(`the job id ${id} is a BadRequestError that names it`, async () => {
    const extras = await refusal(retrieve(newClient(), id), ...badRequest);
    assert.ok(Object.values(extras).includes(id), JSON.stringify(extras));
  });
}

test('an unknown job is a NotFoundError', async () => {
  await refusal(retrieve(newClient(), '00000000-0000-4000-8000-000000000000'), ...notFound);
});

test('an unknown path is a NotFoundError', async () => {
  await refusal(newClient().get('/_stainless_unknown_path'), ...notFound);
});
