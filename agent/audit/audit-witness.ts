// Sees every call, operation and stream, and writes down in the audit trail who asked for what, from where, when, and how it
// ended. What belongs to one call is held together by its asynchronous context, never by an id that a client chose.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  type AuditEntry,
  type AuditOrigin,
  type Audited,
  type AuditSubject,
  auditRuleOf,
  type Operation,
  PLAIN_READ,
} from '@tt/protocol';
import {
  type BorderContext,
  type Caller,
  type ConnectionOrigin,
  isSomebody,
  localAdmin,
  SeldomLines,
  type WitnessedCall,
} from '@tt/server';
import type { Inventory } from '../inventory/inventory.ts';
import type { NewEntry } from './audit-database.ts';
import { namesIn, namesOfOperation, resolved } from './audit-subject.ts';
import type { AuditTrail } from './audit-trail.ts';
import { Allowance } from './allowance.ts';

/** Refusals of plain reads that are written down: of rights, never of what is not there. */
const REFUSAL = /^(UNAUTHORIZED|NOT_ALLOWED|VIEWER_REFUSED|[A-Z]+_NOT_YOURS|TERMINAL_REFUSED|TERMINAL_TOO_OFTEN)$/;
/** Entries a minute of callers that nobody knows, all together: they must not fill the trail. */
const NOBODYS_ENTRIES = 120;
const MOST_USER_AGENT = 200;

/** Who asks, and from where. */
interface Asked {
  actor: AuditEntry['actor'];
  userName: string | null;
  throughProxy: boolean;
  readerName: string | null;
  origin: AuditOrigin;
}

/** A call that goes on. */
interface OpenCall {
  name: string;
  asked: Asked;
  subject: AuditSubject;
  envOwner: string | null;
  beganAt: number;
  /** Its operation has entries of its own, which say all that one of the call could. */
  hasOperation: boolean;
}

/** An operation or a stream that goes on. */
interface OpenActivity extends Omit<OpenCall, 'hasOperation'> {
  id: string;
}

const AGENT_ITSELF: Asked = {
  actor: 'agent',
  userName: null,
  throughProxy: false,
  readerName: null,
  origin: { address: null, userAgent: '', sessionId: null, tokenId: null, requestId: '' },
};

/** What a stream's ticket is good for, as far as the trail names it. */
export interface StreamSubject {
  kind: string;
  vmId?: string;
  transferId?: string;
  runId?: string;
}

export interface AuditWitnessParts {
  trail: Pick<AuditTrail, 'note'>;
  inventory: Pick<Inventory, 'findVm' | 'hasEnv' | 'env'>;
  now: () => Date;
}

export class AuditWitness {
  readonly #parts: AuditWitnessParts;
  readonly #calls = new AsyncLocalStorage<OpenCall>();
  readonly #operations = new Map<string, OpenActivity>();
  /** The call that got the ticket of a stream. */
  readonly #tickets = new WeakMap<object, OpenCall>();
  /** How the end of each open stream is told. */
  readonly #streams = new Set<(result: string) => void>();
  readonly #seldom = new SeldomLines();
  readonly #ofNobody = new Allowance(NOBODYS_ENTRIES);

  constructor(parts: AuditWitnessParts) {
    this.#parts = parts;
  }

  /** Runs a call; passes on its answer, or its error. */
  readonly call = <Output>(call: WitnessedCall, answer: () => Promise<Output>): Promise<Output> => {
    const rule = auditRuleOf(call.name);
    return rule === PLAIN_READ ? this.#read(call, answer) : this.#audited(call, rule, answer);
  };

  /** A WebSocket that was refused, as nobody known opened it. */
  readonly refused = ({ address, userAgent }: ConnectionOrigin, code: string): void => {
    const origin = { address, userAgent: visible(userAgent), sessionId: null, tokenId: null, requestId: '' };
    const asked: Asked = { ...AGENT_ITSELF, actor: 'nobody', origin };
    this.#seldomNote({ name: 'connection.open', asked, subject: {}, envOwner: null, result: code, durationMs: 0 });
  };

