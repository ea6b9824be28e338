// Whether the server answers, who asks there, and which version it is: for `tt status` and `tt doctor`.
import type { NodeConnection } from '@tt/client/node';
import { type Host, type Me, TtError } from '@tt/protocol';
import { readServer, type Server, withServer } from './server-choice.ts';

export interface Reached {
  server: Server;
  me: Me;
  host: Host;
  /** Of one question and its answer. */
  latencyMs: number;
  /** How far the clock of the server is ahead of this one, give or take the latency. */
  clockAheadMs: number;
}

/** Rejects with what makes it impossible: AGENT_NOT_RUNNING, AGENT_UNREACHABLE, UNAUTHORIZED … */
export function reach(): Promise<Reached> {
  return withServer(async ({ client }: NodeConnection, server) => {
    // The first answer also takes what it takes to connect.
    const [me, host] = await Promise.all([client.host.me(), client.host.show()]);
    const [sentAt, begun] = [Date.now(), performance.now()];
    const { at } = await client.host.ping();
    const latencyMs = performance.now() - begun;
    return { server, me, host, latencyMs, clockAheadMs: Date.parse(at) - (sentAt + latencyMs / 2) };
  });
}

/** The systems that ENVs can be made of, as `--os-prefix` takes them: `debian-12`, `tiny-2`. */
export async function readSystems(): Promise<string[]> {
  const { images } = (await readServer('image.list')).answer;
  const systems = images.filter(({ kind }) => kind === 'disk').map(({ name }) => name.split(':')[1] ?? name);
  return [...new Set(systems)].sort();
}

/** The failure if it is one of the table; anything else is a fault of `tt` and is thrown. */
export function asKnownFailure(error: unknown): TtError {
  if (error instanceof TtError) return error;
  throw error;
}
