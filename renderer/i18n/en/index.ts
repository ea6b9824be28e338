// English: the original of all words, put together from one file per section.
import { activity } from './activity.ts';
import { common } from './common.ts';
import { consoles } from './consoles.ts';
import { disks } from './disks.ts';
import { copies } from './copies.ts';
import { endings } from './endings.ts';
import { envs } from './envs.ts';
import { firstMinute } from './onboarding.ts';
import { hosts } from './hosts.ts';
import { images } from './images.ts';
import { labs } from './labs.ts';
import { machines } from './machines.ts';
import { newEnv } from './new-env.ts';
import { settings } from './settings.ts';
import { setup } from './setup.ts';
import { shell } from './shell.ts';
import { snapshots } from './snapshots.ts';
import { terminal } from './terminal.ts';

export const en = {
  activity,
  common,
  consoles,
  disks,
  copies,
  endings,
  envs,
  firstMinute,
  hosts,
  images,
  labs,
  machines,
  newEnv,
  settings,
  setup,
  shell,
  snapshots,
  terminal,
} as const;
