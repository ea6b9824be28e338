// Chooses the cgroup driver; the only module that knows all of them by name. Called once when the agent is assembled.
import { quoted, reason } from '@tt/protocol';
import { readFile } from 'node:fs/promises';
import { CgroupError, errnoOf } from './errors.ts';
import { FakeCgroups } from './fake-cgroups.ts';
import type { Cgroups } from './interface.ts';
import { ownV2Path, parseMounts } from './mounts.ts';
import { NoneCgroups } from './none-cgroups.ts';
import { V1Cgroups } from './v1/v1-cgroups.ts';
import { V2Cgroups } from './v2/v2-cgroups.ts';

/** `auto`: v2, otherwise v1, otherwise none, depending on what this host and this user support. */
export type CgroupsName = 'auto' | 'v2' | 'v1' | 'none' | 'fake';

export interface CgroupsOptions {
  /** 4 hex digits. */
  agentTag: string;
  /** Default `auto`. */
  name?: CgroupsName;
  /** See `memoryLimitBytes`; default 0. */
  fileBytes?: number;
}

/**
 * Returns cgroups whose `init` has been called. `auto` never rejects because cgroups are missing: `none` then has the `reason`.
 * A kind requested by name rejects with NO_CONTROLLERS or NO_PERMISSION.
 */
export async function loadCgroups({ agentTag, name = 'auto', fileBytes = 0 }: CgroupsOptions): Promise<Cgroups> {
  if (name === 'fake') return new FakeCgroups();
  if (name === 'none') return new NoneCgroups({ reason: reason('cgroupsOff') });
  const mounts = parseMounts(await readProc('/proc/self/mountinfo'));
  const ownPath = ownV2Path(await readProc('/proc/self/cgroup'));
  const candidates: Cgroups[] = [];
  if (mounts.v2 && name !== 'v1') candidates.push(new V2Cgroups({ agentTag, mount: mounts.v2, ownPath, fileBytes }));
  if (mounts.v1.size > 0 && name !== 'v2') candidates.push(new V1Cgroups({ agentTag, mounts: mounts.v1, fileBytes }));
  const failures: CgroupError[] = [];
  for (const candidate of candidates) {
    try {
      await candidate.init();
      return candidate;
    } catch (error) {
      if (!(error instanceof CgroupError) || name !== 'auto') throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (name !== 'auto') throw new CgroupError('NO_CONTROLLERS', `no cgroups of the kind ${name} are mounted`);
  const why = first
    ? quoted(`cgroups.${first.code}`, failures.map(({ message }) => message).join('; '))
    : reason('cgroupsNotMounted');
  return new NoneCgroups({ reason: why });
}

/** Empty if the file does not exist, i.e. not on Linux. */
async function readProc(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
