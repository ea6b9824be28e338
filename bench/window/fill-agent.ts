// Fills an agent with fake drivers: many small ENVs and one large one.
import type { TtClient } from '@tt/protocol';

export const LARGE_ENV = 'large';

export interface Fill {
  /** Small ones. */
  envs: number;
  machinesEach: number;
  /** Machines of the ENV `large`. */
  machinesOfLarge: number;
}

/** The small ENVs, a few at a time. The machines run; the images are the stand-ins of `osPrefix`. */
export async function fillAgent(client: TtClient, osPrefix: string, { envs, machinesEach }: Fill): Promise<void> {
  let next = 1;
  const make = async () => {
    while (next <= envs) {
      const name = `env-${next++}`;
      await client.env.create({ name, groups: [{ osPrefix, copies: machinesEach, memoryMiB: 96 }] });
    }
  };
  await Promise.all([make(), make(), make(), make()]);
}

export async function makeLarge(client: TtClient, osPrefix: string, name: string, copies: number): Promise<void> {
  await client.env.create({ name, groups: [{ osPrefix, copies, memoryMiB: 96 }] });
}
