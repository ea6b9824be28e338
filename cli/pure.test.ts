// The parts of `tt` that only compute: flags to groups, codes to exit codes, objects to tables.
import { errorTable, isErrorCode, TtError } from '@tt/protocol';
import { describe, expect, it, vi } from 'vitest';
import { groupsFrom, wholeNumber } from './commands/env-add-options.ts';
import { exitCodeFor, exitCodes } from './exit-codes.ts';
import { duration, printFailure, size, table } from './output.ts';

describe('the flags of "env add"', () => {
  it('make one group of one size for each system', () => {
    const options = { osPrefix: 'cent, ubuntu2004,,', dupEach: 2, cpu: 4, mem: 512, disk: 2048, vmPort: '80,53/udp' };
    const shared = {
      copies: 3,
      cpuCount: 4,
      memoryMiB: 512,
      diskMiB: 2048,
      ports: [
        { protocol: 'tcp', guestPort: 80 },
        { protocol: 'udp', guestPort: 53 },
      ],
    };
    expect(groupsFrom(options)).toEqual([
      { osPrefix: 'cent', ...shared },
      { osPrefix: 'ubuntu2004', ...shared },
    ]);
  });

  it('leave the rest to the server', () => {
    expect(groupsFrom({ osPrefix: 'tiny' })).toEqual([{ osPrefix: 'tiny', copies: 1 }]);
    expect(groupsFrom({ osPrefix: ' , ' })).toEqual([]);
  });

  it('take ports and whole numbers only', () => {
    for (const vmPort of ['0', '65536', 'http', '80/icmp', '-1', '8 0', '1e2']) {
      expect(() => groupsFrom({ osPrefix: 'tiny', vmPort })).toThrow('is not a port');
    }
    for (const text of ['', '1.5', '-1', 'x', '11']) {
      if (text !== '') expect(() => wholeNumber(0, 10)(text)).toThrow('give a whole number from 0 to 10');
    }
    expect([wholeNumber(0, 10)('0'), wholeNumber(0, 10)('10')]).toEqual([0, 10]);
  });
});

describe('exit codes', () => {
  it('are one of the documented ones for every code of the table', () => {
    const codes = Object.keys(errorTable).filter(isErrorCode);
    const byExit = Object.groupBy(codes, (code) => String(exitCodeFor(code)));
    expect(byExit).toEqual({
      '1': expect.arrayContaining([
        'INTERNAL',
        'VM_START_FAILED',
        'SNAPSHOT_FAILED',
        'IMAGE_BUILD_FAILED',
        'ENGINE_MISSING',
      ]),
      '2': expect.arrayContaining([
        'INPUT_INVALID',
        'NAME_INVALID',
        'LIFETIME_TOO_LONG',
        'MEMORY_TOO_SMALL',
        'BODY_TOO_LARGE',
      ]),
      '3': [
        'ROUTE_NOT_FOUND',
        'ENV_NOT_FOUND',
        'IMAGE_NOT_FOUND',
        'VM_NOT_FOUND',
        'SNAPSHOT_NOT_FOUND',
        'OPERATION_NOT_FOUND',
      ],
      '4': expect.arrayContaining(['ENV_NAME_TAKEN', 'ENV_BUSY', 'VM_NOT_RUNNING', 'SNAPSHOT_NAME_TAKEN']),
      '5': ['MEMORY_EXHAUSTED', 'DISK_EXHAUSTED', 'DISK_FULL', 'PORTS_EXHAUSTED'],
      '6': ['AGENT_UNREACHABLE', 'AGENT_GONE', 'AGENT_NOT_RUNNING'],
      '7': ['UNAUTHORIZED', 'ORIGIN_REFUSED', 'TICKET_INVALID', 'JOIN_CODE_INVALID'],
    });
  });
});

describe('what is printed', () => {
  it('is in columns', () => {
    expect(
      table(
        ['NAME', 'STATE'],
        [
          ['a-long-name', 'up'],
          ['b', ''],
        ],
      ),
    ).toBe(['NAME         STATE', 'a-long-name  up', 'b', ''].join('\n'));
    expect(table(['NAME'], [])).toBe('NAME\n');
  });

  it('has sizes and times for people', () => {
    expect([0, 400_000, 1024 ** 2 * 512, 1024 ** 3 * 1.5].map(size)).toEqual(['0 MiB', '0 MiB', '512 MiB', '1.5 GiB']);
    expect([-1, 0, 29_600, 60_000, 3_599_000, 3_900_000].map(duration)).toEqual([
      'over',
      'over',
      '30 s',
      '1 min',
      '59 min',
      '1 h 5 min',
    ]);
  });

  it('of a failure says what, what to do, what was meant and what the log said', () => {
    const say = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const failure = new TtError('VM_START_FAILED', { vmName: 'demo/tiny-1-1', reason: 'no disk', logTail: ['a', 'b'] });
    expect(printFailure(failure, false)).toBe(exitCodes.failed);
    expect(printFailure(new TtError('ENV_NOT_FOUND', { envName: 'demmo', near: ['demo'] }), false)).toBe(3);
    expect(printFailure(new Error('a fault'), false)).toBe(1);
    const said = say.mock.calls.map(([text]) => String(text));
    say.mockRestore();
    expect(said.slice(0, 2)).toEqual([
      `tt: ${failure.message}\n    ${failure.fix} [VM_START_FAILED]\n    | a\n    | b\n`,
      'tt: There is no ENV called demmo.\n    List the ENVs to see their names. [ENV_NOT_FOUND]\n    Did you mean: demo?\n',
    ]);
    expect(said[2]).toMatch(/^tt: Error: a fault\n {4}at /);
  });
});
