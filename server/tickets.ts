// One-time tickets for streams: bound to a purpose (which VM, what for), valid for seconds, used once.
import { randomBytes } from 'node:crypto';
import { TICKET_LIFETIME_MS } from '@tt/protocol';

export class Tickets<Purpose> {
  readonly #now: () => Date;
  readonly #onIssue: (purpose: Purpose) => void;
  readonly #issued = new Map<string, { purpose: Purpose; expiresAt: Date }>();

  /** `onIssue` is called within the call that gets the ticket. */
  constructor(now: () => Date, onIssue: (purpose: Purpose) => void = () => {}) {
    this.#now = now;
    this.#onIssue = onIssue;
  }

  issue(purpose: Purpose): { ticket: string; expiresAt: Date } {
    this.#forgetOld();
    const ticket = randomBytes(32).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + TICKET_LIFETIME_MS);
    this.#issued.set(ticket, { purpose, expiresAt });
    this.#onIssue(purpose);
    return { ticket, expiresAt };
  }

  /** What the ticket is for, or null if it is unknown, used or too old. In any case it cannot be used again. */
  redeem(ticket: string): Purpose | null {
    const found = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    return found && found.expiresAt > this.#now() ? found.purpose : null;
  }

  #forgetOld(): void {
    for (const [ticket, { expiresAt }] of this.#issued) if (expiresAt <= this.#now()) this.#issued.delete(ticket);
  }
}
