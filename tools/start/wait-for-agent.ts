// Waits until a newly started private agent announces itself, or reports why it did not.
import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPrivateAgent, type PrivateAgent } from '../../client/node/index.ts';
import { TtError } from '../../protocol/index.ts';

const TIMEOUT_MS = 60_000;

/** Rejects with the end of the agent's log when it exits first, or after a minute. */
export async function waitForAgent(home: string, child: ChildProcess, logFile: string): Promise<PrivateAgent> {
  const { promise, resolve, reject } = Promise.withResolvers<PrivateAgent>();
  const look = () => {
    findPrivateAgent(home).then(resolve, (error: unknown) => {
      if (!(error instanceof TtError && error.code === 'AGENT_NOT_RUNNING')) reject(error);
    });
  };
  const fail = (why: string) => {
    readFile(logFile, 'utf8').then(
      (log) => reject(new Error(`${why}\n${log.split('\n').slice(-6).join('\n')}`)),
      reject,
    );
  };
  const watcher = watch(home, look);
  const timer = setTimeout(() => fail('The agent did not get ready within a minute. The end of its log:'), TIMEOUT_MS);
  const onExit = () => fail('The agent ended at once. The end of its log:');
  child.once('exit', onExit);
  look();
  try {
    return await promise;
  } finally {
    watcher.close();
    clearTimeout(timer);
    child.off('exit', onExit);
  }
}
