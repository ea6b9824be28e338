// Failures before a call is reached: those of the client have codes, only the others are the server's.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { fastifyFailure } from './http-errors.ts';

const failure = (code: string) =>
  fastifyFailure(
    Object.assign(new Error('x'), { code, statusCode: 400 }),
    1,
    () => new TtError('INTERNAL', { requestId: 'x' }),
  );

it.each([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'BODY_TOO_LARGE'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'JSON_INVALID'],
  // The connection ended in the middle of the body.
  ['ECONNRESET', 'JSON_INVALID'],
  ['FST_ERR_SOMETHING_ELSE', 'INTERNAL'],
])('%s is %s', (code, known) => {
  expect(failure(code).code).toBe(known);
});
