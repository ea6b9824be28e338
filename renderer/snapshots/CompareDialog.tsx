// Two snapshots of an ENV beside one another: the screens of each machine, and what changed of its memory, disks and configuration.
import { type Snapshot, type SnapshotComparison, toErrorRecord, type TtError } from '@tt/protocol';
import { ArrowLeftRight } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { Picker } from '../components/Picker.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ComparedMachine } from './ComparedMachine.tsx';

export interface CompareDialogProps {
  envName: string;
  snapshotId: string;
}

export const CompareDialog = observer(function CompareDialog({ envName, snapshotId }: CompareDialogProps) {
  const { snapshots, view } = useStores();
  const t = useWords();
  const all = snapshots.ofEnv(envName);
  const [ids, setIds] = useState(() => firstPair(all, snapshotId));
  const [before, after] = [snapshots.get(ids.before), snapshots.get(ids.after)];
  const options = all.map(({ id, name }) => ({ value: id, label: snapshotLabel(name) }));
  return (
    <Dialog
      title={t('snapshots.compare.title', { env: envName })}
      width="large"
      onClose={() => view.close()}
      foot={<CloseFoot onClose={() => view.close()} />}
    >
      <div className="compare-which">
        <Picker
          label={t('snapshots.compare.before')}
          value={ids.before}
          options={options}
          onChange={(id) => setIds({ ...ids, before: id })}
        />
        <Button
          kind="quiet"
          icon={ArrowLeftRight}
          label={t('snapshots.compare.swap')}
          onPress={() => setIds({ before: ids.after, after: ids.before })}
        />
        <Picker
          label={t('snapshots.compare.after')}
          value={ids.after}
          options={options}
          onChange={(id) => setIds({ ...ids, after: id })}
        />
      </div>
      {before && after && (
        <Compared key={`${before.id}/${before.name}/${after.id}/${after.name}`} before={before} after={after} />
      )}
    </Dialog>
  );
});

/** From the one it was taken after to this one, or from this one to the next. */
function firstPair(all: readonly Snapshot[], snapshotId: string): { before: string; after: string } {
  const index = all.findIndex(({ id }) => id === snapshotId);
  const parent = all.find(({ id }) => id === all[index]?.parentId) ?? all[index - 1];
  if (parent) return { before: parent.id, after: snapshotId };
  return { before: snapshotId, after: all[index + 1]?.id ?? snapshotId };
}

/** Drawn anew for other snapshots: what it knows is of these two. */
const Compared = observer(function Compared({ before, after }: { before: Snapshot; after: Snapshot }) {
  const { snapshots } = useStores();
  const t = useWords();
  const [found, setFound] = useState<SnapshotComparison | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  const { envName, name } = before;
  const otherName = after.name;
  useEffect(() => {
    let isOver = false;
    void snapshots.compare(envName, name, otherName).then((outcome) => {
      if (isOver) return;
      if (outcome.ok) setFound(outcome.value);
      else setError(outcome.error);
    });
    return () => {
      isOver = true;
    };
  }, [snapshots, envName, name, otherName]);
  if (error) return <ErrorNotice error={toErrorRecord(error)} />;
  if (!found) return <Spinner />;
  return (
    <>
      <Rows
        items={found.vms}
        keyOf={({ vmId }) => vmId}
        height={150}
        label={t('snapshots.compare.title', { env: envName })}
      >
        {(vm, place) => <ComparedMachine key={vm.vmId} vm={vm} before={before} after={after} place={place} />}
      </Rows>
      {found.leftOutVms > 0 && <p className="muted">{t('snapshots.compare.more', { count: found.leftOutVms })}</p>}
    </>
  );
});
