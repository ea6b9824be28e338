// What is kept of runs: how much of their output, how many of them, and for how long. On notes and files alone, without guests.
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeLogger } from '@tt/server';
import type { Run, RunVm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EnvRecord } from '../state/records.ts';
import { KeptOutput } from './kept-output.ts';
import { RunEntry } from './run-entry.ts';
import { RunFiles, type RunNote } from './run-files.ts';
import { Runs, type RunsParts } from './runs.ts';

let folder: string;
let files: RunFiles;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-runs-'));
  files = new RunFiles(path.join(folder, 'runs'));
  await files.init();
});
afterEach(() => rm(folder, { recursive: true }));

const NOW = Date.parse('2026-11-29T12:00:00.000Z');
const DAY_MS = 24 * 3_600_000;

function noteOf(id: string, { envName = 'demo', ageMs = 0, vmIds = ['a'], isEnded = true } = {}): RunNote {
  const at = new Date(NOW - ageMs).toISOString();
  const endedAt = isEnded ? at : null;
  const nothing = { bytes: 0, keptBytes: 0 };
  return {
    run: {
      id,
      envName,
      startedBy: 'kim',
      title: 'true',
      state: isEnded ? 'ended' : 'running',
      timeoutMs: 1000,
      startedAt: at,
      endedAt,
    },
    request: { command: { argv: ['true'] }, user: null, cwd: null, environmentNames: [] },
    vms: vmIds.map((vmId) => ({
      vmId,
      vmName: `${envName}/${vmId}`,
      os: 'tiny-2',
      state: isEnded ? ('exited' as const) : ('running' as const),
      exitCode: isEnded ? 0 : null,
      signal: null,
      startedAt: at,
      endedAt,
      stdout: nothing,
      stderr: nothing,
      isCut: false,
      failure: null,
    })),
  };
}

const noBudget = { open: () => Promise.reject(new Error('nothing is written')) };
const runsOf = (envNames: readonly string[], published: unknown[] = [], budget: RunsParts['budget'] = noBudget) =>
  new Runs({
    directory: path.join(folder, 'runs'),
    inventory: {
      findVm: () => null,
      hasEnv: (name) => envNames.includes(name),
      env: () => ({ owner: 'kim' }) as EnvRecord,
      ownersOf: () => ['kim'],
    },
    running: { get: () => null },
    guestChannels: {
      open: () => Promise.reject(new Error('no guest')),
      openAgent: () => Promise.reject(new Error('no guest')),
      hasAgent: () => false,
    },
    sshGuests: { open: () => Promise.reject(new Error('no guest')) },
    log: { publish: (type, data) => void published.push([type, data]) },
    budget,
    logger: makeLogger({ level: 'silent', file: null }),
    now: () => new Date(NOW),
  });

it('is the beginning of what a machine prints, and of a run; the rest is counted', async () => {
  const id = crypto.randomUUID();
  const told: { run: Run; vms: readonly RunVm[] }[] = [];
  const note = noteOf(id, { vmIds: ['a', 'b'], isEnded: false });
  const entry = new RunEntry(note, {
    files,
    publish: (run, vms) => told.push({ run, vms }),
    onProblem: (error) => expect.unreachable(String(error)),
    mostBytes: { vm: 10, run: 15 },
  });
  await files.create(note);
  let mayKeep = true;
  entry.begin(() => mayKeep);
  await entry.keep('a', 'stdout', Buffer.from('1234567'));
  await entry.keep('a', 'stderr', Buffer.from('abcdefg'));
  await entry.keep('b', 'stdout', Buffer.from('1234567'));
  mayKeep = false;
  await entry.keep('b', 'stderr', Buffer.from('x'));
  // Room there is again; but what is kept is the beginning.
  mayKeep = true;
  await entry.keep('a', 'stderr', Buffer.from('h'));
  for (const vmId of ['a', 'b']) await entry.ended(vmId, { state: 'exited', exitCode: 0 }, new Date(NOW));
  await entry.finish(new Date(NOW));
  expect(entry.vms().map(({ stdout, stderr, isCut }) => [stdout, stderr, isCut])).toEqual([
    [{ bytes: 7, keptBytes: 7 }, { bytes: 8, keptBytes: 3 }, true],
    [{ bytes: 7, keptBytes: 5 }, { bytes: 1, keptBytes: 0 }, true],
  ]);
  expect(await readFile(files.outputOf(id, 'b', 'stdout'), 'utf8')).toBe('12345');
  expect(entry.keptBytes).toBe(15);
  const last = told.at(-1);
  expect([last?.run.state, last?.run.counts.succeeded, last?.vms.length]).toEqual(['ended', 2, 2]);
  const [again] = await new RunFiles(path.join(folder, 'runs')).init();
  expect(again?.vms).toEqual(entry.vms());
});

