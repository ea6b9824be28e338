// English: the original of all words, put together from one file per section.
import { activity } from './activity.ts';
import { administration } from './administration.ts';
import { bin } from './bin.ts';
import { cloudInit } from './cloud-init.ts';
import { common } from './common.ts';
import { connections } from './connections.ts';
import { consoles } from './consoles.ts';
import { copies } from './copies.ts';
import { disks } from './disks.ts';
import { endings } from './endings.ts';
import { envFile } from './env-file.ts';
import { envs } from './envs.ts';
import { guestFiles } from './guest-files.ts';
import { help } from './help.ts';
import { hosts } from './hosts.ts';
import { images } from './images.ts';
import { labs } from './labs.ts';
import { machines } from './machines.ts';
import { newEnv } from './new-env.ts';
import { onboarding } from './onboarding.ts';
import { panes } from './panes.ts';
import { recordings } from './recordings.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { snapshots } from './snapshots.ts';
import { tasks } from './tasks.ts';
import { templates } from './templates.ts';
import { terminal } from './terminal.ts';
import { textConsoles } from './text-consoles.ts';
import { wall } from './wall.ts';

export const en = {
  activity,
  administration,
  bin,
  common,
  connections,
  consoles,
  disks,
  copies,
  endings,
  envFile,
  envs,
  onboarding,
  panes,
  recordings,
  guestFiles,
  help,
  hosts,
  images,
  labs,
  machines,
  newEnv,
  runs,
  settings,
  cloudInit,
  shell,
  snapshots,
  tasks,
  templates,
  terminal,
  textConsoles,
  wall,
} as const;
