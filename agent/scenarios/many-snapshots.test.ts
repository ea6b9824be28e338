// Two hundred snapshots of a running guest, one after the other, each deleted when the next is there: the agent's memory and open
// files, the guest's process's, and the files of the state folder are after the last as they were after the first few.
// @module-tag long
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const SNAPSHOTS = 200;
/** Until everything that grows once has grown. */
const WARM_UP = 20;
/** A collection of garbage may be due on either side. */
const RSS_GROWTH = 1.25;

let agent: RealAgent;
beforeAll(async () => {
  agent = await startRealAgent({ flags: ['--storage', 'qcow2'] });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
});
afterAll(() => agent?.remove());

it(`${SNAPSHOTS} snapshots leave memory and files as they were`, async () => {
  const seen: Counts[] = [];
  for (let number = 1; number <= SNAPSHOTS; number++) {
    await agent.client.snapshot.create({ envName: 'demo', name: `s${number}` });
    if (number > 1) await agent.client.snapshot.delete({ envName: 'demo', name: `s${number - 1}` });
    seen.push(await countsOf(agent));
  }
  const first = leastOf(seen.slice(WARM_UP, 2 * WARM_UP));
  const last = leastOf(seen.slice(-WARM_UP));
  process.stdout.write(`${JSON.stringify({ first, last })}\n`);
  expect({ ...last, rssMiB: 0, guestRssMiB: 0 }).toEqual({ ...first, rssMiB: 0, guestRssMiB: 0 });
  expect(last.rssMiB).toBeLessThan(first.rssMiB * RSS_GROWTH);
  expect(last.guestRssMiB).toBeLessThan(first.guestRssMiB * RSS_GROWTH);
});

interface Counts {
  rssMiB: number;
  openFiles: number;
  guestRssMiB: number;
  guestOpenFiles: number;
  /** Below the state folder. */
  files: number;
}

async function countsOf({ home, pid, guestPids }: RealAgent): Promise<Counts> {
  const [guest = 0] = await guestPids();
  return {
    rssMiB: await rssMiB(pid),
    openFiles: await openFiles(pid),
    guestRssMiB: await rssMiB(guest),
    guestOpenFiles: await openFiles(guest),
    files: (await readdir(home, { recursive: true })).length,
  };
}

/** Of each count for itself: what is open for a moment is not what stays. */
function leastOf(counts: readonly Counts[]): Counts {
  const least = (key: keyof Counts) => Math.min(...counts.map((one) => one[key]));
  return {
    rssMiB: least('rssMiB'),
    openFiles: least('openFiles'),
    guestRssMiB: least('guestRssMiB'),
    guestOpenFiles: least('guestOpenFiles'),
    files: least('files'),
  };
}

async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

async function rssMiB(pid: number): Promise<number> {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`nothing is known of the memory of process ${pid}`);
  return Math.round(Number(kib) / 1024);
}
