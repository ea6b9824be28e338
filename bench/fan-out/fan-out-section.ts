// Section `fan-out`: how long until all who follow have what changed, in an ENV of 500 VMs; against a server that makes
// each message once. The VMs are of the fake engine: what is measured is the agent's own work.
import { setTimeout as delay } from 'node:timers/promises';
import { wholeItems } from '../../client/index.ts';
import { findPrivateAgent } from '../../client/node/index.ts';
import type { StateSnapshot, TtEvent } from '../../protocol/index.ts';
import { type AgentProcess, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, type Goal, pair, short } from '../comparison.ts';
import { cpuSeconds } from '../proc.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { followFrame, type Listener, openListeners, rpcSocket, untilAllHeard } from './followers.ts';
import { startPlainPeer } from './plain-peer.ts';

const VMS = 500;
const FOLLOWERS = 50;
const ENV = 'wide';
/** Long enough for ten rounds of metrics. */
const FIGURES_MS = 10_000;

type What = 'whole' | 'one' | 'each';
type Measured = Record<What, number[]>;

export const fanOutSection: Section = {
  name: 'fan-out',
  title: `${FOLLOWERS} followers of ${VMS} VMs, against a server that makes each message once`,
  async run(context) {
    const { resources, folder, quick, say } = context;
    const imageDirectory = await makeStubImages(folder);
    // With the fake nat network VMs have a blacklist: the change that leaves the least behind.
    const flags = ['--network', 'nat'];
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake', flags });
    const { client } = agent.connection;
    await client.env.create({ name: ENV, groups: [{ osPrefix: STUB_OS, copies: VMS }] });
    const state = await wholeState(agent);
    const vmId = state.vms[0]?.id ?? '';
    const quietShare = await processorShare(agent.pid, quick);

    const found = await findPrivateAgent(agent.home);
    const follow = await followFrame(found);
    const ours = await openListeners(resources, FOLLOWERS, () => rpcSocket(found));
    const event = vmEvent(state);
    const each = state.vms.map((data) => ({ ...event, data }));
    const peers = await startPlainPeer(context, { whole: [state], one: [event], each }, FOLLOWERS);

    const agentMs: Measured = { whole: [], one: [], each: [] };
    const peerMs: Measured = { whole: [], one: [], each: [] };
    const bytes = { whole: 0, one: 0 };
    // Everybody follows from here on; a socket that follows again gets the whole again, beside its first feed.
    const firstTime = await untilAllHeard(ours, isWhole, () => sendAll(ours, follow), 1, isOfWhole);
    bytes.whole = firstTime.bytes;
    agentMs.whole.push(firstTime.ms);
    const rounds = quick ? 3 : 15;
    for (let round = 0; round < rounds; round++) {
      const blacklist = [`10.1.0.${round}`];
      const one = await untilAllHeard(ours, isVmChange, () => void client.vm.update({ vmId, blacklist }));
      bytes.one = one.bytes;
      agentMs.one.push(one.ms);
      peerMs.one.push(
        (
          await untilAllHeard(
            peers,
            () => true,
            () => peers[0]?.socket.send('one'),
          )
        ).ms,
      );
      peerMs.whole.push(
        (
          await untilAllHeard(
            peers,
            () => true,
            () => peers[0]?.socket.send('whole'),
          )
        ).ms,
      );
    }
    for (let round = 0; round < Math.ceil(rounds / 3); round++) {
      const vms = { blacklist: [`10.2.0.${round}`] };
      const change = () => void client.env.update({ name: ENV, vms });
      agentMs.each.push((await untilAllHeard(ours, isVmChange, change, VMS)).ms);
      const askPeer = () => peers[0]?.socket.send('each');
      peerMs.each.push((await untilAllHeard(peers, () => true, askPeer, VMS)).ms);
    }
    for (const { socket } of peers) socket.terminate();
    const followedShare = await processorShare(agent.pid, quick);
    for (let round = 1; round < Math.ceil(rounds / 3); round++) {
      for (const { socket } of ours) socket.terminate();
      const others = await openListeners(resources, FOLLOWERS, () => rpcSocket(found));
      agentMs.whole.push((await untilAllHeard(others, isWhole, () => sendAll(others, follow))).ms);
      for (const { socket } of others) socket.terminate();
    }
    say(`metrics of ${VMS} VMs: ${short(quietShare)} % of a processor alone, ${short(followedShare)} % with followers`);
    return {
      comparisons: [
        line('the whole, asked for by all at once', agentMs.whole, peerMs.whole, atMost(1.3)),
        line('one VM has changed (call to the last follower)', agentMs.one, peerMs.one, null),
        line('one VM has changed, against the whole made once', agentMs.one, peerMs.whole, null),
        line('one VM has changed, against our whole', agentMs.one, agentMs.whole, atMost(0.1)),
        line(`each of ${VMS} VMs has changed`, agentMs.each, peerMs.each, atMost(1.3)),
        byteLine(bytes),
        metricsLine(quietShare, followedShare),
      ],
      notes: [
        'ours includes the call itself and writing the change to the database, the peer only sends',
        'listeners on both sides count frames and read nothing in them, all in one process beside the server',
      ],
      peerCommands: [
        'node bench/fan-out/plain-fan-out.ts: JSON.stringify once, ws.send to each, no permessage-deflate',
      ],
    };
  },
};

