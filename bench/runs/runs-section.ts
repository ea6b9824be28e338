// Section `runs`: commands, files and output of twenty real guests, beside parallel-ssh, OpenSSH and scp.
import { loadavg } from 'node:os';
import path from 'node:path';
import { RunError, runCommand } from '../../agent/host/run-command.ts';
import { buildIfStale } from '../../tools/start/build-if-stale.ts';
import { type AgentProcess, readyImage, startAgentProcess } from '../agent-process.ts';
import { atMost, short } from '../comparison.ts';
import type { BenchContext, Section, SectionResult } from '../section.ts';
import { Attempts } from './attempts.ts';
import { measureDeadGuest } from './dead-guest.ts';
import { measureCold, measureWarm, parallelMs, ttMs } from './exec.ts';
import { comeToRest, type Guests, MEMORY_MIB, startGuests } from './guests.ts';
import { InstalledTt } from './installed-tt.ts';
import { measureFirstByte, measureOutput } from './output.ts';
import { measurePush } from './push.ts';
import { deadRows, firstByteRow, outputRows, pushRows, rateRow, ratioRow, warmRows } from './rows.ts';
import { SshPeers } from './ssh-peers.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Nothing is begun after it: with what is under way then, the section takes ten minutes at most. */
const BEGIN_MS = 6 * 60_000;
const FULL = {
  guests: 20,
  coldRounds: 3,
  warmRounds: 7,
  deadRounds: 3,
  pushMiB: 100,
  pushTo: 10,
  outputMiB: 100,
  outputRounds: 2,
  agentOnlyMiB: 4,
};
const QUICK: typeof FULL = {
  guests: 4,
  coldRounds: 1,
  warmRounds: 2,
  deadRounds: 1,
  pushMiB: 8,
  pushTo: 2,
  outputMiB: 8,
  outputRounds: 1,
  agentOnlyMiB: 1,
};
/** Of each way of a push, and of each reading of an output. */
const PUSH_LIMIT_MS = 150_000;
const OUTPUT_LIMIT_MS = 60_000;
const FIRST_BYTE_ROUNDS = 3;

export const runsSection: Section = {
  name: 'runs',
  title: `commands, files and output of ${FULL.guests} guests, against parallel-ssh, OpenSSH and scp`,
  async run(context) {
    const { say, quick } = context;
    const sizes = quick ? QUICK : FULL;
    const attempts = new Attempts(context, BEGIN_MS);
    // With the program for the guests.
    await buildIfStale(root);
    const tt = await InstalledTt.makeIn(context.folder);
    const imageDirectory = await context.imageDirectory();
    const start = () =>
      startAgentProcess(context.resources, { folder: context.folder, imageDirectory, engine: 'qemu' });
    const agent = await start();
    const osPrefix = await readyImage(agent);
    say(`load before: ${short(loadavg()[0] ?? 0)}`);
    const guests = await startGuests(agent, { envName: 'bench', osPrefix, copies: sizes.guests });
    const plain = await startGuests(agent, { envName: 'plain', osPrefix, copies: 1, guestHelper: 'off' });
    const peers = await SshPeers.prepare(context, [guests, plain]);
    const isAtRest = await comeToRest([...guests.all, ...plain.all]);
    say(`${sizes.guests} guests are ready, load ${short(loadavg()[0] ?? 0)}`);
    const hasParallel = await isThere('parallel-ssh');
    await measureAll({ context, attempts, tt, peers, guests, plain, agent, start, sizes, hasParallel });
    const { comparisons } = attempts;
    return {
      comparisons,
      notes: [
        `${sizes.guests} guests of ${MEMORY_MIB} MiB, image ${osPrefix}, user root, OpenSSH here and dropbear in them; load at the end ${short(loadavg()[0] ?? 0)}`,
        'tt env run, tt env push: the npm package of tt, as it is installed, on this Node; its start is in each figure',
        'first = no agent has spoken to these guests yet, whose image brings the helper (decision 0109); cold = the first command of a new agent',
        'dead = its QEMU is stopped (SIGSTOP); when the others have ended is by the agent’s account',
        'push: to the disk of the guests (1 GiB, ext4 on qcow2), each side into guests of its own; one run of each',
        `the other guest has QEMU’s guest agent only (decision 0083), and prints ${sizes.agentOnlyMiB} MiB`,
        ...(isAtRest ? [] : ['the guests did not come to rest before the first row']),
        ...attempts.notes,
      ],
      peerCommands: [
        'parallel-ssh -h hosts -p 20 -i -x "-F config" uname -r',
        'kept: ssh -F config -M -N -S m-HOST HOST; xargs -P 20 -I {} ssh -F config -S m-{} {} uname -r <hosts',
        'xargs -P 20 -I {} scp -q -F config to-push {}:/root/pushed <hosts',
        'ssh -F config HOST cat /root/to-print >by-ssh',
      ],
    } satisfies SectionResult;
  },
};

