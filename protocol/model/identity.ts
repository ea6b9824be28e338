// Which parts of a copied VM's identity are its own and which it still shares with its original, as the guest reports it.
import { z } from 'zod';
import { openTerm } from '../terms/index.ts';
import { foreignText } from '../terms/text-kinds.ts';

export const identityStateSchema = z
  .enum(['new', 'same', 'afterRestart', 'waiting', 'mixed', 'absent', 'failed'])
  .describe(
    'new: its own, read back from the guest or provided by the machine. same: that of the original, on purpose. ' +
      'afterRestart: its own once the guest restarts. waiting: until its agent answers. mixed: new random bytes were given to ' +
      'the kernel, which uses them within a minute. absent: such guests have none. failed: the guest refused it.',
  );
export type IdentityState = z.infer<typeof identityStateSchema>;

export const identityPartNames = [
  'mac',
  'address',
  'uuid',
  'hostname',
  'machineId',
  'random',
  'clock',
  'sshHostKeys',
] as const;
export type IdentityPart = (typeof identityPartNames)[number];

const state = identityStateSchema;
export const identitySchema = z.object({
  copiedFrom: z.object({ vmName: z.string(), snapshotName: z.string().nullable() }),
  fenced: z.boolean().describe('It has the addresses of the original, in an isolated network of its own.'),
  parts: z.object({
    mac: state,
    address: state,
    uuid: state,
    hostname: state,
    machineId: state,
    random: state,
    clock: state,
    sshHostKeys: state,
  }),
  restarted: z
    .boolean()
    .describe('Its identity could not be changed while it ran, so it was restarted instead of resumed.'),
  problem: openTerm('identityProblem')
    .nullable()
    .default(null)
    .describe('Why nothing could be done; null: see `parts`.'),
  detail: foreignText.describe('What the guest reported if something failed; otherwise empty.'),
});
export type Identity = z.infer<typeof identitySchema>;
