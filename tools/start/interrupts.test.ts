// Ctrl-C of `npm start`: the first is waited for, the second is not; one press is never taken for two.
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { followInterrupts } from './interrupts.ts';

it('takes what npm passes on of one Ctrl-C for the same, and a later signal for the second', () => {
  const source = new EventEmitter();
  const did: unknown[] = [];
  let nowMs = 0;
  const signal = followInterrupts({
    source,
    nowMs: () => nowMs,
    leave: () => 'It is still ending.',
    say: (text) => did.push(text),
    exit: (code) => did.push(code),
  });
  nowMs = 10_000;
  expect(signal.aborted).toBe(false);
  source.emit('SIGINT');
  nowMs += 20;
  source.emit('SIGINT');
  expect([signal.aborted, did]).toEqual([true, []]);
  nowMs += 1_000;
  source.emit('SIGTERM');
  expect(did).toEqual(['It is still ending.', 130]);
});

it('ends a process that waits for an end that does not come', async () => {
  const program = `
    import { writeSync } from 'node:fs';
    import { followInterrupts } from ${JSON.stringify(path.join(import.meta.dirname, 'interrupts.ts'))};
    let now = 0;
    const signal = followInterrupts({
      say: (text) => writeSync(1, text),
      leave: () => 'It is still ending.',
      nowMs: () => (now += 1000),
    });
    signal.addEventListener('abort', () => {
      writeSync(1, 'first ');
      process.kill(process.pid, 'SIGINT');
    });
    setInterval(() => {}, 1000);
    process.kill(process.pid, 'SIGINT');`;
  const { stdout } = await runCommand(process.execPath, ['--input-type=module', '-e', program], {
    timeoutMs: 20_000,
    okExitCodes: [130],
  });
  expect(stdout).toBe('first It is still ending.');
});