  /** To be called for every state of every operation. */
  operationChanged(
    operation: Pick<Operation, 'id' | 'kind' | 'subject' | 'state' | 'startedAt' | 'endedAt' | 'error'>,
  ): void {
    const known = this.#operations.get(operation.id);
    if (operation.state === 'running') {
      if (!known) this.#begin(operation);
      return;
    }
    if (!known) return;
    this.#operations.delete(operation.id);
    const { endedAt, startedAt, state, error } = operation;
    const durationMs = endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
    const result = state === 'succeeded' ? 'ok' : (error?.code ?? 'failed');
    const ended = { ...known, ...this.#ownerNow(known), result, durationMs };
    if (known.asked.actor === 'agent' && result !== 'ok') this.#seldomNote({ ...ended, phase: 'ended' });
    else this.#note({ ...ended, phase: 'ended' });
  }

  /** To be called for each ticket, within the call that gets it. */
  ticketIssued(purpose: object): void {
    const open = this.#calls.getStore();
    if (open) this.#tickets.set(purpose, open);
  }

  /** A stream that was opened with a ticket for `purpose`; what is returned tells its end. */
  streamOpened(purpose: object, about: StreamSubject, from: ConnectionOrigin): (result: string) => void {
    const holder = this.#tickets.get(purpose);
    const { kind, ...ids } = about;
    const named = namesIn(ids, { vmId: 'vmId', transferId: 'transferId', runId: 'runId' });
    // Of a terminal that nobody logged in at, its name is all there is.
    const seat = namesIn(holder?.subject, { labName: 'labName', terminalName: 'terminalName' });
    const { subject, envOwner } = resolved(this.#parts.inventory, { ...seat, ...named });
    const asked = holder ? { ...holder.asked, origin: this.#streamOrigin(holder.asked, from) } : NOBODY;
    const open: OpenActivity = {
      id: randomUUID(),
      name: `stream.${kind}`,
      asked,
      subject,
      envOwner,
      beganAt: this.#parts.now().getTime(),
    };
    this.#note({ ...open, phase: 'begun', result: 'ok', durationMs: null });
    const end = (result: string) => {
      if (!this.#streams.delete(end)) return;
      this.#note({ ...open, phase: 'ended', result, durationMs: this.#since(open.beganAt) });
    };
    this.#streams.add(end);
    return end;
  }

  /** The agent ends, and all streams with it. */
  close(): void {
    // Each takes itself out, which a set bears.
    for (const end of Array.from(this.#streams)) end('AGENT_GONE');
  }

  async #read<Output>(call: WitnessedCall, answer: () => Promise<Output>): Promise<Output> {
    try {
      return await answer();
    } catch (error) {
      const result = codeOf(error);
      if (REFUSAL.test(result)) {
        const { name, context } = call;
        this.#seldomNote({ name, asked: askedOf(context), subject: {}, envOwner: null, result, durationMs: 0 });
      }
      throw error;
    }
  }

  async #audited<Output>(call: WitnessedCall, rule: Audited, answer: () => Promise<Output>): Promise<Output> {
    const open: OpenCall = {
      name: call.name,
      asked: askedOf(call.context),
      ...resolved(this.#parts.inventory, namesIn(call.input, rule.names)),
      beganAt: this.#parts.now().getTime(),
      hasOperation: false,
    };
    return await this.#calls.run(open, async () => {
      try {
        const output = await answer();
        this.#end(open, rule, 'ok', output);
        return output;
      } catch (error) {
        this.#end(open, rule, codeOf(error), undefined);
        throw error;
      }
    });
  }

  #end(open: OpenCall, rule: Audited, result: string, output: unknown): void {
    if (open.hasOperation) return;
    // What was refused before it was checked may have anything in its fields.
    const isChecked = result !== 'INPUT_INVALID' && result !== 'UNAUTHORIZED';
    const answered = namesIn(output, rule.answer ?? {});
    const named = isChecked ? { ...open.subject, ...answered } : {};
    const { subject, envOwner } = resolved(this.#parts.inventory, named);
    const entry = { ...open, subject, envOwner: isChecked ? (open.envOwner ?? envOwner) : null, result };
    const whole = { ...entry, asked: loggedIn(open.asked, answered), durationMs: this.#since(open.beganAt) };
    if (rule.often || (open.asked.actor === 'nobody' && result !== 'ok')) this.#seldomNote(whole);
    else this.#note({ ...whole, phase: 'done' });
  }

  #begin({ id, kind, subject, startedAt }: Pick<Operation, 'id' | 'kind' | 'subject' | 'startedAt'>): void {
    const call = this.#calls.getStore();
    if (call?.name === kind) call.hasOperation = true;
    const about = resolved(this.#parts.inventory, {
      ...(call?.name === kind && call.subject),
      ...namesOfOperation(subject),
    });
    const asked = call?.asked ?? AGENT_ITSELF;
    const open = { id, name: kind, asked, ...about, beganAt: Date.parse(startedAt) };
    this.#operations.set(id, open);
    // Of its own work the end is enough: nobody asked for it.
    if (asked.actor !== 'agent') this.#note({ ...open, phase: 'begun', result: 'ok', durationMs: null });
  }

  /** What is gone at the end had an owner at the beginning; what is new has one at the end. */
  #ownerNow({ subject, envOwner }: OpenActivity): Pick<OpenActivity, 'envOwner'> {
    return { envOwner: envOwner ?? resolved(this.#parts.inventory, subject).envOwner };
  }

  /** The stream's own connection; behind a proxy, what that said when it asked for the ticket. */
  #streamOrigin({ origin, throughProxy }: Asked, { address, userAgent }: ConnectionOrigin): AuditOrigin {
    return throughProxy ? origin : { ...origin, address, userAgent: visible(userAgent) };
  }

  #since(beganAt: number): number {
    // The clock may have been set back in between.
    return Math.max(0, Math.round(this.#parts.now().getTime() - beganAt));
  }

  /** Alike ones are written once a minute, with how many there were. */
  #seldomNote(about: Noted & { phase?: NewEntry['phase'] }): void {
    const { actor, userName, throughProxy, origin } = about.asked;
    const phase = about.phase ?? 'done';
    const who = actor === 'nobody' ? [actor, origin.address] : [actor, throughProxy, userName, about.subject];
    this.#seldom.say(JSON.stringify([about.name, about.result, ...who]), (leftOut) => {
      if (actor !== 'nobody' || this.#ofNobody.take()) this.#note({ ...about, phase }, leftOut + 1);
    });
  }

  #note(about: Noted & { phase: NewEntry['phase'] }, count = 1): void {
    const { name, asked, subject, envOwner, phase, result, durationMs, id = null } = about;
    const at = this.#parts.now().toISOString();
    const entry = { at, ...asked, call: name, phase, result, durationMs, activityId: id, subject, count, envOwner };
    this.#parts.trail.note(entry);
  }
}

