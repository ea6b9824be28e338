// Files of a fake guest that has only its guest agent: what the scripts of agent/guest-channel/by-agent/ do there (linux-files.ts has
// their arguments), by the files that its helper would pass.
import { FRAME } from '../../guest-channel/frame.ts';
import type { CommandPort, FakeCommand } from './fake-command-output.ts';
import { keepBegun, startBuiltIn } from './fake-guest-files.ts';
import type { FakeMachineParts } from './fake-shell.ts';

const E = { noSpace: 28 };

export interface FilesResult {
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
  /** Nobody hears how it ended. */
  isLost: boolean;
}

export function runFiles(parts: FakeMachineParts, argv: readonly string[], content: Buffer): FilesResult {
  const [what = '', path = '', , size = '', sha256 = '', mode = '', owner = '', overwrites = '', offset = '0'] = argv;
  const put = new Captured(parts, ['put', path, mode, owner, size, sha256, overwrites]);
  switch (what) {
    case 'begin':
      return put.start().result(0);
    case 'append':
      if (path.startsWith('/full/')) return failure(E.noSpace, path);
      return { ...put.result(0), isLost: keepBegun(parts, { path, sha256, offset: Number(offset) }, content) };
    case 'finish':
      return put.start().end().result();
    case 'whole':
      keepBegun(parts, { path, sha256, offset: 0 }, null);
      return put.start().end(content).result();
    default:
      return new Captured(parts, argv).start().result();
  }
}

/** One command of the helper, with all that it prints. */
class Captured {
  readonly #parts: FakeMachineParts;
  readonly #argv: readonly string[];
  readonly #outputs: [Buffer[], Buffer[]] = [[], []];
  #command: FakeCommand | null = null;
  #exitCode: number | null = null;
  #isLost = false;
  #unpaid: [number, number] = [0, 0];

  constructor(parts: FakeMachineParts, argv: readonly string[]) {
    this.#parts = parts;
    this.#argv = argv;
  }

  start(): this {
    const port: CommandPort = {
      send: (type, payload) => {
        if (type === FRAME.exit) this.#exitCode = payload[1] ?? 0;
        if (type !== FRAME.output) return;
        const index = payload[0] === 1 ? 0 : 1;
        this.#outputs[index].push(Buffer.from(payload.subarray(1)));
        this.#unpaid[index] += payload.length - 1;
      },
      drop: () => {
        this.#isLost = true;
      },
    };
    this.#command = startBuiltIn(this.#parts, this.#argv, port);
    this.#read();
    return this;
  }

  end(content?: Buffer): this {
    if (this.#exitCode !== null) return this;
    if (content && content.length > 0) this.#command?.stdin(content);
    if (!this.#isLost) this.#command?.stdinEnd();
    this.#read();
    return this;
  }

  /** `exitCode`: of one that has not ended. */
  result(exitCode = 1): FilesResult {
    return {
      exitCode: this.#exitCode ?? exitCode,
      stdout: Buffer.concat(this.#outputs[0]),
      stderr: Buffer.concat(this.#outputs[1]),
      isLost: this.#isLost,
    };
  }

  #read(): void {
    while (!this.#isLost && this.#unpaid.some((bytes) => bytes > 0)) {
      const unpaid = this.#unpaid;
      this.#unpaid = [0, 0];
      for (const [index, bytes] of unpaid.entries()) if (bytes > 0) this.#command?.credit(index + 1, bytes);
    }
  }
}

function failure(errno: number, path: string): FilesResult {
  const stderr = Buffer.from(`${errno} ${path}: it can't be done here\n`);
  return { exitCode: 1, stdout: Buffer.alloc(0), stderr, isLost: false };
}
