// Starts the bundled agent as an Electron utility process: Node without a window, and no second Node on the disk needed.
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { utilityProcess } from 'electron';
import type { AgentProcess } from './private-agent.ts';

export interface AgentProcessOptions {
  /** out/agent/main.js */
  modulePath: string;
  /** Folder for agent.log. */
  logDirectory: string;
}

export function startAgentProcess(home: string, options: AgentProcessOptions): AgentProcess {
  const child = utilityProcess.fork(options.modulePath, ['--home', home, '--network', 'user'], {
    serviceName: 'TT agent',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  mkdirSync(options.logDirectory, { recursive: true });
  const log = createWriteStream(path.join(options.logDirectory, 'agent.log'), { flags: 'a', mode: 0o600 });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('exit', () => log.end());
  return child;
}
