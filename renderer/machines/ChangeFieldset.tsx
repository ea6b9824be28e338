// The fields of the "Change machines" dialog, filled with what the chosen machines have in common.
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useWords } from '../i18n/index.ts';
import { parseDestinations } from './destination-text.ts';
import type { ChangeFields, commonFields, FieldName } from './machine-change.ts';
import { parsePorts } from './port-request.ts';

export interface ChangeFieldsetProps {
  common: ReturnType<typeof commonFields>;
  edits: Partial<ChangeFields>;
  /** A disk is never made smaller than the largest of them. */
  minDiskMiB: number;
  onEdit: (edit: Partial<ChangeFields>) => void;
}

export function ChangeFieldset({ common, edits, minDiskMiB, onEdit }: ChangeFieldsetProps) {
  const t = useWords();
  const { fields, differing } = common;
  const shown: ChangeFields = { ...fields, ...edits };
  const placeholder = (name: FieldName, otherwise = '') => (differing.has(name) ? t('machines.different') : otherwise);
  return (
    <div className="change-fields">
      <OptionalNumber
        label={t('machines.cpu')}
        value={shown.cpuCount}
        onChange={(cpuCount) => onEdit({ cpuCount })}
        min={1}
        max={64}
        placeholder={placeholder('cpuCount')}
      />
      <OptionalNumber
        label={t('machines.memory')}
        value={shown.memoryMiB}
        onChange={(memoryMiB) => onEdit({ memoryMiB })}
        min={1}
        max={1_048_576}
        placeholder={placeholder('memoryMiB')}
      />
      <OptionalNumber
        label={t('machines.disk')}
        hint={t('machines.diskHint')}
        value={shown.diskMiB}
        onChange={(diskMiB) => onEdit({ diskMiB })}
        min={minDiskMiB}
        max={67_108_864}
        placeholder={placeholder('diskMiB')}
      />
      <OptionalNumber
        label={t('machines.bandwidth')}
        hint={t('machines.bandwidthHint')}
        value={shown.bandwidthMbps}
        onChange={(bandwidthMbps) => onEdit({ bandwidthMbps })}
        min={1}
        max={100_000}
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
