// Who looks at the consoles of each VM, by name, who types there, and who has taken its keyboard. Fed by the streams
// (stream-endpoint.ts, HeldScreen, SharedSerial); what it knows becomes part of the view of a VM. In memory only: a new agent has
// no streams either.
import { MOST_WATCHERS, type Presence, type Watcher } from '@tt/protocol';

/** Who opened a stream: a user, or the terminal of a lab. */
export interface Onlooker {
  userName: string | null;
  /** `lab/terminal`; null for a user. */
  terminalName: string | null;
}

/** What a stream asks before it passes on what its viewer typed or clicked, and tells when it did. */
export interface Typist {
  mayType(): boolean;
  typed(): void;
}

/** Where there is no presence, as in tests of streams alone. */
export const anyTypist: Typist = { mayType: () => true, typed: () => {} };

export interface ConsolePresenceOptions {
  /** Called when something about a VM has changed; `change` is by how many viewers. null: nobody is there, and nobody has the keyboard. */
  tell: (vmId: string, change: 1 | -1 | 0, presence: Presence | null) => void;
  now: () => Date;
  /** How long somebody counts as typing after their last key; default 3 s. */
  typingMs?: number;
  /** How long the keyboard waits for who has it and looks no more, be it that their link was lost; default 30 s. */
  keepMs?: number;
}

interface Seen extends Onlooker {
  consoles: number;
  since: Date;
  /** Runs out when they have not typed for a while; null: they do not type. */
  typing: NodeJS.Timeout | null;
}

interface Keyboard {
  userName: string;
  since: Date;
  /** Runs while its holder does not look. */
  waiting: NodeJS.Timeout | null;
}

export class ConsolePresence {
  readonly #options: Required<ConsolePresenceOptions>;
  /** By VM, then by who it is. */
  readonly #seen = new Map<string, Map<string, Seen>>();
  readonly #keyboards = new Map<string, Keyboard>();

  constructor(options: ConsolePresenceOptions) {
    this.#options = { typingMs: 3_000, keepMs: 30_000, ...options };
  }

  /** A stream to a console or a shell of this VM was opened, or has ended. */
  changeViewers(vmId: string, who: Onlooker, change: 1 | -1): void {
    const seen = this.#seen.get(vmId) ?? new Map<string, Seen>();
    const key = keyOf(who);
    const one = seen.get(key) ?? { ...who, consoles: 0, since: this.#options.now(), typing: null };
    one.consoles += change;
    if (one.consoles > 0) {
      seen.set(key, one);
    } else {
      seen.delete(key);
      stopTimer(one.typing);
    }
    if (seen.size > 0) this.#seen.set(vmId, seen);
    else this.#seen.delete(vmId);
    this.#waitForHolder(vmId);
    this.#tell(vmId, change);
  }

  /** For a stream of this viewer. */
  typist(vmId: string, who: Onlooker): Typist {
    return { mayType: () => this.mayType(vmId, who.userName), typed: () => this.typed(vmId, who) };
  }

  /** `userName`: null for who is no user. */
  mayType(vmId: string, userName: string | null): boolean {
    const holder = this.#keyboards.get(vmId);
    return holder === undefined || holder.userName === userName;
  }

  /** Who does not look at it, such as a program, is not shown. */
  typed(vmId: string, who: Onlooker): void {
    const one = this.#seen.get(vmId)?.get(keyOf(who));
    if (!one) return;
    const wasTyping = one.typing !== null;
    stopTimer(one.typing);
    const rest = () => {
      one.typing = null;
      this.#tell(vmId, 0);
    };
    one.typing = setTimeout(rest, this.#options.typingMs).unref();
    if (!wasTyping) this.#tell(vmId, 0);
  }

  /** Who alone may type; null: everybody who may open a console. */
  holderOf(vmId: string): string | null {
    return this.#keyboards.get(vmId)?.userName ?? null;
  }

  isWatchedBy(vmId: string, userName: string): boolean {
    return this.#seen.get(vmId)?.has(keyOf({ userName, terminalName: null })) ?? false;
  }

  /** From now on only this user types there; null: everybody. Whether that may be decided by who decides it is for the caller to know. */
  giveKeyboard(vmId: string, userName: string | null): void {
    if (this.holderOf(vmId) === userName) return;
    this.#dropKeyboard(vmId);
    if (userName !== null) this.#keyboards.set(vmId, { userName, since: this.#options.now(), waiting: null });
    this.#waitForHolder(vmId);
    this.#tell(vmId, 0);
  }

  of(vmId: string): Presence | null {
    const seen = [...(this.#seen.get(vmId)?.values() ?? [])];
    const keyboard = this.#keyboards.get(vmId);
    if (seen.length === 0 && !keyboard) return null;
    return {
      watchers: seen.slice(0, MOST_WATCHERS).map(watcherView),
      keyboard: keyboard ? { userName: keyboard.userName, since: keyboard.since.toISOString() } : null,
    };
  }

  /** Forgets all of it, and tells nobody. */
  stop(): void {
    for (const seen of this.#seen.values()) for (const { typing } of seen.values()) stopTimer(typing);
    for (const vmId of this.#keyboards.keys()) this.#dropKeyboard(vmId);
    this.#seen.clear();
  }

  #waitForHolder(vmId: string): void {
    const keyboard = this.#keyboards.get(vmId);
    if (!keyboard) return;
    if (this.isWatchedBy(vmId, keyboard.userName)) {
      stopTimer(keyboard.waiting);
      keyboard.waiting = null;
      return;
    }
    keyboard.waiting ??= setTimeout(() => this.giveKeyboard(vmId, null), this.#options.keepMs).unref();
  }

  #dropKeyboard(vmId: string): void {
    stopTimer(this.#keyboards.get(vmId)?.waiting ?? null);
    this.#keyboards.delete(vmId);
  }

  #tell(vmId: string, change: 1 | -1 | 0): void {
    this.#options.tell(vmId, change, this.of(vmId));
  }
}

function keyOf({ userName, terminalName }: Onlooker): string {
  return userName === null ? `terminal ${terminalName ?? ''}` : `user ${userName}`;
}

function watcherView({ userName, terminalName, consoles, since, typing }: Seen): Watcher {
  return { userName, terminalName, consoles, since: since.toISOString(), typing: typing !== null };
}

function stopTimer(timer: NodeJS.Timeout | null): void {
  if (timer) clearTimeout(timer);
}
