// What a guest is sent for a command or a script, and what people are shown of it.
import { expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { execRequestOf, keptCommand, startOf, titleOf } from './run-request.ts';

it('gives a shell its script as one argument', () => {
  const script = { text: 'echo "$1"\n' };
  expect(execRequestOf({ command: { script } })).toEqual({
    argv: ['/bin/sh', '-c', script.text],
    script: { text: script.text, interpreter: null },
    stdin: 'none',
  });
  const bash = { text: '#!/usr/bin/bash\nexit 3' };
  expect(execRequestOf({ command: { script: bash } }).argv).toEqual(['/usr/bin/bash', '-c', bash.text]);
  const named = { text: 'exit 3', interpreter: ['/bin/dash'] };
  expect(execRequestOf({ command: { script: named } }).argv).toEqual(['/bin/dash', '-c', 'exit 3']);
  const more = { user: 'kim', cwd: '/srv', environment: { A: 'b' }, stdin: Buffer.from('x') };
  expect(execRequestOf({ command: { argv: ['id'] }, ...more })).toEqual({
    argv: ['id'],
    user: 'kim',
    cwd: '/srv',
    env: { A: 'b' },
  });
});

it('gives other interpreters a file that has no name, and leaves standard input to the script', async () => {
  const text = '#!/usr/bin/env -S awk -f\nBEGIN { print "first" }\n{ print "line " $0 }\n';
  const interpreter = ['awk', '-f'];
  const { argv } = execRequestOf({ command: { script: { text, interpreter } } });
  const [program = '', ...args] = argv;
  const { stdout } = await runCommand(program, args, { timeoutMs: 10_000, input: 'one\ntwo\n' });
  expect(stdout).toBe('first\nline one\nline two\n');
  const own = execRequestOf({ command: { script: { text: '#! /usr/bin/python3 -u \nprint(1)' } } }).argv;
  expect(own.slice(-2)).toEqual(['/usr/bin/python3', '-u']);
});

it('gives a script that is too long for an argument as the beginning of the input, and keeps its beginning only', async () => {
  const text = `#!/bin/sh -u\nread word\necho "$word"\n${'# ü\n'.repeat(100_000)}echo end\n`;
  const command = { script: { text } };
  const { request, stdin } = startOf({ command, stdin: Buffer.from('one\ntwo\n') });
  const [program = '', ...args] = request.argv;
  expect(args.join(' ').length).toBeLessThan(2000);
  const { stdout } = await runCommand(program, args, { timeoutMs: 30_000, input: stdin ?? '' });
  expect(stdout).toBe('one\nend\n');
  expect([request.stdin, request.script?.inputBytes]).toEqual(['pipe', Buffer.byteLength(text)]);
  const kept = keptCommand(command);
  expect(kept.scriptBytes).toBe(Buffer.byteLength(text));
  expect(text.startsWith(kept.command.script?.text ?? '?')).toBe(true);
  expect(Buffer.byteLength(kept.command.script?.text ?? '')).toBeLessThan(10_000);
  const short = { script: { text: 'exit 3' } };
  expect([startOf({ command: short }).stdin, keptCommand(short)]).toEqual([undefined, { command: short }]);
});

it('reads a first line of blanks in a time that grows as the line does', () => {
  const interpreterOf = (text: string) => execRequestOf({ command: { script: { text } } }).argv;
  const fastestMs = (blanks: string) => {
    const rounds = Array.from({ length: 5 }, () => {
      const begunMs = performance.now();
      expect(interpreterOf(`#!/usr/bin/awk${blanks}\n`).at(-1)).toBe('/usr/bin/awk');
      return performance.now() - begunMs;
    });
    return Math.min(...rounds);
  };
  // As long as a script may be it took seconds, in which the agent answered nobody. The square of sixteen is 256.
  expect(fastestMs(' \t'.repeat(4000)) / fastestMs(' \t'.repeat(250))).toBeLessThan(90);
  expect(interpreterOf(`#!${' \t'.repeat(4000)}\nid`)).toHaveLength(3);
});

it('is shown by one short line', () => {
  expect(titleOf({ argv: ['echo', "it's", 'a b', '', 'x=1'] })).toBe(`echo 'it'\\''s' 'a b' '' x=1`);
  expect(titleOf({ script: { text: '#!/bin/sh\n\n# about it\n  make\tall  \n' } })).toBe('make all');
  expect(titleOf({ script: { text: '# nothing' } })).toBe('# nothing');
  expect(titleOf({ argv: ['a\u001b[2Jb'] })).not.toContain('\u001b');
  expect(Array.from(titleOf({ script: { text: '名'.repeat(200) } }))).toHaveLength(80);
});
