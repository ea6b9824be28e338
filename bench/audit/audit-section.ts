// Section `audit`: a page of the audit trail among 100 000 entries against the same question to bare SQLite, and what the trail
// costs a call: one that changes the state, and one that only reads.
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { AuditDatabase, type AuditSearch, type NewEntry } from '../../agent/audit/audit-database.ts';
import { AuditTrail } from '../../agent/audit/audit-trail.ts';
import { AuditWitness } from '../../agent/audit/audit-witness.ts';
import { StateStore } from '../../agent/state/store.ts';
import type { BorderContext } from '../../server/index.ts';
import { atMost, type Comparison, short } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

const ENTRIES = 100_000;
const PAGE = 100;
const USERS = 50;
const MICROSECONDS = 1000;

export const auditSection: Section = {
  name: 'audit',
  title: `pages of an audit trail of ${ENTRIES} entries, and calls with it and without`,
  async run({ folder, quick }) {
    const rounds = quick ? 20 : 200;
    const pages = pagesOf(path.join(folder, 'many.sqlite'), rounds);
    const calls = await callsOf(folder, rounds);
    return {
      comparisons: [...pages, ...calls],
      notes: [
        'no agent is started: the parts of one in this process, so that no connection hides the difference',
        'both files are on the same file system, with synchronous=FULL',
      ],
      peerCommands: [
        "SELECT id, document FROM entries WHERE who = 'user-7' ORDER BY id DESC LIMIT 100, by node:sqlite",
      ],
    };
  },
};

function pagesOf(file: string, rounds: number): Comparison[] {
  const trail = new AuditDatabase(file);
  for (let from = 0; from < ENTRIES; from += 1000) {
    trail.add(Array.from({ length: 1000 }, (_, index) => entryOf(from + index)));
  }
  const bare = new DatabaseSync(file, { readOnly: true });
  const asked: [string, Omit<AuditSearch, 'limit'>, string][] = [
    ['the newest', {}, '1'],
    ['of one user', { userName: 'user-7' }, "who = 'user-7'"],
    ['of one ENV and what failed', { envName: 'env-3', result: 'failed' }, "env = 'env-3' AND result <> 'ok'"],
  ];
  const comparisons = asked.map(([what, search, condition]): Comparison => {
    const statement = bare.prepare(
      `SELECT id, document FROM entries WHERE ${condition} ORDER BY id DESC LIMIT ${PAGE}`,
    );
    const ours = timesOf(rounds, () => pageOf(trail, search));
    const peer = timesOf(rounds, () => statement.all().map((row) => JSON.parse(String(row['document'])) as unknown));
    return {
      what: `a page of ${PAGE}, ${what}`,
      ours: `${short(median(ours))} µs`,
      peer: `${short(median(peer))} µs`,
      ratio: median(ours) / median(peer),
      goal: atMost(3),
    };
  });
  bare.close();
  trail.close();
  return comparisons;
}

/** A whole page, from as many parts of the search as that takes. */
function pageOf(trail: AuditDatabase, search: Omit<AuditSearch, 'limit'>): number {
  let count = 0;
  let before: number | null = null;
  do {
    const page = trail.page({ ...search, limit: PAGE - count, ...(before !== null && { before }) });
    count += page.entries.length;
    before = page.next;
  } while (before !== null && count < PAGE);
  return count;
}

async function callsOf(folder: string, rounds: number): Promise<Comparison[]> {
  const store = new StateStore(path.join(folder, 'state.sqlite'));
  const trail = new AuditTrail({
    file: path.join(folder, 'audit.sqlite'),
    logger: pino({ level: 'silent' }),
    now: () => new Date(),
    limits: () => ({ keepDays: 90, maxMiB: 256 }),
  });
  const inventory = {
    findVm: () => null,
    hasEnv: () => false,
    env: () => {
      throw new Error('there is none');
    },
  };
  const witness = new AuditWitness({ trail, inventory, now: () => new Date() });
  const context = {
    requestId: 'bench',
    caller: { name: 'ann', role: 'user' },
    sessionId: null,
    fromAddress: '127.0.0.1',
    askedBy: null,
    userAgent: 'bench',
  } as unknown as BorderContext;
  const change = async () => store.settings.put('bench', { at: Date.now() });
  const read = async () => store.settings.get('bench');
  const compare = async (what: string, name: string, answer: () => Promise<unknown>, goal: number) => {
    const call = { name, input: { name: 'demo' }, context };
    const ours: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await timeOf(() => witness.call(call, answer)));
      peer.push(await timeOf(answer));
    }
    return {
      what,
      ours: `${short(median(ours))} µs`,
      peer: `${short(median(peer))} µs`,
      ratio: median(ours) / median(peer),
      goal: atMost(goal),
    };
  };
  const comparisons = [
    await compare('a call that writes one record, with its entry on disk', 'env.sshKey', change, 3),
    await compare('a call that only reads', 'env.list', read, 1.5),
  ];
  trail.close();
  store.close();
  return comparisons;
}

/** Until all it wrote is written: the trail writes at the end of the turn. In microseconds. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  return (performance.now() - begun) * MICROSECONDS;
}

function timesOf(rounds: number, work: () => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const begun = performance.now();
    work();
    return (performance.now() - begun) * MICROSECONDS;
  });
}

function entryOf(index: number): NewEntry {
  const userName = `user-${index % USERS}`;
  return {
    at: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    actor: 'person',
    userName,
    throughProxy: false,
    call: index % 3 === 0 ? 'env.start' : 'console.open',
    phase: 'done',
    result: index % 10 === 0 ? 'ENV_BUSY' : 'ok',
    durationMs: index % 1000,
    activityId: null,
    subject: { envName: `env-${index % 97}` },
    count: 1,
    origin: { address: '192.0.2.1', userAgent: 'bench', sessionId: null, tokenId: null, requestId: String(index) },
    readerName: userName,
    envOwner: userName,
  };
}
