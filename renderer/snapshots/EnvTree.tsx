// The tree of an ENV's snapshots, or that of one of its machines alone.
import { observer } from 'mobx-react-lite';
import { useRef, useState } from 'react';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { SnapshotList } from './SnapshotList.tsx';
import { useEndInSight } from './use-end-in-sight.ts';

const WHOLE = 'whole';

export const EnvTree = observer(function EnvTree({ envName }: { envName: string }) {
  const { vms } = useStores();
  const t = useWords();
  const [wanted, setWanted] = useState<string>(WHOLE);
  const content = useRef<HTMLDivElement>(null);
  useEndInSight(content);
  const machines = vms.ofEnv(envName);
  // It may have been removed since.
  const of = machines.some(({ id }) => id === wanted) ? wanted : WHOLE;
  return (
    <div ref={content}>
      {machines.length > 1 && (
        <div className="tree-of">
          <Picker
            label={t('snapshots.treeOf')}
            value={of}
            options={[
              { value: WHOLE, label: t('snapshots.treeOfEnv') },
              ...machines.map(({ id, name }) => ({ value: id, label: shortVmName(name) })),
            ]}
            onChange={setWanted}
          />
        </div>
      )}
      <SnapshotList envName={envName} vmId={of === WHOLE ? null : of} />
    </div>
  );
});
