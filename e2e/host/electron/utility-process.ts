// utilityProcess: a child of the app. In Electron it is a Chromium service running Node, here a plain Node process.
import type { ForkOptions } from 'electron';
import { checkOptions, notModelled, strict } from '../not-modelled.ts';
import { forkNode } from '../spawn.ts';
import { app } from './app.ts';
import { StrictEmitter } from './emitter.ts';

class ModelledUtilityProcess extends StrictEmitter {
  readonly #child;

  constructor(modulePath: string, args: readonly string[]) {
    super('UtilityProcess', ['spawn', 'exit']);
    this.#child = forkNode({ modulePath, args });
    this.#child.stdout?.resume();
    this.#child.on('spawn', () => this.fire('spawn'));
    this.#child.on('exit', (code) => this.fire('exit', code ?? 1));
    // As Chromium does: children do not outlive the app.
    process.on('exit', () => void this.#child.kill());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Electron has a stream only for what is piped. */
  get stdout(): null {
    return null;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork(modulePath: string, args: string[] = [], options: ForkOptions = {}): ModelledUtilityProcess {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    checkOptions('utilityProcess.fork', options, ['serviceName', 'stdio']);
    if (JSON.stringify(options.stdio) !== '["ignore","ignore","pipe"]') throw notModelled('utilityProcess stdio');
    return strict('UtilityProcess', new ModelledUtilityProcess(modulePath, args));
  },
});
