// Size and limits of one disk, to be changed.
import { type Disk, diskSchema, type DriveLimits, driveLimitsSchema, type Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { limitsOf } from '../forms/limits.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { RunChange } from './drive-store.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** What the parts of the dialog about disks are given. */
export interface DrivesProps {
  vm: Vm;
  /** Something is being done, or nothing can be. */
  isOff: boolean;
  run: RunChange;
}

interface DiskFieldsProps extends DrivesProps {
  disk: Disk;
  onDone: () => void;
}

export const DiskFields = observer(function DiskFields({ vm, disk, isOff, run, onDone }: DiskFieldsProps) {
  const { drives } = useStores();
  const t = useWords();
  const before = disk.limits;
  const bytesBefore = before?.bytesPerSecond ?? null;
  const [sizeMiB, setSizeMiB] = useState<number | null>(disk.sizeMiB);
  const [mebibytes, setMebibytes] = useState(bytesBefore === null ? null : Math.round(bytesBefore / BYTES_PER_MIB));
  const [operations, setOperations] = useState(before?.operationsPerSecond ?? null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isOff) return;
    const limits = limitsFrom(mebibytes, operations);
    if (sizeMiB !== null && sizeMiB !== disk.sizeMiB && !(await run(() => drives.grow(vm, disk.name, sizeMiB)))) return;
    if (!isSame(limits, before) && !(await run(() => drives.limit(vm, disk.name, limits)))) return;
    onDone();
  };
  return (
    <Form
      className="drive-fields"
      aria-label={t('disks.changeOf', { disk: disk.name })}
      onSubmit={(event) => void save(event)}
    >
      <OptionalNumber
        label={t('disks.size')}
        hint={t('disks.sizeHint')}
        value={sizeMiB}
        onChange={setSizeMiB}
        {...limitsOf(diskSchema.shape.sizeMiB)}
        min={disk.sizeMiB}
      />
      <OptionalNumber
        label={t('disks.limitRate')}
        value={mebibytes}
        onChange={setMebibytes}
        min={1}
        max={Math.floor(limitsOf(driveLimitsSchema.shape.bytesPerSecond).max / BYTES_PER_MIB)}
        placeholder={t('disks.noLimit')}
      />
      <OptionalNumber
        label={t('disks.limitOperations')}
        value={operations}
        onChange={setOperations}
        {...limitsOf(driveLimitsSchema.shape.operationsPerSecond)}
        placeholder={t('disks.noLimit')}
      />
      <Button type="submit" size="small" isDisabled={isOff}>
        {t('disks.apply')}
      </Button>
    </Form>
  );
});

function limitsFrom(mebibytes: number | null, operationsPerSecond: number | null): DriveLimits | null {
  if (mebibytes === null && operationsPerSecond === null) return null;
  return { bytesPerSecond: mebibytes === null ? null : mebibytes * BYTES_PER_MIB, operationsPerSecond };
}

function isSame(one: DriveLimits | null, other: DriveLimits | null): boolean {
  return (
    (one?.bytesPerSecond ?? null) === (other?.bytesPerSecond ?? null) &&
    (one?.operationsPerSecond ?? null) === (other?.operationsPerSecond ?? null)
  );
}
