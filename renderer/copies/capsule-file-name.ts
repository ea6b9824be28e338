// What a capsule is called on the disk of whoever saves it: by its ENV and its snapshot; of a snapshot that TT took by what it is, as in
// the window, with the day, since a file outlives it. Pure.
import { automaticSnapshot } from '@tt/protocol';
import type { Translate } from '../i18n/index.ts';
import type { Times } from '../i18n/times.ts';

/** Windows takes these for devices, whatever comes after a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
/** What no file may be called on one of the systems that TT runs on. Colons stand in times of day. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}]/gu;

/** `snapshotName`: null for the ENV as it is now. */
export function capsuleFileName(
  envName: string,
  snapshotName: string | null,
  { t, times }: { t: Translate; times: Pick<Times, 'dateTime'> },
): string {
  const of = snapshotName === null ? '' : ` ${nameOf(snapshotName)}`;
  const name = `${envName}${of}`.replace(/[,，]\s*/g, ' ').replace(FORBIDDEN, '-');
  return `${name.replace(DEVICE, '$&_')}.tt-capsule`;

  function nameOf(name: string): string {
    const automatic = automaticSnapshot(name);
    if (automatic === null) return name;
    return t(`snapshots.automatic.${automatic.kind}`, { time: times.dateTime(automatic.takenAt) });
  }
}