it('is told in events of at most a hundred machines', async () => {
  const told: number[] = [];
  const vmIds = Array.from({ length: 250 }, (_, index) => `vm-${index}`);
  const note = noteOf(crypto.randomUUID(), { vmIds, isEnded: false });
  const entry = new RunEntry(note, { files, publish: (_run, vms) => told.push(vms.length), onProblem: () => {} });
  await files.create(note);
  for (const vmId of vmIds) await entry.ended(vmId, { state: 'cancelled' }, new Date(NOW));
  await entry.finish(new Date(NOW));
  expect(told).toEqual([100, 100, 50]);
});

it('is deleted after a week, and when there are more than fifty of an ENV', async () => {
  const old = noteOf(crypto.randomUUID(), { ageMs: 8 * DAY_MS, envName: 'other' });
  const fresh = noteOf(crypto.randomUUID(), { ageMs: 6 * DAY_MS, envName: 'other' });
  const many = Array.from({ length: 52 }, (_, index) => noteOf(crypto.randomUUID(), { ageMs: (60 - index) * 1000 }));
  for (const note of [...many, old, fresh]) await files.create(note);
  const published: unknown[] = [];
  const runs = runsOf(['demo', 'other'], published);
  await runs.init();
  expect(runs.list()).toHaveLength(54);
  await runs.sweep();
  const [first, second] = many;
  const gone = [first, second, old].map((note) => note?.run.id);
  expect(published).toEqual(expect.arrayContaining(gone.map((id) => ['run.deleted', expect.objectContaining({ id })])));
  expect(published).toHaveLength(3);
  const left = new Set(await readdir(path.join(folder, 'runs')));
  expect([left.size, gone.some((id) => left.has(id ?? '')), left.has(fresh.run.id)]).toEqual([51, false, true]);
});

it('is told to be gone with its ENV, and nothing of it is left', async () => {
  const note = noteOf(crypto.randomUUID());
  await files.create(note);
  const [published, envNames] = [[] as unknown[], ['demo']];
  const runs = runsOf(envNames, published);
  await runs.init();
  envNames.pop();
  runs.forgetGone();
  runs.forgetGone();
  expect(runs.list()).toEqual([]);
  await runs.close();
  expect(published).toEqual([['run.deleted', { id: note.run.id, envName: 'demo' }]]);
  expect(await readdir(path.join(folder, 'runs'))).toEqual([]);
});

it('is nothing of ENVs that are gone, and of folders without a note that can be read', async () => {
  const [kept, gone] = [noteOf(crypto.randomUUID()), noteOf(crypto.randomUUID(), { envName: 'gone' })];
  const cut = noteOf(crypto.randomUUID());
  for (const note of [kept, gone, cut]) await files.create(note);
  await rm(path.join(files.folderOf(cut.run.id), 'note.json'));
  const runs = runsOf(['demo']);
  await runs.init();
  expect(runs.list().map(({ id }) => id)).toEqual([kept.run.id]);
  expect(await readdir(path.join(folder, 'runs'))).toEqual([kept.run.id]);
});

