// Starts the bundled agent as an Electron utility process: Node without a window, and no second Node on the disk needed.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { utilityProcess } from 'electron';
import type { AgentProcess } from './private-agent.ts';

export interface AgentProcessOptions {
  /** out/agent/main.js */
  modulePath: string;
  /** Folder for agent.log, which the agent keeps bounded. */
  logDirectory: string;
}

export function startAgentProcess(home: string, options: AgentProcessOptions): AgentProcess {
  mkdirSync(options.logDirectory, { recursive: true });
  const log = path.join(options.logDirectory, 'agent.log');
  const args = ['--home', home, '--network', 'user', '--log-file', log];
  const child = utilityProcess.fork(options.modulePath, args, {
    serviceName: 'TT agent',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Only what Node says of a crash. By its name each time, as the agent puts full files aside.
  child.stderr?.on('data', (text: Buffer) => {
    try {
      appendFileSync(log, text, { mode: 0o600 });
    } catch {
      // A full disk must not end the window; the exit code tells of the crash.
    }
  });
  return child;
}
