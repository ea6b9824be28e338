// The flags that say how a copy lives on as an ENV: of forks, clones and imported capsules.

import type { EndPolicy } from '@tt/protocol';
import type { Command } from 'commander';
import { endPolicyFrom, given, lifetimeFrom } from './option-values.ts';
import { pastLimit } from './past-limit.ts';

export interface NewEnvOptions {
  title?: string;
  notes?: string;
  lifeTime?: number;
  overrideLimit?: true;
  endPolicy?: EndPolicy;
}

export function withNewEnv(command: Command): Command {
  return command
    .option('--title <text>', 'a title for people; default: that of the original')
    .option('--notes <text>', 'what it is about; default: those of the original')
    .option('--life-time <time>', 'until it ends: seconds, or like 90m or 2h', lifetimeFrom)
    .option('--override-limit', 'go past the longest lifetime; administrators only')
    .addOption(pastLimit())
    .option('--end-policy <end>', 'when its time is over: delete (default), stop or snapshot-then-stop', endPolicyFrom);
}

export function newEnvFrom({ title, notes, lifeTime, overrideLimit, endPolicy }: NewEnvOptions) {
  return given({ title, notes, lifetimeS: lifeTime, overrideLimit, endPolicy });
}
