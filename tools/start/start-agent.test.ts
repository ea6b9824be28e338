// Starting the private agent with programs in its place: what it says when it can't start, and that none is left after Ctrl-C.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startAgent } from './start-agent.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-start-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const never = new AbortController().signal;
const start = (program: string, signal = never) => startAgent({ home, args: ['-e', program], signal });

it('gives the words of an agent that can not start, and none of an earlier one or for programs', async () => {
  await writeFile(path.join(home, 'agent.log'), 'tt-agent: of yesterday\n');
  const program = `console.log('{"level":60}'); console.error('tt-agent: It is a file.\\n    Take another. [STATE_UNUSABLE]'); process.exit(1)`;
  await expect(start(program)).rejects.toMatchObject({
    name: 'AgentStartError',
    message: 'tt-agent: It is a file.\n    Take another. [STATE_UNUSABLE]',
  });
  await expect(start('process.exit(1)')).rejects.toThrow(`See ${home}/agent.log.`);
});

it('ends an agent that is not ready yet when it is interrupted', async () => {
  const interrupt = new AbortController();
  const starting = start(
    `require('fs').writeFileSync(${JSON.stringify(path.join(home, 'pid'))}, String(process.pid)); setInterval(() => {}, 1e3)`,
    interrupt.signal,
  );
  const pid = await until('it runs', () => readFile(path.join(home, 'pid'), 'utf8').catch(() => ''));
  interrupt.abort(new Error('Ctrl-C'));
  await expect(starting).rejects.toThrow('Ctrl-C');
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  await expect(start('', interrupt.signal)).rejects.toThrow('Ctrl-C');
});
