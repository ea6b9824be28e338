// The screens that terminals of labs show. A screen is cut off at once when its lab disables terminals, when the terminal is
// removed, or when its secret or address changes.
import type { Duplex } from 'node:stream';
import type { LabRegistry } from './lab-registry.ts';
import type { TerminalGrant, TerminalGuard } from './terminal-guard.ts';

/** The purpose of a console; without a terminal, for a caller with a token. */
interface TerminalPurpose {
  terminal?: TerminalGrant;
}

export class TerminalScreens {
  readonly #terminals: TerminalGuard;
  readonly #open = new Map<Duplex, TerminalGrant>();

  constructor({ labs, terminals }: { labs: LabRegistry; terminals: TerminalGuard }) {
    this.#terminals = terminals;
    labs.onLabChange(() => {
      for (const [stream, terminal] of this.#open) if (!terminals.holds(terminal)) stream.destroy();
    });
  }

  allows({ terminal }: TerminalPurpose): boolean {
    return !terminal || this.#terminals.holds(terminal);
  }

  opened(stream: Duplex, { terminal }: TerminalPurpose): void {
    if (!terminal) return;
    this.#open.set(stream, terminal);
    stream.once('close', () => this.#open.delete(stream));
  }
}
