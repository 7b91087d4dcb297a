// What the SDK throws for requests that are refused, held against its classes and the envelope of the API's reference.
import assert from 'node:assert/strict';

import { Writer } from './helpers.mjs';

const refused = (ErrorClass, status, tpe, description, key) => ({ ErrorClass, status, tpe, description, key });

export const badRequest = refused(
  Writer.BadRequestError, 400,
  'BadRequest', 'Invalid input parameters', 'fail.badRequest.invalidParameters',
);
export const unauthorized = refused(
  Writer.AuthenticationError, 401,
  'Unauthorized', 'Invalid token', 'fail.unauthorized.badToken',
);
export const forbidden = refused(
  Writer.PermissionDeniedError, 403,
  'Forbidden', 'Insufficient access rights', 'fail.forbidden.insufficientAccessRights',
);
export const notFound = refused(
  Writer.NotFoundError, 404,
  'NotFound', 'Resource is not found', 'fail.notFound.resource',
);
export const internalServerError = refused(
  Writer.InternalServerError, 500,
  'InternalServerError', 'Internal server error', 'fail.internalServerError.generic',
);
export const serviceUnavailable = refused(
  Writer.InternalServerError, 503,
  'ServiceUnavailable', 'Service temporarily unavailable', 'fail.serviceUnavailable.temporary',
);

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// The description and the extras of each error in the envelope.
async function errorsOf(request, { ErrorClass, status, tpe, key }) {
  const error = await request.then(() => assert.fail('nothing was thrown'), (error) => error);
  assert.ok(error instanceof ErrorClass, `${error}`);
  assert.equal(error.status, status);
  assert.equal(error.headers.get('Content-Type'), 'application/json');

  const body = error.error;
  assert.equal(error.message, `${status} ${JSON.stringify(body)}`);
  assert.ok(Array.isArray(body.errors), error.message);
  assert.deepEqual(body, { tpe, errors: body.errors, extras: {} });
  for (const one of body.errors) {
    assert.deepEqual(one, { description: one.description, key, extras: one.extras });
    assert.ok(isObject(one.extras), error.message);
  }
  return body.errors;
}

// The extras of the one error, described as in the reference.
export async function refusal(request, kind) {
  const [error, ...others] = await errorsOf(request, kind);
  assert.equal(error.description, kind.description);
  assert.deepEqual(others, []);
  return error.extras;
}

// What is wrong with which field: [field, problem] for each error.
export async function problems(request) {
  const errors = await errorsOf(request, badRequest);
  return errors.map(({ description, extras }) => {
    const { field } = extras;
    assert.deepEqual(extras, { field });
    assert.ok(description.startsWith(`${field}: `), description);
    return [field, description.slice(field.length + 2)];
  });
}
