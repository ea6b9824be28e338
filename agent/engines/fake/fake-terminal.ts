// A terminal of a fake guest: the serial console with its boot text and login prompt, or that of a shell; line editing, then the fake
// shell. Independent of sockets.

export interface TerminalOptions {
  hostname: string;
  /** Everything the guest prints. */
  print: (text: string) => void;
  /** Runs one line of a logged-in user and returns what it prints. While it runs, nothing but Ctrl-C is taken. */
  run: (line: string) => string | Promise<string>;
  /** Of a shell whose user is logged in from the start: `exit` ends it. Without it, `exit` leads to the login prompt. */
  onExit?: (exitCode: number) => void;
}

export class FakeTerminal {
  readonly #options: TerminalOptions;
  #state: 'login' | 'password' | 'shell' = 'login';
  #line = '';
  #isBusy = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    if (options.onExit) this.#state = 'shell';
  }

  /** Prints the prompt, for a user who is logged in from the start. */
  greet(): void {
    this.#prompt();
  }

  /** Prints the boot text; a logged-in user is logged out. */
  boot(): void {
    this.#state = 'login';
    this.#line = '';
    this.#print(
      `[    0.000000] Linux version 6.1.0-fake\n[    0.100000] A fake guest: no processor is behind this.\n\n`,
    );
    this.#prompt();
  }

  /** Receives typed bytes, in any chunks. Any user and password are accepted. */
  type(text: string): void {
    for (const key of text) {
      if (this.#isBusy) {
        if (key === '\x03') this.#print('^C\n');
      } else if (key === '\r' || key === '\n') this.#enter();
      else if (key === '\x7f' || key === '\b') this.#backspace();
      else if (key === '\x03') this.#interrupt();
      else if (key >= ' ') this.#add(key);
    }
  }

  #add(key: string): void {
    this.#line += key;
    if (this.#state !== 'password') this.#print(key);
  }

  #backspace(): void {
    if (this.#line === '') return;
    this.#line = this.#line.slice(0, -1);
    if (this.#state !== 'password') this.#print('\b \b');
  }

  #interrupt(): void {
    this.#line = '';
    this.#print('^C\n');
    this.#prompt();
  }

  #enter(): void {
    const line = this.#line.trim();
    this.#line = '';
    this.#print('\n');
    if (this.#state === 'login') this.#state = line === '' ? 'login' : 'password';
    else if (this.#state === 'password') this.#state = 'shell';
    else if (/^exit( \d+)?$/.test(line)) {
      const { onExit } = this.#options;
      if (onExit) {
        onExit(Number(line.slice('exit '.length)));
        return;
      }
      this.#state = 'login';
    } else {
      const printed = this.#options.run(line);
      if (typeof printed !== 'string') {
        void this.#wait(printed);
        return;
      }
      this.#print(printed);
    }
    this.#prompt();
  }

  async #wait(printed: Promise<string>): Promise<void> {
    this.#isBusy = true;
    const text = await printed;
    this.#isBusy = false;
    this.#print(text);
    this.#prompt();
  }

  #prompt(): void {
    const { hostname } = this.#options;
    this.#print({ login: `${hostname} login: `, password: 'Password: ', shell: `root@${hostname}:~# ` }[this.#state]);
  }

  #print(text: string): void {
    this.#options.print(text.replaceAll('\n', '\r\n'));
  }
}
