// The flags for the new ENV of a fork, a clone or an imported capsule.

import type { EndPolicy } from '@tt/protocol';
import type { Command } from 'commander';
import { endPolicyFrom } from './end-policy.ts';
import { lifetimeFrom } from './contract-values.ts';
import { given } from './option-values.ts';
import { pastLimit } from './past-limit.ts';

export interface NewEnvOptions {
  title?: string;
  notes?: string;
  lifeTime?: number;
  overrideLimit?: true;
  endPolicy?: EndPolicy;
  team?: string;
}

export function withNewEnv(command: Command): Command {
  return command
    .option('--title <text>', 'title, free text; default: the title of the original')
    .option('--notes <text>', 'notes, free text; default: the notes of the original')
    .option('--life-time <time>', 'lifetime: seconds, or like 90m or 2h', lifetimeFrom)
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(pastLimit())
    .option(
      '--end-policy <end>',
      'at the end of the lifetime: delete (default), stop, snapshot-then-stop or snapshot-then-delete',
      endPolicyFrom,
    )
    .option('--team <name>', 'share it with this team');
}

export function newEnvFrom({ title, notes, lifeTime, overrideLimit, endPolicy, team }: NewEnvOptions) {
  return given({ title, notes, lifetimeS: lifeTime, overrideLimit, endPolicy, team });
}
