// One machine in two snapshots: both screens, and what changed.
import type { Snapshot, SnapshotComparison } from '@tt/protocol';
import { termText } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { termsOf } from '../i18n/error-words.ts';
import { type Format, useFormat } from '../i18n/format.ts';
import { type Translate, useLanguage, useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import { SnapshotPicture } from './SnapshotPicture.tsx';

type Compared = SnapshotComparison['vms'][number];

export interface ComparedMachineProps {
  vm: Compared;
  before: Snapshot;
  after: Snapshot;
  place: RowPlace;
}

export const ComparedMachine = observer(function ComparedMachine({ vm, before, after, place }: ComparedMachineProps) {
  const t = useWords();
  const format = useFormat();
  const words = termsOf(useLanguage());
  const property = (name: string) => termText('change', name, {}, words);
  return (
    <li className="compared" {...place}>
      <strong className="compared-name mono">{shortVmName(vm.vmName)}</strong>
      <Screen snapshot={before} vm={vm} />
      <Screen snapshot={after} vm={vm} />
      <ul>
        {changeLines(vm, { before: before.name, after: after.name }, property, t, format).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </li>
  );
});

function Screen({ snapshot, vm: { vmId, vmName } }: { snapshot: Snapshot; vm: Compared }) {
  const t = useWords();
  const isPictured = snapshot.vms.some((part) => part.vmId === vmId && part.hasThumbnail && !part.removed);
  return (
    <figure aria-label={t('snapshots.compare.screenOf', { vm: shortVmName(vmName), snapshot: snapshot.name })}>
      {isPictured ? (
        <SnapshotPicture snapshot={snapshot} vmId={vmId} size="large" />
      ) : (
        <span className="snapshot-picture muted" data-size="large">
          {t('snapshots.compare.noPicture')}
        </span>
      )}
    </figure>
  );
}

/** Exported for its test. */
export function changeLines(
  { in: where, beforeRamBytes, afterRamBytes, disks, changes }: Compared,
  names: { before: string; after: string },
  property: (name: string) => string,
  t: Translate,
  format: Pick<Format, 'bytes' | 'mebibytes'>,
): string[] {
  if (where === 'before') return [t('snapshots.compare.onlyBefore', { snapshot: names.after })];
  if (where === 'after') return [t('snapshots.compare.onlyAfter', { snapshot: names.before })];
  const ramText = (bytes: number | null) => (bytes === null ? t('snapshots.compare.noRam') : format.bytes(bytes));
  const [ram, otherRam] = [ramText(beforeRamBytes), ramText(afterRamBytes)];
  const size = (mib: number | null) => (mib === null ? '?' : format.mebibytes(mib));
  return [
    ram === otherRam
      ? t('snapshots.compare.ramSame', { size: ram })
      : t('snapshots.compare.ram', { before: ram, after: otherRam }),
    ...disks.flatMap((disk) => [
      diskLine(disk, t, format),
      ...(disk.in === 'both' && disk.beforeMiB !== disk.afterMiB
        ? [
            t('snapshots.compare.diskSize', {
              disk: disk.name,
              before: size(disk.beforeMiB),
              after: size(disk.afterMiB),
            }),
          ]
        : []),
    ]),
    ...configLines(changes, property, t),
  ];
}

function diskLine(
  { name: disk, in: where, changedBytes }: Compared['disks'][number],
  t: Translate,
  format: Pick<Format, 'bytes'>,
): string {
  if (where === 'before') return t('snapshots.compare.diskBefore', { disk });
  if (where === 'after') return t('snapshots.compare.diskAfter', { disk });
  if (changedBytes === null) return t('snapshots.compare.diskUnknown', { disk });
  if (changedBytes === 0) return t('snapshots.compare.diskSame', { disk });
  return t('snapshots.compare.disk', { disk, size: format.bytes(changedBytes) });
}

function configLines(changes: Compared['changes'], property: (name: string) => string, t: Translate): string[] {
  if (changes === null) return [t('snapshots.compare.noConfig')];
  if (changes.length === 0) return [t('snapshots.compare.sameConfig')];
  return changes.map(({ property: name, before, after }) =>
    t('snapshots.compare.change', { property: property(name), before: before || '–', after: after || '–' }),
  );
}
