// The guest helper: the program that runs commands and passes files inside guests. It is compiled when the agent is built.
import { helperFile } from '../../guest-channel/helper-program.ts';
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';

export const guestHelperCheck: Check = {
  name: 'guest helper',
  isOptional: true,
  async look(machine) {
    if (machine.exists(helperFile())) return found('the guest helper can be put into guests');
    return optional(
      'the guest helper was not compiled, so files reach only guests that have it already',
      installFix(machine, 'a C compiler', 'gcc', 'libc6-dev'),
      'npm run build',
    );
  },
};
