// Many guests requested at once: the result, and how the agent and the manual peer start them.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../../agent/host/map-limit.ts';
import type { ReadyImage } from '../../agent/images/image-service.ts';
import type { AgentProcess } from '../agent-process.ts';
import { type BareGuest, startBareGuest } from '../create-boot/bare-guest.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';
import { hasPrompt, loginPrompts } from './login-prompts.ts';
import { type Progress, watchProgress } from './progress.ts';

export interface Load {
  /** Milliseconds from asking until each login prompt, in the order they came; those that never came are missing. */
  promptMs: number[];
  /** Until the last guest had been started (the agent: until the call had answered). */
  startedMs: number;
  /** Ending all of them. */
  deleteMs: number;
  /** What was seen of it meanwhile; null by hand. */
  progress: Progress | null;
}

export interface LoadOptions {
  count: number;
  /** How long the prompts are waited for. */
  limitMs: number;
}

/** One call for all of them. */
export async function loadByAgent(agent: AgentProcess, osPrefix: string, options: LoadOptions): Promise<Load> {
  const { client } = agent.connection;
  const runRoot = path.join(agent.home, 'run');
  const logs = async () => (await readdir(runRoot)).map((vmId) => path.join(runRoot, vmId, 'serial.log'));
  const begunMs = performance.now();
  const progressSoFar = await watchProgress(client, begunMs);
  const created = client.env
    .create({ name: 'load', groups: [{ osPrefix, copies: options.count }] })
    .then(() => performance.now() - begunMs);
  const prompts = loginPrompts(logs, { ...options, begunMs });
  // A refused call must not wait for prompts that never come.
  const startedMs = await created;
  const progress = progressSoFar();
  const promptMs = await prompts;
  const asked = performance.now();
  await client.env.delete({ name: 'load' });
  return { promptMs, startedMs, deleteMs: performance.now() - asked, progress };
}

/** `width` at a time, the next one when an earlier one is at its prompt; `width` = count: a loop that starts all at once. */
export async function loadByHand(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
  { count, limitMs, width }: LoadOptions & { width: number },
): Promise<Load> {
  const guests: BareGuest[] = [];
  const begunMs = performance.now();
  const started = mapLimit(Array.from({ length: count }), width, async () => {
    const guest = await startBareGuest(context, image, acceleration);
    guests.push(guest);
    const startedMs = performance.now() - begunMs;
    if (width < count) await untilPrompt(guest, limitMs);
    return startedMs;
  });
  const logs = async () => guests.map(({ files }) => files.serialLog);
  const [startTimes, promptMs] = await Promise.all([started, loginPrompts(logs, { count, begunMs, limitMs })]);
  const asked = performance.now();
  await Promise.all(guests.map((guest) => guest.destroy()));
  return { promptMs, startedMs: Math.max(...startTimes), deleteMs: performance.now() - asked, progress: null };
}

async function untilPrompt({ files }: BareGuest, timeoutMs: number): Promise<void> {
  await waitUntil(
    `login prompt in ${files.serialLog}`,
    async () => ((await hasPrompt(files.serialLog)) ? true : null),
    { timeoutMs, everyMs: 50 },
  );
}
