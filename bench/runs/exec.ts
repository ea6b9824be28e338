// One short command on all guests: by `tt env run` and through the API, beside parallel-ssh and OpenSSH with kept connections. All take
// turns, so that they see the same machine.
import type { AgentProcess } from '../agent-process.ts';
import { waitUntil } from '../wait-until.ts';
import type { Guests } from './guests.ts';
import { comeToRest } from './guests.ts';
import type { InstalledTt } from './installed-tt.ts';
import type { SshPeers } from './ssh-peers.ts';
import { TtRuns } from './tt-runs.ts';

const COMMAND = ['uname', '-r'];
const ROUNDS_MS = 45_000;
const SSH_ROUNDS = 2;
const PRINTED = /^\d+\.\d+\.\d+\S*$/;

/** Milliseconds each. */
export interface ExecTimes {
  parallel: number[];
  kept: number[];
  tt: number[];
  api: number[];
  apiOverSsh: number[];
}

export interface ExecSides {
  tt: InstalledTt;
  agent: AgentProcess;
  peers: SshPeers;
  guests: Guests;
}

/** By `tt`, its start included. */
export async function ttMs(tt: InstalledTt, agent: AgentProcess, { envName }: Guests): Promise<number> {
  const begun = performance.now();
  await tt.run(agent, ['env', 'run', envName, '--', ...COMMAND]);
  return performance.now() - begun;
}

export async function parallelMs(peers: SshPeers, { all }: Guests): Promise<number> {
  const begun = performance.now();
  const lines = await peers.parallel(all, COMMAND);
  const ms = performance.now() - begun;
  mustBeAll('parallel-ssh', lines, all.length);
  return ms;
}

/** Everything is open already, on both sides. */
export async function measureWarm({ tt, agent, peers, guests }: ExecSides, rounds: number): Promise<ExecTimes> {
  const times: ExecTimes = { parallel: [], kept: [], tt: [], api: [], apiOverSsh: [] };
  const runs = await TtRuns.follow(agent);
  await using connections = await peers.keepConnections(guests.all);
  void connections;
  const kept = async () => {
    const begun = performance.now();
    const lines = await peers.overKept(guests.all, COMMAND);
    const ms = performance.now() - begun;
    mustBeAll('ssh', lines, guests.all.length);
    return ms;
  };
  const api = async (via: 'guestChannel' | 'ssh') => {
    const { ms, detail } = await runs.run({ envName: guests.envName, command: { argv: COMMAND }, via });
    if (detail.vms.some(({ stdout }) => stdout.bytes === 0)) throw new Error('a guest printed nothing');
    return ms;
  };
  // The first of each opens what is kept, and fills the cache of compiled code.
  await ttMs(tt, agent, guests);
  await api('ssh');
  await kept();
  const begun = performance.now();
  for (let round = 0; isTimeFor(round, rounds, begun); round++) {
    times.parallel.push(await parallelMs(peers, guests));
    times.tt.push(await ttMs(tt, agent, guests));
    times.kept.push(await kept());
    times.api.push(await api('guestChannel'));
    // It takes longer than all others together, and has no goal.
    if (round < SSH_ROUNDS) times.apiOverSsh.push(await api('ssh'));
  }
  await runs.leave();
  return times;
}

/** A new agent, which has no channel to any guest, for each; resolves with the last of them. */
export async function measureCold(
  { tt, agent, peers, guests, restart }: ExecSides & { restart: () => Promise<AgentProcess> },
  rounds: number,
): Promise<{ agent: AgentProcess; tt: number[]; parallel: number[] }> {
  const found = { agent, tt: [] as number[], parallel: [] as number[] };
  const begun = performance.now();
  for (let round = 0; isTimeFor(round, rounds, begun); round++) {
    await found.agent.leave();
    found.agent = await restart();
    await takenOver(found.agent, guests);
    await comeToRest(guests.all);
    // Who goes first changes.
    const ours = async () => void found.tt.push(await ttMs(tt, found.agent, guests));
    const peer = async () => void found.parallel.push(await parallelMs(peers, guests));
    for (const measure of round % 2 === 0 ? [ours, peer] : [peer, ours]) await measure();
  }
  return found;
}

/** A busy machine gets fewer rounds, two at least. */
function isTimeFor(round: number, rounds: number, begun: number): boolean {
  return round < Math.min(2, rounds) || (round < rounds && performance.now() - begun < ROUNDS_MS);
}

async function takenOver({ connection: { client } }: AgentProcess, { envName, all }: Guests): Promise<void> {
  await waitUntil(`the machines of ${envName}`, async () => {
    const { vms } = await client.env.show({ name: envName });
    return (vms.length === all.length && vms.every(({ state }) => state === 'running')) || null;
  });
}

function mustBeAll(who: string, lines: readonly string[], count: number): void {
  const printed = lines.filter((line) => PRINTED.test(line)).length;
  if (printed !== count) throw new Error(`${who}: ${printed} of ${count} guests have answered`);
}
