// Who looks at the consoles of a VM, by name, and who has taken its keyboard. Part of what the owner of a VM sees of it.
import { z } from 'zod';
import { timestamp } from './common.ts';

/** More are counted by `Vm.viewers`, and not named. */
export const MOST_WATCHERS = 32;

export const watcherSchema = z.object({
  userName: z.string().nullable().describe('null: the terminal of a lab, which nobody logs in to.'),
  terminalName: z.string().nullable().describe('Of a lab; null for a user.'),
  consoles: z.int().positive().describe('Consoles and shells of this VM that they have open.'),
  since: timestamp.describe('When they opened the first of those.'),
  typing: z.boolean().describe('They have pressed a key or a button within the last seconds.'),
});
export type Watcher = z.infer<typeof watcherSchema>;

export const presenceSchema = z.object({
  watchers: z.array(watcherSchema).max(MOST_WATCHERS).describe('Whoever came first is first.'),
  keyboard: z
    .object({ userName: z.string(), since: timestamp })
    .nullable()
    .describe('Who alone can type and click on its screen and serial port; null: everybody who may open them.'),
});
export type Presence = z.infer<typeof presenceSchema>;
