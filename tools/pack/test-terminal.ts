// Test support: a program at a terminal of its own (util-linux' `script` makes it), typed to when it has shown what is waited for.
import { open, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { spawnProcess } from '../../agent/host/run-command.ts';
import { until } from '../../agent/testing/until.ts';

const SHOWS_WITHIN_MS = 60_000;

export interface TestTerminal {
  /** Types, and waits until the output since then contains the text. */
  type(text: string, shows: string): Promise<void>;
  close(): Promise<void>;
}

/** `command` is of sh, with these variables; `file` gets all output. Resolves when `shows` is shown. */
export async function openTestTerminal(
  command: string,
  { env, file, shows }: { env: Record<string, string>; file: string; shows: string },
): Promise<TestTerminal> {
  const keys = new PassThrough();
  const output = await open(file, 'w');
  const child = await spawnProcess('bash', ['-c', 'exec script -qfec "$0" /dev/null <&3', command], {
    env,
    feed: keys,
    stdoutFd: output.fd,
    stderrFd: output.fd,
    detached: false,
  });
  const ended = once(child, 'exit');
  const shown = async () => (await readFile(file, 'utf8')).length;
  const waitFor = (text: string, from: number) =>
    until(
      `${command} shows ${JSON.stringify(text)}`,
      async () => (await readFile(file, 'utf8')).slice(from).includes(text),
      SHOWS_WITHIN_MS,
    );
  const terminal = {
    async type(text: string, expected: string) {
      const from = await shown();
      keys.write(text);
      await waitFor(expected, from);
    },
    async close() {
      child.kill('SIGTERM');
      keys.end();
      await ended;
      await output.close();
    },
  };
  await waitFor(shows, 0).catch(async (error: unknown) => {
    await terminal.close();
    throw error;
  });
  return terminal;
}