/** The whole is there. */
const isWhole = (frame: Buffer) => frame.includes('"kind":"snapshotEnd"');
const isOfWhole = (frame: Buffer) =>
  isWhole(frame) || /"kind":"(?:snapshot|page)"/.test(frame.toString('latin1', 0, 200));
const isVmChange = (frame: Buffer) => frame.includes('"type":"vm.updated"');

function sendAll(listeners: readonly Listener[], frame: string | Uint8Array): void {
  for (const { socket } of listeners) socket.send(frame);
}

async function wholeState({ connection }: AgentProcess): Promise<StateSnapshot> {
  const following = new AbortController();
  const feed = wholeItems(await connection.client.event.follow({}, { signal: following.signal }));
  const { value } = await feed.next();
  following.abort();
  if (value?.kind !== 'snapshot') throw new Error(`the feed begins with ${value?.kind}`);
  return value.state;
}

function vmEvent({ host, vms }: StateSnapshot): TtEvent {
  const [data] = vms;
  if (!data) throw new Error('there is no VM');
  const source = { hostId: host.id, epoch: host.id };
  return { type: 'vm.updated', data, revision: 1, source, at: new Date().toISOString() };
}

/** Of one processor, in percent, over a span in which nothing happens but metrics. */
async function processorShare(pid: number, quick: boolean): Promise<number> {
  const spanMs = quick ? FIGURES_MS / 5 : FIGURES_MS;
  const before = await cpuSeconds(pid);
  const begun = performance.now();
  await delay(spanMs);
  return (100_000 * ((await cpuSeconds(pid)) - before)) / (performance.now() - begun);
}

function line(what: string, ours: readonly number[], peer: readonly number[], goal: Goal | null): Comparison {
  const both = (values: readonly number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  return { what, ours: both(ours), peer: both(peer), ratio: median(ours) / median(peer), goal };
}

function byteLine({ one, whole }: { one: number; whole: number }): Comparison {
  const ours = `${one} B`;
  return {
    what: 'bytes of one change, against our whole',
    ours,
    peer: `${whole} B`,
    ratio: one / whole,
    goal: atMost(0.01),
  };
}

function metricsLine(quiet: number, followed: number): Comparison {
  return {
    what: `metrics of ${VMS} VMs each second, ${FOLLOWERS} followers against none`,
    ours: `${short(followed)} % CPU`,
    peer: `${short(quiet)} % CPU`,
    ratio: followed / quiet,
    goal: null,
  };
}
