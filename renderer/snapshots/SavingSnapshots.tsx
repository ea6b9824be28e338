// Snapshots that are being saved, below the timeline: how far each is, and Cancel. What can be done to a snapshot can't be done yet.
import { type Operation, progressText } from '@tt/protocol';
import { Camera, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { Progress } from '../components/Progress.tsx';
import { useFormat } from '../i18n/format.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { savingActions } from './actions.ts';
import { savingOf } from './saving.ts';

export const SavingSnapshots = observer(function SavingSnapshots({ envName }: { envName: string }) {
  const saving = savingOf(useStores(), envName);
  const t = useWords();
  if (saving.length === 0) return null;
  return (
    <ul className="saving" aria-label={t('snapshots.beingSaved')}>
      {saving.map((operation) => (
        <SavingRow key={operation.id} operation={operation} />
      ))}
    </ul>
  );
});

const SavingRow = observer(function SavingRow({ operation }: { operation: Operation }) {
  const stores = useStores();
  const { operations, link, rights } = stores;
  const t = useWords();
  const format = useFormat();
  const isSafety = operation.kind === 'snapshot.revert';
  const name = isSafety
    ? t('snapshots.automatic.safety', { time: format.time(operation.startedAt) })
    : snapshotLabel(operation.subject.snapshotName ?? '');
  const cancelling = operations.cancelling.has(operation.id);
  // Of the few that are stopped or paused a count would come; what people wait for is the memory.
  const howFar = operation.step?.code === 'savingMemory' ? progressText(operation) : null;
  return (
    <li className="saving-row" data-kind={isSafety ? 'safety' : 'user'}>
      <Camera aria-hidden className="icon" />
      <div className="saving-text">
        <span className="saving-name ellipsis">{name}</span>
        <span className="saving-state muted">
          {cancelling ? t('activity.cancelling') : t('snapshots.saving')}
          {!cancelling && howFar !== null && <span className="number">{howFar}</span>}
        </span>
      </div>
      {operation.cancellable && (
        <Button
          size="small"
          kind="quiet"
          icon={X}
          label={t('snapshots.cancelSaving', { snapshot: name })}
          whyNot={rights.whyNot('operation.cancel') ?? firstReason({ busy: cancelling, linkDown: !link.up })}
          onPress={() => void operations.cancel(operation.id)}
        />
      )}
      {!isSafety && (
        <MenuButton
          size="small"
          label={t('snapshots.actionsOf', { snapshot: name })}
          entries={toMenu([savingActions(stores, operation, t)])}
        />
      )}
      <Progress
        label={t('snapshots.savingOf', { snapshot: name })}
        value={howFar === null ? null : operation.progress}
      />
    </li>
  );
});
