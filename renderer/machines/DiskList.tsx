// The disks of a machine, each with its verbs; size and limits open below it.
import { BOOT_DISK, type Disk } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button } from '../components/Button.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { DiskFields, type DrivesProps } from './DiskFields.tsx';

export const DiskList = observer(function DiskList({ vm, whyNot, run }: DrivesProps) {
  const t = useWords();
  const [edited, setEdited] = useState<string | null>(null);
  return (
    <section aria-label={t('disks.disks')}>
      <h3 className="drives-head">{t('disks.disks')}</h3>
      <ul className="rows">
        {vm.spec.disks.map((disk) => (
          <li key={disk.name} className="rows-item drive">
            <DiskRow
              vm={vm}
              disk={disk}
              whyNot={whyNot}
              run={run}
              isEdited={edited === disk.name}
              onEdit={() => setEdited(edited === disk.name ? null : disk.name)}
            />
            {edited === disk.name && (
              <DiskFields vm={vm} disk={disk} whyNot={whyNot} run={run} onDone={() => setEdited(null)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
});

interface DiskRowProps extends DrivesProps {
  disk: Disk;
  isEdited: boolean;
  onEdit: () => void;
}

const DiskRow = observer(function DiskRow({ vm, disk, whyNot, run, isEdited, onEdit }: DiskRowProps) {
  const { drives } = useStores();
  const t = useWords();
  const format = useFormat();
  const { name, sizeMiB, attached, limits } = disk;
  const facts = [
    format.mebibytes(sizeMiB),
    ...(name === BOOT_DISK ? [t('disks.boot')] : []),
    ...(attached ? [] : [t('disks.detached')]),
    ...(typeof limits?.bytesPerSecond === 'number'
      ? [t('disks.rate', { rate: format.bytes(limits.bytesPerSecond) })]
      : []),
    ...(typeof limits?.operationsPerSecond === 'number'
      ? [t('disks.operations', { count: limits.operationsPerSecond })]
      : []),
  ];
  return (
    <div className="drive-row">
      <div className="rows-main">
        <strong className="mono">{name}</strong> <span className="muted number">{facts.join(' · ')}</span>
      </div>
      <Button
        size="small"
        whyNot={whyNot}
        aria-expanded={isEdited}
        aria-label={t('disks.changeOf', { disk: name })}
        onPress={onEdit}
      >
        {t('disks.change')}
      </Button>
      {name !== BOOT_DISK && attached && (
        <Button
          size="small"
          whyNot={whyNot}
          aria-label={t('disks.detachOf', { disk: name })}
          onPress={() => void run(() => drives.detach(vm, name))}
        >
          {t('disks.detach')}
        </Button>
      )}
      {!attached && (
        <>
          <Button
            size="small"
            whyNot={whyNot}
            aria-label={t('disks.attachOf', { disk: name })}
            onPress={() => void run(() => drives.attach(vm, name))}
          >
            {t('disks.attach')}
          </Button>
          <Button
            size="small"
            kind="danger"
            whyNot={whyNot}
            aria-label={t('disks.removeOf', { disk: name })}
            onPress={() => void run(() => drives.remove(vm, name))}
          >
            {t('disks.remove')}
          </Button>
        </>
      )}
    </div>
  );
});
