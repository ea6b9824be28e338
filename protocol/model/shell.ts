// A shell: a program with a terminal in a guest, on a stream of its own (`console.openShell`). What its frames carry; how they are cut
// is in client/shell-frames.ts.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';

/** Of a terminal, in each direction. Linux takes more; no screen has as many. */
export const MOST_TERMINAL_CHARACTERS = 2000;
const characters = z.number().int().min(1).max(MOST_TERMINAL_CHARACTERS);

export const terminalSizeSchema = z.strictObject({ columns: characters, rows: characters });
export type TerminalSize = z.infer<typeof terminalSizeSchema>;

export const DEFAULT_TERMINAL_TYPE = 'xterm-256color';

/** How it ended; exactly one of the three is set. */
export const shellEndSchema = z.strictObject({
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable().describe('The signal that ended it, like SIGHUP.'),
  failure: errorRecordSchema
    .nullable()
    .describe(
      'SHELL_REFUSED: it could not be started. SHELL_ENDED: its machine or the agent ended it. SHELL_LIMIT, SHELL_VM_LIMIT.',
    ),
});
export type ShellEnd = z.infer<typeof shellEndSchema>;

/** Shells that one person may have open, and those in one guest, where commands of runs need place too. */
export const MOST_SHELLS = { person: 32, vm: 16 } as const;
