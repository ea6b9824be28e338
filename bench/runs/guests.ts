// The guests that commands run in: tiny ones that can be reached both ways, by TT and by ssh, and that have come to rest.
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SshKey } from '../../protocol/index.ts';
import type { AgentProcess } from '../agent-process.ts';
import { cpuSeconds, pidOfGuest } from '../proc.ts';
import { waitUntil } from '../wait-until.ts';

/** The least with which the tiny image boots. */
export const MEMORY_MIB = 96;
/** For guests that start two at a time on a busy host. */
const READY_MS = 240_000;
const LOOK_MS = 500;
const GREETING_MS = 5_000;
/** Of one processor, for each guest: an idle one takes one or two hundredths. */
const IDLE_PART = 0.05;
const REST_MS = 30_000;

export interface Guest {
  id: string;
  /** As in `bench/tiny-2-1`. */
  name: string;
  /** Of its QEMU. */
  pid: number;
  login: SshKey['logins'][number];
}

export interface Guests {
  envName: string;
  all: Guest[];
  /** That their root accepts. */
  privateKey: string;
}

export interface GuestsWanted {
  envName: string;
  osPrefix: string;
  copies: number;
  /** off: they have QEMU's guest agent only. */
  guestHelper?: 'on' | 'off';
}

/** Resolves when each of them answers its guest agent and greets by ssh. */
export async function startGuests(
  { connection: { client } }: AgentProcess,
  { envName, osPrefix, copies, guestHelper = 'on' }: GuestsWanted,
): Promise<Guests> {
  const group = { osPrefix, copies, memoryMiB: MEMORY_MIB, guestHelper, cloudInit: { user: 'root' } };
  await client.env.create({ name: envName, groups: [group] });
  const { privateKey, logins } = await waitUntil(
    `the guest agents of ${envName}`,
    async () => {
      const key = await client.env.sshKey({ name: envName });
      return key.logins.every(({ hostKeySource }) => hostKeySource === 'guest') ? key : null;
    },
    { timeoutMs: READY_MS, everyMs: LOOK_MS },
  );
  if (logins.length !== copies) throw new Error(`${logins.length} of ${copies} guests have a login`);
  const all = await Promise.all(
    logins.map(async (login) => {
      await waitUntil(`the ssh server of ${login.vmName}`, () => greets(login), {
        timeoutMs: READY_MS,
        everyMs: LOOK_MS,
      });
      return { id: login.vmId, name: login.vmName, pid: await pidOfGuest(login.vmName), login };
    }),
  );
  return { envName, all, privateKey };
}

/** What forwards the port accepts connections before the guest listens. */
function greets({ host, port }: Guest['login']): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = createConnection(port, host).setTimeout(GREETING_MS);
    const end = (answer: true | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (bytes) => end(bytes.toString('latin1').startsWith('SSH-') ? true : null));
    for (const event of ['error', 'end', 'timeout'] as const) socket.once(event, () => end(null));
  });
}

/** Waits until they use next to nothing of the processors. False if they do not come to rest: what is measured then has their load in it. */
export async function comeToRest(guests: readonly Guest[]): Promise<boolean> {
  const used = async () => {
    const each = await Promise.all(guests.map(({ pid }) => cpuSeconds(pid)));
    return each.reduce((sum, seconds) => sum + seconds, 0);
  };
  const deadline = performance.now() + REST_MS;
  while (performance.now() < deadline) {
    const before = await used();
    await delay(1000);
    if ((await used()) - before <= IDLE_PART * guests.length) return true;
  }
  return false;
}
