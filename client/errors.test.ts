// Failures at the borders: whatever is thrown, only codes of the table come out, without internal details.
import { ORPCError, ValidationError } from '@orpc/server';
import { TtError } from '@tt/protocol';
import { describe, expect, it, vi } from 'vitest';
import { atBorder } from './border.ts';
import { toTtError } from './errors.ts';

const gone = new TtError('AGENT_GONE', { call: 'x.y' });

describe('what a client makes of a failure', () => {
  it('is the same error, the coded one from the wire, or that the agent is gone', () => {
    const own = new TtError('ENV_BUSY', { envName: 'a', operation: 'vm.start' });
    expect(toTtError(own, () => gone)).toBe(own);
    const fromWire = toTtError({ code: 'ENV_BUSY', data: { envName: 'a', operation: 'vm.start' } }, () => gone);
    expect(fromWire).toMatchObject({ code: 'ENV_BUSY', message: own.message, fix: own.fix });
    expect(toTtError({ code: 'ENV_BUSY' }, () => gone).message).toBe('{envName} is busy: {operation}.');
    const others = [null, 'text', 7, new Error('x'), { code: 'ECONNRESET' }, { code: 'toString' }, { code: 7 }];
    expect(others.map((error) => toTtError(error, () => gone))).toEqual(others.map(() => gone));
  });
});

describe('what a server lets out', () => {
  const onInternal = vi.fn();
  const out = (error: unknown) => {
    const { code, status, message, data } = atBorder(error, { requestId: 'r-1', onInternal });
    return { code, status, message, data };
  };

  it('is the code of what was thrown on purpose, with its status and data', () => {
    expect(out(new TtError('NAME_INVALID', { name: '-' }))).toEqual({
      code: 'NAME_INVALID',
      status: 422,
      message: '“-” is not a valid name.',
      data: { name: '-' },
    });
    const relayed = new ORPCError('ENV_BUSY', { status: 409, data: { envName: 'a' } });
    expect(out(relayed)).toMatchObject({ code: 'ENV_BUSY', data: { envName: 'a' } });
    expect(onInternal).not.toHaveBeenCalled();
  });

  it('names each field that was not as it should be', () => {
    const issues = [
      { message: 'Too small', path: ['groups', { key: 0 }, 'copies'] },
      { message: 'Unrecognized key: "x"', path: [] },
    ];
    const cause = new ValidationError({ message: 'no', issues, data: {} });
    expect(out(new ORPCError('BAD_REQUEST', { cause })).data).toEqual({
      summary: 'groups.0.copies: Too small; Unrecognized key: "x"',
      issues: [
        { path: 'groups.0.copies', message: 'Too small' },
        { path: '', message: 'Unrecognized key: "x"' },
      ],
    });
  });

  it('is INTERNAL with a request id for everything else; the rest goes to the log', () => {
    const faults = [new Error('secret path'), new ORPCError('NOT_FOUND'), 'text', null];
    for (const fault of faults) {
      expect(out(fault)).toMatchObject({ code: 'INTERNAL', status: 500, data: { requestId: 'r-1' } });
    }
    expect(onInternal.mock.calls).toEqual(faults.map((fault) => [fault, 'r-1']));
    expect(JSON.stringify(out(new Error('secret path')))).not.toContain('secret');
  });
});
