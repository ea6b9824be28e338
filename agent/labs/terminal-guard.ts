// Authenticates terminals of labs, which have no token: by secret, by address, or by both if both are set. Counts attempts, so
// that neither names nor secrets can be guessed.
import { timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { TtError } from '@tt/protocol';
import type { LabRecord, TerminalRecord } from '../state/records.ts';
import type { LabRegistry } from './lab-registry.ts';
import { sha256 } from './secret-hash.ts';

const WINDOW_MS = 60_000;
/** From one address within a minute. */
const MOST_REFUSALS = 10;
/** Enough for a room of terminals behind one address, each polling every few seconds. */
const MOST_QUESTIONS = 1200;
/** Addresses that are tracked at the same time; a client with more addresses does not delay others. */
const MOST_WATCHED = 10_000;

/** What a terminal claims about itself. */
export interface TerminalClaim {
  labName?: string | undefined;
  terminalName?: string | undefined;
  secret?: string | undefined;
  /** Its address; null if unknown, e.g. through a proxy. */
  address: string | null;
}

export interface KnownTerminal {
  lab: LabRecord;
  terminal: TerminalRecord;
}

/** What a terminal was let in by. */
export interface TerminalGrant {
  labName: string;
  terminalName: string;
  /** Changes with the address and the secret it must show. */
  knownBy: string;
}

export function grantOf({ lab, terminal }: KnownTerminal): TerminalGrant {
  const knownBy = sha256(JSON.stringify([terminal.address, terminal.secretSha256]));
  return { labName: lab.name, terminalName: terminal.name, knownBy };
}

interface Watch {
  since: number;
  questions: number;
  refusals: number;
}

export class TerminalGuard {
  readonly #labs: LabRegistry;
  readonly #now: () => Date;
  readonly #watched = new Map<string, Watch>();

  constructor(labs: LabRegistry, now: () => Date) {
    this.#labs = labs;
    this.#now = now;
  }

  /**
   * The authenticated terminal. Throws TERMINAL_TOO_OFTEN, or TERMINAL_REFUSED, which is the same whatever is wrong: the lab,
   * whether it has terminals enabled, the name, the address or the secret.
   */
  identify(claim: TerminalClaim): KnownTerminal {
    // Through a proxy all come from one place: there each name has a count of its own.
    const watch = this.#count(claim.address ?? `elsewhere ${claim.labName}/${claim.terminalName}`);
    const found = this.#find(claim);
    if (found) return found;
    watch.refusals++;
    throw new TtError('TERMINAL_REFUSED', {});
  }

  /** False once its lab disables terminals, it is removed, or its secret or address changes. */
  holds(grant: TerminalGrant): boolean {
    const lab = this.#labs.labs().find(({ name }) => name === grant.labName);
    const terminal = lab?.terminals.find(({ name }) => name === grant.terminalName);
    return lab?.terminalsEnabled === true && !!terminal && grantOf({ lab, terminal }).knownBy === grant.knownBy;
  }

  #find({ labName, terminalName, secret, address }: TerminalClaim): KnownTerminal | null {
    const from = address === null ? null : plainAddress(address);
    // A name that is not said must follow from the address alone.
    const isNamed = labName !== undefined && terminalName !== undefined;
    for (const lab of this.#labs.labs()) {
      if (!lab.terminalsEnabled || (labName !== undefined && lab.name !== labName)) continue;
      for (const terminal of lab.terminals) {
        if (terminalName !== undefined && terminal.name !== terminalName) continue;
        if (!isNamed && terminal.address === null) continue;
        if (fits(terminal, from, secret)) return { lab, terminal };
      }
    }
    return null;
  }

  #count(address: string): Watch {
    const now = this.#now().getTime();
    let watch = this.#watched.get(address);
    if (!watch || now - watch.since >= WINDOW_MS) {
      watch = { since: now, questions: 0, refusals: 0 };
      this.#watched.delete(address);
      this.#watched.set(address, watch);
      const [oldest] = this.#watched.keys();
      if (this.#watched.size > MOST_WATCHED && oldest !== undefined) this.#watched.delete(oldest);
    }
    if (++watch.questions > MOST_QUESTIONS || watch.refusals >= MOST_REFUSALS) {
      throw new TtError('TERMINAL_TOO_OFTEN', { retryAfterS: Math.ceil((watch.since + WINDOW_MS - now) / 1000) });
    }
    return watch;
  }
}

/** Each condition that is set must hold, and there is at least one. */
function fits({ address, secretSha256 }: TerminalRecord, from: string | null, secret: string | undefined): boolean {
  if (address === null && secretSha256 === null) return false;
  if (address !== null && (from === null || plainAddress(address) !== from)) return false;
  return secretSha256 === null || (secret !== undefined && sameDigest(sha256(secret), secretSha256));
}

function sameDigest(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(expected, 'hex'));
}

/** `::ffff:192.0.2.1` is how a socket that takes both kinds shows an IPv4 address. */
function plainAddress(address: string): string {
  const lower = address.toLowerCase();
  const inner = lower.startsWith('::ffff:') ? lower.slice(7) : lower;
  return isIPv4(inner) ? inner : lower;
}
