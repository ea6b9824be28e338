// One machine in two snapshots: both screens, and what changed.
import { type Snapshot, termText } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { termsOf } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { snapshotLabel, useLanguage, useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import { type Compared, changeLines } from './compared-lines.ts';
import { SnapshotPicture } from './SnapshotPicture.tsx';

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
  const term = (table: 'change' | 'uncounted', code: string) => termText(table, code, {}, words);
  return (
    <li className="compared" {...place}>
      <strong className="compared-name mono">{shortVmName(vm.vmName)}</strong>
      <Screen snapshot={before} vm={vm} />
      <Screen snapshot={after} vm={vm} />
      <ul>
        {changeLines(vm, { before: before.name, after: after.name }, term, t, format).map(({ text, isSame }) => (
          <li key={text} className={isSame ? 'muted' : undefined}>
            {text}
          </li>
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
      <figcaption className="ellipsis muted" aria-hidden="true">
        {snapshotLabel(snapshot.name)}
      </figcaption>
    </figure>
  );
}
