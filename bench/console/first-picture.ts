// From the call that reverts a guest to the first picture of its new process: for a viewer that stays connected to the agent, with
// a safety snapshot and without, and for one of a bare QEMU that is ended, started in the same saved state, and connected to anew.
import { readyImage, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, pair, short } from '../comparison.ts';
import { type BareGuest, startBareGuest } from '../create-boot/bare-guest.ts';
import { readImage } from '../create-boot/create-boot-section.ts';
import type { BenchContext } from '../section.ts';
import { stepsBetween } from '../instants/agent-steps.ts';
import { saveBare } from '../snapshot/bare-states.ts';
import { type AgentGuests, startAgentGuests } from '../snapshot/agent-states.ts';
import { median, min } from '../statistics.ts';
import { waitUntil } from '../wait-until.ts';
import { withLimit } from '../with-limit.ts';
import { type ByteLink, openUnixLink } from './byte-link.ts';
import { RfbClient } from './rfb-client.ts';
import { openAgentStream } from './ways.ts';

const LIMIT_MS = 120_000;
const MEMORY_MIB = 128;
const TAG = 'seen';
/** What people take for at once. */
const GOAL_MS = 500;

interface Times {
  answer: number[];
  picture: number[];
}

export async function measureFirstPicture(context: BenchContext, imageDirectory: string): Promise<Comparison[]> {
  const { resources, folder, say } = context;
  const flags = ['--log-level', 'debug'];
  const agent = await startAgentProcess(resources, { folder: `${folder}/f`, imageDirectory, engine: 'qemu', flags });
  const osPrefix = await readyImage(agent);
  const image = await readImage(imageDirectory, osPrefix);
  const acceleration = (await agent.connection.client.host.show()).engines[0]?.acceleration?.kind ?? 'tcg';
  const guests = await startAgentGuests(agent, { osPrefix, memoryMiB: MEMORY_MIB, copies: 1 });
  const bare = await startBareGuest(context, image, acceleration, { memoryMiB: MEMORY_MIB });
  await bare.waitForReady();
  await guests.save(TAG);
  await saveBare(bare, TAG, 'in the disk');
  const viewer = await RfbClient.over(await openAgentStream(agent.connection, guests.vmIds[0] ?? '', 'vnc'));
  await viewer.update(viewer.screen);
  const ours: Times = { answer: [], picture: [] };
  const dropped: Times = { answer: [], picture: [] };
  const peer: number[] = [];
  const rounds = context.quick ? 2 : 7;
  for (let round = 1; round <= rounds; round++) {
    await withLimit('first picture', LIMIT_MS, revertOurs(guests, viewer, false, ours));
    const begun = new Date();
    await withLimit('first picture of a drop', LIMIT_MS, revertOurs(guests, viewer, true, dropped));
    const steps = await stepsBetween(agent.logFile, begun, new Date());
    peer.push(await withLimit('first picture of bare QEMU', LIMIT_MS, startAnew(bare)));
    const [own = 0, drop = 0, other = 0] = [ours.picture.at(-1), dropped.picture.at(-1), peer.at(-1)];
    say(`first picture: ${short(own)} ms, with a safety snapshot ${short(drop)} ms, bare ${short(other)} ms`);
    if (round === rounds)
      say(`steps of a drop in ms: ${steps}, +${short(drop)} PICTURE, +${short(dropped.answer.at(-1) ?? 0)} ANSWER`);
  }
  viewer.close();
  await Promise.all([guests.destroy(), bare.destroy()]);
  const show = (values: number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  const row = (what: string, values: number[]): Comparison => ({
    what,
    ours: show(values),
    peer: show(peer),
    ratio: median(values) / median(peer),
    goal: atMost(1),
  });
  const half = (what: string, values: number[]): Comparison => ({
    what,
    ours: show(values),
    peer: `${GOAL_MS} ms`,
    ratio: median(values) / GOAL_MS,
    goal: atMost(1),
  });
  return [
    half('revert: call to first picture', ours.picture),
    half('drop: call to first picture, with its safety snapshot', dropped.picture),
    {
      ...row('drop: call to answer, against its first picture', dropped.answer),
      peer: show(dropped.picture),
      ratio: median(dropped.answer) / median(dropped.picture),
      goal: null,
    },
    row('revert: call to first picture, against connecting anew', ours.picture),
    { ...row('revert: call to answer', ours.answer), goal: null },
  ];
}

/** The viewer has asked for nothing: the agent asks for it. */
async function revertOurs(guests: AgentGuests, viewer: RfbClient, safety: boolean, into: Times): Promise<void> {
  const begun = performance.now();
  const picture = viewer.picture().then(() => into.picture.push(performance.now() - begun));
  into.answer.push(await guests.load(TAG, { safety }));
  await picture;
}

async function startAnew(guest: BareGuest): Promise<number> {
  const begun = performance.now();
  const { process } = guest;
  const starting = guest.startAgain(['-loadvm', TAG]);
  await process.ended;
  const client = await RfbClient.over(await waitUntil('its screen', () => tryLink(guest.files.vnc)));
  await client.update(client.screen);
  const ms = performance.now() - begun;
  client.close();
  await starting;
  return ms;
}

/** Null while nobody listens there yet. */
async function tryLink(socketPath: string): Promise<ByteLink | null> {
  try {
    return await openUnixLink(socketPath);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
    throw error;
  }
}
