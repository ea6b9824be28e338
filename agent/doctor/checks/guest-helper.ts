// The guest helper: the program that runs commands and passes files inside guests. It is compiled when the agent is built.
import { reason } from '@tt/protocol';
import { helperFile } from '../../guest-channel/helper-program.ts';
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';

export const guestHelperCheck: Check = {
  name: 'guest helper',
  isOptional: true,
  async look(machine) {
    if (machine.exists(helperFile())) return found(reason('finding.helper'));
    return optional(reason('finding.helperMissing'), installFix(machine, 'gcc', 'gcc', 'libc6-dev'), 'npm run build');
  },
};
