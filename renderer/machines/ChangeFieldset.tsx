// The fields of the "Change machines" dialog, filled with what the chosen machines have in common.
import { machineChangeFields } from '@tt/protocol';
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { limitsOf } from '../forms/limits.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { parseDestinations } from './destination-text.ts';
import type { ChangeFields, commonFields, FieldName } from './machine-change.ts';
import { parsePorts } from './port-request.ts';

export interface ChangeFieldsetProps {
  common: ReturnType<typeof commonFields>;
  edits: Partial<ChangeFields>;
  /** A disk is never made smaller than the largest of them. */
  minDiskMiB: number;
  /** Of memory that no machine has, on the fullest of their hosts; null: not known. */
  freeMemoryMiB: number | null;
  /** Some of them run, and must be stopped before they get other processors or memory. */
  mustStop: boolean;
  onEdit: (edit: Partial<ChangeFields>) => void;
}

export function ChangeFieldset({ common, edits, minDiskMiB, freeMemoryMiB, mustStop, onEdit }: ChangeFieldsetProps) {
  const t = useWords();
  const format = useFormat();
  const { fields, differing } = common;
  const shown: ChangeFields = { ...fields, ...edits };
  const placeholder = (name: FieldName, otherwise = '') => (differing.has(name) ? t('machines.different') : otherwise);
  const restart = mustStop ? [t('machines.needsRestart')] : [];
  const free = freeMemoryMiB === null ? [] : [t('machines.memoryFree', { free: format.mebibytes(freeMemoryMiB) })];
  return (
    <div className="change-fields">
      <OptionalNumber
        label={t('machines.cpu')}
        hint={restart.join('')}
        value={shown.cpuCount}
        onChange={(cpuCount) => onEdit({ cpuCount })}
        {...limitsOf(machineChangeFields.cpuCount)}
        placeholder={placeholder('cpuCount')}
      />
      <OptionalNumber
        label={t('machines.memory')}
        hint={[...restart, ...free].join(' · ')}
        value={shown.memoryMiB}
        onChange={(memoryMiB) => onEdit({ memoryMiB })}
        {...limitsOf(machineChangeFields.memoryMiB)}
        placeholder={placeholder('memoryMiB')}
      />
      <OptionalNumber
        label={t('machines.disk')}
        hint={t('machines.diskHint')}
        value={shown.diskMiB}
        onChange={(diskMiB) => onEdit({ diskMiB })}
        {...limitsOf(machineChangeFields.diskMiB)}
        min={minDiskMiB}
        placeholder={placeholder('diskMiB')}
      />
      <OptionalNumber
        label={t('machines.bandwidth')}
        hint={t('machines.bandwidthHint')}
        value={shown.bandwidthMbps}
        onChange={(bandwidthMbps) => onEdit({ bandwidthMbps })}
        {...limitsOf(machineChangeFields.bandwidthMbps)}
        placeholder={placeholder('bandwidthMbps', t('machines.noLimit'))}
      />
      <Field
        label={t('machines.ports')}
        hint={t('machines.portsHint')}
        placeholder={placeholder('ports', '80, 53/udp')}
        value={shown.ports}
        onChange={(ports) => onEdit({ ports })}
        error={parsePorts(shown.ports) === null ? t('machines.portsInvalid') : null}
        mono
      />
      <Field
        label={t('machines.blacklist')}
        hint={t('machines.blacklistHint')}
        placeholder={placeholder('blacklist', '192.0.2.1')}
        value={shown.blacklist}
        onChange={(blacklist) => onEdit({ blacklist })}
        error={parseDestinations(shown.blacklist) === null ? t('machines.blacklistInvalid') : null}
        mono
      />
    </div>
  );
}
