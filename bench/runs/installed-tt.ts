// `tt` as its npm package installs it: the built file of the package, on the Node of this bench, with its compiled code kept.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { fillNpmPackage, START } from '../../tools/pack/npm-package.ts';
import type { AgentProcess } from '../agent-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 120_000;

export class InstalledTt {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Makes what the package contains, in a folder below `folder`. */
  static async makeIn(folder: string): Promise<InstalledTt> {
    const installed = path.join(folder, 'tt-cli');
    await mkdir(installed);
    await fillNpmPackage(root, installed);
    return new InstalledTt(path.join(installed, START));
  }

  /** Its start included. Rejects if it fails in any guest. */
  async run(agent: Pick<AgentProcess, 'home'>, words: readonly string[], timeoutMs = LIMIT_MS): Promise<string> {
    const { stdout } = await runCommand(process.execPath, [this.#file, ...words], {
      env: { TT_HOME: agent.home },
      timeoutMs,
    });
    return stdout;
  }
}