interface All {
  context: BenchContext;
  attempts: Attempts;
  tt: InstalledTt;
  peers: SshPeers;
  guests: Guests;
  plain: Guests;
  agent: AgentProcess;
  start: () => Promise<AgentProcess>;
  sizes: typeof FULL;
  hasParallel: boolean;
}

async function measureAll(all: All): Promise<void> {
  const { context, attempts, tt, peers, guests, plain, sizes } = all;
  let { agent } = all;
  if (all.hasParallel) {
    await attempts.add('the first command', async () => {
      const [ours, peer] = [await ttMs(tt, agent, guests), await parallelMs(peers, guests)];
      return [ratioRow('first: tt env run (npm package), against parallel-ssh', [ours], [peer], atMost(1))];
    });
    await attempts.add('cold commands', async () => {
      const cold = await measureCold({ tt, agent, peers, guests, restart: all.start }, sizes.coldRounds);
      agent = cold.agent;
      return [ratioRow('cold: tt env run (npm package), against parallel-ssh', cold.tt, cold.parallel, atMost(1))];
    });
    await attempts.add('warm commands', async () =>
      warmRows(await measureWarm({ tt, agent, peers, guests }, sizes.warmRounds)),
    );
  } else attempts.notes.push('commands: NOT MEASURED, parallel-ssh is not installed (Debian’s package pssh)');
  await attempts.add('one dead guest', async () =>
    deadRows(await measureDeadGuest(context.resources, agent, guests, sizes.deadRounds)),
  );
  const [one] = guests.all;
  const [other] = plain.all;
  if (!one || !other) throw new Error('there are no guests');
  const sides = { context, agent, peers, guests, guest: one };
  const limits = { rounds: sizes.outputRounds, limitMs: OUTPUT_LIMIT_MS };
  await attempts.add('output', async () =>
    outputRows(`${sizes.outputMiB} MiB`, await measureOutput(sides, { sizeMiB: sizes.outputMiB, ...limits })),
  );
  await attempts.add('the first byte', async () => [
    firstByteRow('the helper', await measureFirstByte(sides, FIRST_BYTE_ROUNDS)),
  ]);
  const agentOnly = { ...sides, guests: plain, guest: other };
  await attempts.add('a guest that has the guest agent only', async () => [
    firstByteRow('the guest agent only', await measureFirstByte(agentOnly, FIRST_BYTE_ROUNDS)),
    rateRow(
      'the guest agent only',
      sizes.agentOnlyMiB,
      await measureOutput(agentOnly, { sizeMiB: sizes.agentOnlyMiB, ...limits, rounds: 1 }),
    ),
  ]);
  await attempts.add('push', async () =>
    pushRows(
      `${sizes.pushMiB} MiB to ${sizes.pushTo} guests`,
      await measurePush(
        { context, tt, agent, peers, guests },
        { sizeMiB: sizes.pushMiB, guestCount: sizes.pushTo, limitMs: PUSH_LIMIT_MS },
      ),
    ),
  );
}

async function isThere(program: string): Promise<boolean> {
  try {
    await runCommand(program, ['--version'], { timeoutMs: 10_000 });
    return true;
  } catch (error) {
    if (error instanceof RunError && error.notFound) return false;
    throw error;
  }
}
