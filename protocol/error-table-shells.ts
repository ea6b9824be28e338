// The part of the error table about shells in guests. See error-table.ts.
import { count, entry, reasonSchema, text } from './error-entry.ts';

export const shellErrors = {
  // Shells
  SHELL_GUEST_UNREACHABLE: entry(
    504,
    'No shell can be opened in {vmName}: {reason}.',
    'Wait until it has booted, install the guest agent in it, or use its serial console.',
    { vmName: text, reason: reasonSchema },
  ),
  SHELL_LIMIT: entry(409, 'You have {most} shells open; that is the limit.', 'Close one of them.', { most: count }),
  SHELL_VM_LIMIT: entry(409, '{most} shells are open in {vmName}; that is the limit.', 'Close one of them.', {
    vmName: text,
    most: count,
  }),
  SHELL_REFUSED: entry(
    422,
    'The guest of {vmName} could not start the shell: {reason}.',
    'Check the user, the program and the folder in that guest.',
    { vmName: text, reason: reasonSchema },
  ),
  SHELL_ENDED: entry(409, 'The shell in {vmName} was ended: {reason}.', 'Open another one when the VM runs.', {
    vmName: text,
    reason: reasonSchema,
  }),
  SHELL_NO_TERMINAL: entry(
    422,
    'A shell needs a terminal, and standard input or output is none.',
    'Run it in a terminal; for a command without one, use "tt env run".',
    {},
  ),
  SHELL_ONE_VM: entry(
    422,
    'An interactive command needs exactly one VM; {count} are meant.',
    'Choose one with "--vm" or "--os-prefix".',
    { count },
  ),
} as const;
