// Plans for files as the server is now: its ENVs, images and clock.
import type { EnvFile, TtClient } from '@tt/protocol';
import { currentEnv, type EnvPlan, planFor } from './still-planned.ts';

export async function plansFor(
  client: Pick<TtClient, 'env' | 'image' | 'host'>,
  files: readonly EnvFile[],
): Promise<EnvPlan[]> {
  const [{ images }, { at }] = await Promise.all([client.image.list(), client.host.ping()]);
  const plans: EnvPlan[] = [];
  for (const file of files) {
    const current = await currentEnv(client, file.name);
    plans.push(planFor(file, { current, images, now: new Date(at) }));
  }
  return plans;
}
