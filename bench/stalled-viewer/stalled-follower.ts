// Clients that follow the events and never read them, while another client keeps making changes.
import { WebSocket } from 'ws';
import { mapLimit } from '../../agent/host/map-limit.ts';
import { openSocketLink } from '../../client/index.ts';
import { findPrivateAgent, socketUrl } from '../../client/node/index.ts';
import { RPC_PATH, type TtClient } from '../../protocol/index.ts';
import { startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, short } from '../comparison.ts';
import { residentBytes } from '../proc.ts';
import type { BenchContext } from '../section.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';

const MIB = 1024 ** 2;
const FOLLOWERS = 20;
/** More than the agent holds for those who come back, and than TCP takes on its own. */
const CHANGES = 10_000;
const CALLS_AT_ONCE = 16;
const LIMIT_MIB = 4;

export async function measureStalledFollower(context: BenchContext): Promise<Comparison[]> {
  const { resources, say } = context;
  const folder = `${context.folder}/f`;
  const imageDirectory = await makeStubImages(folder);
  const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
  const { client } = agent.connection;
  await client.env.create({ name: 'busy', groups: [{ osPrefix: STUB_OS }] });
  const changes = context.quick ? CHANGES / 10 : CHANGES;
  // Fills what the agent keeps anyway.
  await change(client, changes);
  const start = await residentBytes(agent.pid);
  await change(client, changes);
  const control = await residentBytes(agent.pid);
  const { url, token } = await findPrivateAgent(agent.home);
  for (let index = 0; index < FOLLOWERS; index++) resources.defer(await followAndStall(url, token));
  await change(client, changes);
  const stalled = await residentBytes(agent.pid);
  const [alone, withFollowers] = [(control - start) / MIB, (stalled - control) / MIB];
  const grown = (withFollowers - alone) / FOLLOWERS;
  say(
    `${changes} changes: ${short(alone)} MiB more without, ${short(withFollowers)} MiB more with ${FOLLOWERS} followers`,
  );
  return [
    {
      what: 'stalled event follower: resident memory, each',
      ours: `${short(grown)} MiB`,
      peer: `${short(stalled / MIB)} MiB after, in all`,
      ratio: grown,
      goal: atMost(LIMIT_MIB),
      unit: 'MiB',
    },
  ];
}

/** Each change is an event of about 2.5 KB. */
async function change(client: TtClient, count: number): Promise<void> {
  // Notes of this length would be left out of the event.
  const tags = Array.from({ length: 31 }, (_, index) => `${index}`.padEnd(64, 't'));
  const all = Array.from({ length: count }, (_, index) => index);
  await mapLimit(all, CALLS_AT_ONCE, (index) =>
    client.env.update({ name: 'busy', tags: [`change ${index}`, ...tags] }),
  );
}

/** Takes the first item of the feed, then reads nothing more. Gives how to end it. */
async function followAndStall(url: string, token: string): Promise<() => void> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(socketUrl(url, RPC_PATH), { headers, perMessageDeflate: false });
  const link = openSocketLink({ url, open: () => socket as unknown as globalThis.WebSocket });
  const feed = await link.client.event.follow({});
  await feed.next();
  socket.pause();
  return () => socket.terminate();
}
