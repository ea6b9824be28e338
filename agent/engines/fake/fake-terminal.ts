// The serial console of a fake guest: boot text, login prompt, line editing, then the fake shell. Independent of sockets.

export interface TerminalOptions {
  hostname: string;
  /** Everything the guest prints. */
  print: (text: string) => void;
  /** Runs one line of a logged-in user and returns what it prints. */
  run: (line: string) => string;
}

export class FakeTerminal {
  readonly #options: TerminalOptions;
  #state: 'login' | 'password' | 'shell' = 'login';
  #line = '';

  constructor(options: TerminalOptions) {
    this.#options = options;
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
      if (key === '\r' || key === '\n') this.#enter();
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
    else if (line === 'exit') this.#state = 'login';
    else this.#print(this.#options.run(line));
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
