// What becomes of the ENV of a matrix: it is deleted, or kept for some time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeConnection } from '@tt/client/node';
import { type ErrorData, type MatrixReport, toErrorRecord, TtError } from '@tt/protocol';

export interface Kept {
  keepS: number;
  /** Its state is in a snapshot: it needs no processor and memory meanwhile. */
  stops: boolean;
}

type EnvEnd = NonNullable<MatrixReport['env']>;

/** What is tried again, and for how long: what was cancelled may hold the ENV until it is undone, and links come back. */
const MOST_WAIT_MS: Readonly<Record<string, number>> = {
  ENV_BUSY: 60_000,
  AGENT_GONE: 20_000,
  AGENT_UNREACHABLE: 20_000,
};
const LOOK_AGAIN_MS = 500;

/** `kept`: null deletes it. Rejects for faults of the program only. */
export async function endEnv(connection: NodeConnection, envName: string, kept: Kept | null): Promise<EnvEnd> {
  try {
    if (kept) return { state: 'kept', endAt: await keep(connection, envName, kept), failure: null };
    await patiently(() => connection.client.env.delete({ name: envName, forGood: true }));
    return { state: 'deleted', endAt: null, failure: null };
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    // Its lifetime, or somebody else, was faster.
    if (error.code === 'ENV_NOT_FOUND') return { state: 'deleted', endAt: null, failure: null };
    return { state: 'left', endAt: await endOf(connection, envName), failure: toErrorRecord(error) };
  }
}

/** Resolves with its end. Where it may not exist that long, it exists as long as it may. */
async function keep({ client }: Pick<NodeConnection, 'client'>, name: string, { keepS, stops }: Kept): Promise<string> {
  const [{ env }, { at }] = await Promise.all([client.env.show({ name, limit: 1 }), client.host.ping()]);
  const wantedS = Math.ceil((Date.parse(at) - Date.parse(env.startAt)) / 1000) + keepS;
  const change = (lifetimeS: number) => patiently(() => client.env.update({ name, lifetimeS, endPolicy: 'delete' }));
  const changed = await change(wantedS).catch((error: unknown) => {
    if (!(error instanceof TtError) || error.code !== 'LIFETIME_TOO_LONG') throw error;
    return change((error.data as ErrorData<'LIFETIME_TOO_LONG'>).maxS);
  });
  if (stops) await patiently(() => client.env.stop({ name, graceS: 0 }));
  return changed.endAt;
}

/** null when nobody tells. */
async function endOf({ client }: Pick<NodeConnection, 'client'>, name: string): Promise<string | null> {
  try {
    return (await client.env.show({ name, limit: 1 })).env.endAt;
  } catch (error) {
    if (error instanceof TtError) return null;
    throw error;
  }
}

async function patiently<Result>(call: () => Promise<Result>): Promise<Result> {
  const from = performance.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const mostMs = error instanceof TtError ? (MOST_WAIT_MS[error.code] ?? 0) : 0;
      if (performance.now() - from >= mostMs) throw error;
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
