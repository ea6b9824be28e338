// What becomes of the ENV of a matrix: it is deleted, or kept for some time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeConnection } from '@tt/client/node';
import { type MatrixReport, toErrorRecord, TtError } from '@tt/protocol';

export interface Kept {
  keepS: number;
  /** Its state is in a snapshot: it needs no processor and memory meanwhile. */
  stops: boolean;
}

type EnvEnd = NonNullable<MatrixReport['env']>;

/** What was cancelled may hold the ENV until it is undone. */
const MOST_BUSY_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/** `kept`: null deletes it. Rejects for faults of the program only. */
export async function endEnv(connection: NodeConnection, envName: string, kept: Kept | null): Promise<EnvEnd> {
  try {
    if (kept) return { state: 'kept', endAt: await keep(connection, envName, kept), failure: null };
    await unlessBusy(() => connection.client.env.delete({ name: envName }));
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
  const change = (lifetimeS: number) => unlessBusy(() => client.env.update({ name, lifetimeS, endPolicy: 'delete' }));
  const changed = await change(wantedS).catch((error: unknown) => {
    if (!(error instanceof TtError) || error.code !== 'LIFETIME_TOO_LONG') throw error;
    return change(Number(error.data['maxS' as keyof typeof error.data]));
  });
  if (stops) await unlessBusy(() => client.env.stop({ name, graceS: 0 }));
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

async function unlessBusy<Result>(call: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + MOST_BUSY_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isBusy = error instanceof TtError && error.code === 'ENV_BUSY';
      if (!isBusy || performance.now() >= deadline) throw error;
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
