// Test support: a logged-in shell on a guest's serial socket, to check what is really in its RAM and on its disk.
import type { Socket } from 'node:net';
import { connectUnixSocket } from '@tt/client/node';
import { stripVTControlCharacters } from 'node:util';

export interface GuestShellOptions {
  /** For booting and logging in; default 60 s (a guest without KVM on a busy machine). */
  loginTimeoutMs?: number;
  user?: string;
  password?: string;
}

/** How long a guest can stay silent before Enter is pressed again: keys typed before getty reads are lost. */
const NUDGE_MS = 1_000;

export class GuestShell {
  readonly #socket: Socket;
  #received = '';
  #wake: () => void = () => {};
  #commandNumber = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      // Colours, and the shell's question for the cursor's position right after its prompt.
      this.#received = stripVTControlCharacters(this.#received + String(text));
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => socket.destroy());
  }

  /** Connects and logs in; rejects with what the guest printed when that does not work in time. */
  static async login(socketPath: string, options: GuestShellOptions = {}): Promise<GuestShell> {
    const shell = new GuestShell(connectUnixSocket(socketPath));
    const deadline = Date.now() + (options.loginTimeoutMs ?? 60_000);
    const nudge = setInterval(() => shell.#socket.write('\r'), NUDGE_MS);
    try {
      shell.#socket.write('\r');
      // A session left logged in by an earlier connection shows its prompt at once.
      const first = await shell.#waitFor(/login: $|[#$] $/, deadline);
      clearInterval(nudge);
      if (first.endsWith('login: ')) {
        shell.#socket.write(`${options.user ?? 'root'}\r`);
        await shell.#waitFor(/Password: $/, deadline);
        shell.#socket.write(`${options.password ?? 'tt'}\r`);
        await shell.#waitFor(/[#$] $/, deadline);
      }
      return shell;
    } catch (error) {
      shell.close();
      throw error;
    } finally {
      clearInterval(nudge);
    }
  }

  /** Runs one command and returns its output, without the last newline. Rejects if its exit code is not 0. */
  async run(command: string, timeoutMs = 20_000): Promise<string> {
    const mark = `mark-${++this.#commandNumber}`;
    // The quotes keep the terminal's echo of this line from looking like the marks themselves.
    this.#socket.write(`echo begin-''${mark}; ${command}; echo end-''${mark}-$?\r`);
    const pattern = new RegExp(`begin-${mark}\\r?\\n([\\s\\S]*?)end-${mark}-(\\d+)`);
    const match = pattern.exec(await this.#waitFor(pattern, Date.now() + timeoutMs));
    const output = (match?.[1] ?? '').replaceAll('\r', '').trimEnd();
    if (match?.[2] !== '0') throw new Error(`guest command failed (${match?.[2]}): ${command}\n${output}`);
    return output;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Waits for `pattern` in what came since the last wait, and takes it all. */
  async #waitFor(pattern: RegExp, deadline: number): Promise<string> {
    while (!pattern.test(this.#received)) {
      const left = deadline - Date.now();
      if (left <= 0 || this.#socket.destroyed) {
        const why = this.#socket.destroyed ? 'the serial port closed' : 'time ran out';
        throw new Error(`${why} while waiting for ${pattern} after: ${this.#received.slice(-2000)}`);
      }
      await this.#moreOrTimeout(left);
    }
    const taken = this.#received;
    this.#received = '';
    return taken;
  }

  #moreOrTimeout(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
