// One more disk: its size, and the button.
import { diskSchema, DISKS_MAX } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { limitsOf } from '../forms/limits.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { DrivesProps } from './DiskFields.tsx';

export const AddDiskForm = observer(function AddDiskForm({ vm, isOff, run }: DrivesProps) {
  const { drives } = useStores();
  const t = useWords();
  const [sizeMiB, setSizeMiB] = useState<number | null>(1024);
  const isFull = vm.spec.disks.length >= DISKS_MAX;
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (sizeMiB !== null && !isOff && !isFull) await run(() => drives.add(vm, sizeMiB));
  };
  return (
    <Form className="drive-fields" aria-label={t('disks.add')} onSubmit={(event) => void add(event)}>
      <OptionalNumber
        label={t('disks.newSize')}
        hint={t('disks.newHint')}
        value={sizeMiB}
        onChange={setSizeMiB}
        {...limitsOf(diskSchema.shape.sizeMiB)}
        isDisabled={isFull}
      />
      <Button type="submit" size="small" isDisabled={isOff || isFull || sizeMiB === null}>
        {t('disks.add')}
      </Button>
    </Form>
  );
});
