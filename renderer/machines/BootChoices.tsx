// Firmware and boot order: changed only while the machine stands still.
import type { BootFrom, Firmware } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStart } from './vm-store.ts';
import type { DrivesProps } from './DiskFields.tsx';

export const BootChoices = observer(function BootChoices({ vm, isOff, run }: DrivesProps) {
  const { drives } = useStores();
  const t = useWords();
  const isUp = !canStart(vm.state);
  return (
    <section aria-label={t('disks.start')}>
      <h3 className="drives-head">{t('disks.start')}</h3>
      <div className="line">
        <ChoiceField<BootFrom>
          label={t('disks.bootFrom')}
          value={vm.bootFrom}
          options={[
            { value: 'disk', label: t('disks.fromDisk') },
            { value: 'cd', label: t('disks.fromCd') },
          ]}
          onChange={(bootFrom) => void run(() => drives.boot(vm, { bootFrom }))}
          isDisabled={isOff || isUp}
        />
        <ChoiceField<Firmware>
          label={t('disks.firmware')}
          value={vm.firmware}
          options={[
            { value: 'bios', label: 'BIOS' },
            { value: 'uefi', label: 'UEFI' },
          ]}
          onChange={(firmware) => void run(() => drives.boot(vm, { firmware }))}
          isDisabled={isOff || isUp}
        />
      </div>
      {isUp && <p className="field-hint">{t('disks.stopFirst')}</p>}
    </section>
  );
});
