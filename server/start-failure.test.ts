// The report of a server that cannot start: a sentence, what to do and the code, on standard error and in the log.
import { createServer } from 'node:http';
import { readStartFailure } from '@tt/client/node';
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { asListenProblem, reportStartFailure } from './start-failure.ts';

afterEach(() => vi.restoreAllMocks());

function reported(failure: unknown): { said: string; logged: Record<string, unknown>[] } {
  let said = '';
  const logged: Record<string, unknown>[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  reportStartFailure('tt-x', failure, pino({ base: null }, { write: (line) => void logged.push(JSON.parse(line)) }));
  return { said, logged };
}

/** What listening there fails with. */
function failureOf(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => createServer().once('error', resolve).listen(port, host));
}

it('names the address it can’t listen on, and why', async () => {
  // TEST-NET-1 (RFC 5737) is nobody's.
  const failure = asListenProblem(await failureOf('192.0.2.1', 4000), '192.0.2.1', 4000);
  const { said, logged } = reported(failure);
  expect(said).toMatch(
    /^tt-x: Can’t listen on port 4000 of 192\.0\.2\.1: this computer does not have that address\.\n {4}.* \[LISTEN_FAILED\]\n$/,
  );
  // The desktop shows what the agent it started said.
  expect(readStartFailure(said)).toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringMatching(/^Can’t listen/),
  });
  expect(logged).toMatchObject([{ level: 60, code: 'LISTEN_FAILED', msg: expect.stringMatching(/^Can’t listen/) }]);
});

it('names a file that can’t be used', () => {
  const failure = Object.assign(new Error('EISDIR'), { code: 'EISDIR', syscall: 'read', path: '/a/token' });
  expect(reported(failure).said).toMatch(
    /^tt-x: \/a\/token can’t be used: it is a folder\.\n {4}.* \[FILE_UNUSABLE\]\n$/,
  );
});

it('logs what nobody has words for, with its stack', () => {
  const { said, logged } = reported(new Error('a fault'));
  expect([said, logged]).toMatchObject(['', [{ err: { message: 'a fault', stack: expect.anything() } }]]);
});