it('is told of no more once it is forgotten, although a machine still says something', async () => {
  const told: unknown[] = [];
  const note = noteOf(crypto.randomUUID(), { isEnded: false });
  const entry = new RunEntry(note, { files, publish: (run) => told.push(run), onProblem: () => {} });
  await entry.forget();
  vi.useFakeTimers();
  try {
    await entry.keep('a', 'stdout', Buffer.from('late'));
    vi.runAllTimers();
  } finally {
    vi.useRealTimers();
  }
  expect(told).toEqual([]);
});

it('begins although what was under way cannot be written down, as on a full disk', async () => {
  const note = noteOf(crypto.randomUUID(), { isEnded: false });
  await files.create(note);
  await mkdir(path.join(files.folderOf(note.run.id), 'note.json.new'));
  const runs = runsOf(['demo']);
  await runs.init();
  expect(runs.list().map((entry) => entry.vms().map(({ state }) => state))).toEqual([['lost']]);
});

it('of which the disk of the host has no space is counted, and is no failure', async () => {
  const file = path.join(folder, 'full.stdout');
  const output = new KeptOutput(file);
  await output.append(Buffer.from('first'), (wanted) => wanted);
  const probe = await open(path.join(folder, 'probe'), 'w');
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const append = vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, 'appendFile').mockRejectedValueOnce(full);
  try {
    await output.append(Buffer.from('second'), (wanted) => wanted);
    await output.append(Buffer.from('third'), (wanted) => wanted);
  } finally {
    append.mockRestore();
    await probe.close();
  }
  await output.end();
  expect([output.counts, await readFile(file, 'utf8')]).toEqual([{ bytes: 16, keptBytes: 5 }, 'first']);
});

it('leaves no file open when the last of an output comes with its end', async () => {
  const output = new KeptOutput(path.join(folder, 'late.stdout'));
  const late = output.append(Buffer.from('late'), (wanted) => wanted);
  await output.end();
  await late;
  await output.append(Buffer.from('later'), (wanted) => wanted);
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(path.join('/proc/self/fd', fd)).catch(() => '')),
  );
  expect(open.filter((file) => file.endsWith('late.stdout'))).toEqual([]);
});

describe('of many that begin between two sweeps', () => {
  const budget = { open: async () => ({ write: { signal: new AbortController().signal }, close() {} }) as never };
  const wanted = { envName: 'demo', command: { argv: ['true'] }, vms: [{ id: 'a', name: 'demo/a', os: 'tiny-2' }] };
  const times = { timeoutMs: 1000, waitMs: 0 };

  it('is no more than fifty of an ENV', async () => {
    const many = Array.from({ length: 50 }, (_, index) => noteOf(crypto.randomUUID(), { ageMs: (60 - index) * 1000 }));
    for (const note of many) await files.create(note);
    const runs = runsOf(['demo'], [], budget);
    await runs.init();
    const { id, done } = await runs.start({ ...wanted, ...times }, 'kim');
    await done;
    await runs.close();
    const left = [...many.slice(1).map(({ run }) => run.id), id];
    expect(runs.list().map((entry) => entry.id)).toEqual(left);
    expect((await readdir(path.join(folder, 'runs'))).toSorted()).toEqual(left.toSorted());
  });

  it('is written down before the agent ends, also the one that was just beginning', async () => {
    const opened = Promise.withResolvers<void>();
    const slow = { open: () => opened.promise.then(budget.open) };
    const runs = runsOf(['demo'], [], slow);
    const starting = runs.start({ ...wanted, ...times }, 'kim');
    const closed = runs.close();
    opened.resolve();
    await closed;
    const [note] = await new RunFiles(path.join(folder, 'runs')).init();
    expect([note?.run.state, note?.vms[0]?.failure?.code]).toEqual(['ended', 'RUN_AGENT_ENDED']);
    await starting;
  });
});
