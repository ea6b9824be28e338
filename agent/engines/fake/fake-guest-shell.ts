// A command with a terminal in a fake guest: the fake shell as somebody sees it who has just logged in. Besides what that shell knows it
// has `stty size`, `wait-for-size ROWS COLUMNS`, `sleep`, which Ctrl-C ends, and `flood BYTES`, which prints as fast as it is read.
import { constants } from 'node:os';
import { FRAME } from '../../guest-channel/frame.ts';
import { type CommandPort, type FakeCommand, FakeOutput } from './fake-command-output.ts';
import { type FakeMachineParts, runShellLine, type ShellResult } from './fake-shell.ts';
import { FakeTerminal } from './fake-terminal.ts';

export interface TerminalSize {
  rows: number;
  columns: number;
}

export class FakeGuestShell implements FakeCommand {
  readonly #port: CommandPort;
  readonly #output: FakeOutput;
  readonly #terminal: FakeTerminal;
  #size: TerminalSize;
  #isOver = false;
  /** Ends a `sleep` early. */
  #wake: (() => void) | null = null;
  /** Called at another size. */
  #onSize: () => void = () => {};

  /** `ran`: what a command said that ran instead of a shell. */
  constructor(parts: FakeMachineParts, port: CommandPort, size: TerminalSize, ran: ShellResult | null) {
    this.#port = port;
    this.#size = size;
    this.#output = new FakeOutput(port);
    this.#terminal = new FakeTerminal({
      hostname: parts.hostname,
      print: (text) => this.#print(text),
      run: (typed) => this.#run(typed, parts),
      onExit: (exitCode) => this.#exit(exitCode),
    });
    if (ran === null) this.#terminal.greet();
    else {
      this.#print((ran.stdout + ran.stderr).replaceAll('\n', '\r\n'));
      this.#exit(ran.exitCode);
    }
  }

  stdin(bytes: Buffer): void {
    if (this.#isOver) return;
    const credit = Buffer.alloc(4);
    credit.writeUInt32LE(bytes.length);
    this.#port.send(FRAME.stdinCredit, credit);
    const text = bytes.toString();
    if (this.#wake && text.includes('\x03')) this.#wake();
    this.#terminal.type(text);
  }

  stdinEnd(): void {
    this.#exit(0);
  }

  credit(channel: number, bytes: number): void {
    this.#output.credit(channel, bytes);
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    this.#onSize();
  }

  signal(number: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wake?.();
    this.#port.send(FRAME.exit, Uint8Array.of(1, number));
  }

  hangUp(): void {
    this.signal(constants.signals.SIGHUP);
  }

  #print(text: string): void {
    if (!this.#isOver) this.#output.print(1, Buffer.from(text));
  }

  #exit(exitCode: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#output.exit(exitCode);
  }

  #run(line: string, parts: FakeMachineParts): string | Promise<string> {
    const [name, argument] = line.split(' ');
    if (line === 'stty size') return `${this.#size.rows} ${this.#size.columns}\n`;
    if (name === 'wait-for-size') return this.#waitForSize(line.slice(name.length + 1));
    if (name === 'flood') return 'x'.repeat(Number(argument));
    if (name === 'sleep') return this.#sleep(Number(argument));
    const { stdout, stderr } = runShellLine(line, parts);
    return stdout + stderr;
  }

  async #waitForSize(wanted: string): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#onSize = () => {
        if (`${this.#size.rows} ${this.#size.columns}` === wanted) resolve();
      };
      this.#onSize();
    });
    return `it is ${wanted}\n`;
  }

  async #sleep(seconds: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, seconds * 1000).unref();
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = null;
    return '';
  }
}
