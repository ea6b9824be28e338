// Fills an agent with fake drivers: many small ENVs and one large one.
import type { TtClient } from '@tt/protocol';

export const LARGE_ENV = 'large';

export interface Fill {
  envs: number;
  machinesEach: number;
  /** Machines of the ENV `large`. */
  machinesOfLarge: number;
}

/** The machines run; the images are the stand-ins of `osPrefix`. */
export async function fillAgent(client: TtClient, osPrefix: string, fill: Fill): Promise<void> {
  const { envs, machinesEach, machinesOfLarge } = fill;
  await client.env.create({ name: LARGE_ENV, groups: [{ osPrefix, copies: machinesOfLarge, memoryMiB: 96 }] });
  for (let number = 1; number < envs; number++) {
    await client.env.create({ name: `env-${number}`, groups: [{ osPrefix, copies: machinesEach, memoryMiB: 96 }] });
  }
}
