// The common part of creating and changing a lab: the fields, their checks, and storing the record.
import type { Lab } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import { labView } from '../../labs/lab-registry.ts';
import { profileToUse } from '../../labs/rights.ts';
import type { LabRecord } from '../../state/records.ts';
import { admitRecords, type RecordServices, textSize } from '../capacity/record-limits.ts';
import { type Caller, mustBeAdmin } from '../caller.ts';
import { checkLifetime } from '../envs/lifetime.ts';
import type { Services } from '../services.ts';

export interface LabChange {
  title?: string | undefined;
  notes?: string | undefined;
  profileNames?: string[] | undefined;
  seats?: number | undefined;
  sessionLifetimeS?: number | null | undefined;
  terminalsEnabled?: boolean | undefined;
  terminalsStartSessions?: boolean | undefined;
}

/** Throws LIMIT_REACHED if its owner exceeds a limit with what is new. `before`: null for a new one. */
export function putLab(services: RecordServices, lab: LabRecord, before: LabRecord | null): Lab {
  admitRecords(services, lab.owner, {
    labs: before ? 0 : 1,
    terminals: lab.terminals.length - (before?.terminals.length ?? 0),
    textBytes: textSize(lab.title, lab.notes) - textSize(before?.title, before?.notes),
  });
  services.labs.putLab(lab);
  return labView(lab);
}

/** Throws PROFILE_NOT_FOUND, PROFILE_NOT_YOURS, LIFETIME_TOO_LONG or NOT_ALLOWED. */
export function changedLab(
  services: Pick<Services, 'settings' | 'labs'>,
  caller: Caller,
  lab: LabRecord,
  change: LabChange,
): LabRecord {
  // It lets in whoever has no token: that is for who answers for the host to say.
  if (change.terminalsEnabled && !lab.terminalsEnabled) mustBeAdmin(caller, 'enableTerminals');
  for (const profileName of change.profileNames ?? []) {
    // Those it has stay, whether they are still shared or not.
    if (lab.profileNames.includes(profileName)) services.labs.profile(profileName);
    else profileToUse(services, caller, profileName);
  }
  // Nobody may give sessions more time than an ENV may have; the agent itself asks for no exception.
  checkLifetime(services, AGENT, { lifetimeS: change.sessionLifetimeS ?? undefined });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next = { ...lab, ...given };
  return { ...next, profileNames: [...new Set(next.profileNames)] };
}
