// Starts the bundled agent as an Electron utility process: Node without a window, and no second Node on the disk needed.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PRIVATE_AGENT_FLAGS } from '@tt/client/node';
import { utilityProcess } from 'electron';
import type { AgentProcess } from './private-agent.ts';

/** The end of what it says is kept, in characters. */
const MAX_SAID = 64 * 1024;
const LAST_WORDS_MS = 2_000;

export interface AgentProcessOptions {
  /** out/agent/main.js */
  modulePath: string;
  /** Folder for agent.log, which the agent keeps bounded. */
  logDirectory: string;
  /** Folder with the built window: where `tt open` leads browsers. */
  windowDirectory: string;
}

export function startAgentProcess(home: string, options: AgentProcessOptions): AgentProcess {
  mkdirSync(options.logDirectory, { recursive: true });
  const log = path.join(options.logDirectory, 'agent.log');
  const args = ['--home', home, ...PRIVATE_AGENT_FLAGS, '--window', options.windowDirectory, '--log-file', log];
  const child = utilityProcess.fork(options.modulePath, args, {
    serviceName: 'TT agent',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Why it can't start, and what Node says of a crash. By its name each time, as the agent puts full files aside.
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString('utf8')).slice(-MAX_SAID);
    try {
      appendFileSync(log, text, { mode: 0o600 });
    } catch {
      // A full disk must not end the window; the exit code tells of the crash.
    }
  });
  const closed = new Promise<void>((resolve) => void (child.stderr?.once('close', resolve) ?? resolve()));
  return {
    on: (event, listener) => child.on(event, listener),
    kill: () => child.kill(),
    async said() {
      // All that it wrote is here once the pipe is closed; what it started may hold its other end open.
      await Promise.race([closed, setTimeout(LAST_WORDS_MS)]);
      return said;
    },
  };
}