type Noted = Pick<OpenCall, 'name' | 'asked' | 'subject' | 'envOwner'> & {
  result: string;
  durationMs: number | null;
  id?: string;
};

const NOBODY: Asked = { ...AGENT_ITSELF, actor: 'nobody' };

function askedOf({ caller, sessionId, fromAddress, askedBy, userAgent, requestId }: BorderContext): Asked {
  const known = isSomebody(caller) ? caller : null;
  const readerName = known?.name ?? null;
  const origin = {
    address: fromAddress,
    userAgent: visible(userAgent),
    sessionId,
    tokenId: tokenIdOf(known),
    requestId,
  };
  if (!askedBy) return { actor: actorOf(readerName), userName: readerName, throughProxy: false, readerName, origin };
  // As whom the proxy itself is known here, it asks for somebody it knows; anybody else came through it as themselves.
  const userName = readerName === localAdmin.name ? visibleOrNull(askedBy.userName) : readerName;
  const said = {
    address: visibleOrNull(askedBy.address),
    userAgent: visible(askedBy.userAgent),
    sessionId: sessionId ?? visibleOrNull(askedBy.sessionId),
  };
  return { actor: actorOf(userName), userName, throughProxy: true, readerName, origin: { ...origin, ...said } };
}

/** The token of a device, where the caller has shown one that has an id. */
function tokenIdOf(caller: (Caller & { tokenId?: string }) | null): string | null {
  return caller?.tokenId ?? null;
}

function actorOf(userName: string | null): AuditEntry['actor'] {
  return userName === null ? 'nobody' : 'person';
}

/** Who was nobody before a login that succeeded is known after it. */
function loggedIn(asked: Asked, { userName, loginId }: AuditSubject): Asked {
  if (asked.actor !== 'nobody' || userName === undefined) return asked;
  const origin = { ...asked.origin, sessionId: loginId ?? null };
  return { ...asked, actor: 'person', userName, readerName: userName, origin };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'failed';
}

function visibleOrNull(text: string | null): string | null {
  return text === null ? null : visible(text);
}

/** Of what others say of themselves: visible ASCII, and not much of it. */
function visible(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, MOST_USER_AGENT);
}
