// Which machines of an ENV something is done to: a list of tick boxes, with "All" above when there are several.
import { bootDiskMiB, type Vm } from '@tt/protocol';
import { Checkbox, CheckboxGroup, Label } from 'react-aria-components';
import { CheckBoxMark } from '../components/CheckField.tsx';
import { OsMark } from '../images/OsMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { shortVmName } from '../state/vm-name.ts';
import { vmStateWord } from './vm-condition.ts';

export interface MachineChecksProps {
  vms: readonly Vm[];
  chosen: readonly string[];
  onChange: (vmIds: string[]) => void;
}

export function MachineChecks({ vms, chosen, onChange }: MachineChecksProps) {
  const t = useWords();
  const format = useFormat();
  const ticked = new Set(chosen);
  const all = vms.every(({ id }) => ticked.has(id));
  const isMixed = !all && chosen.length > 0;
  return (
    <div className="machine-checks">
      {vms.length > 1 && (
        <Checkbox
          className="check"
          isSelected={all}
          isIndeterminate={isMixed}
          onChange={() => onChange(all ? [] : vms.map(({ id }) => id))}
        >
          <CheckBoxMark isSelected={all} isMixed={isMixed} />
          {t('machines.all')} <span className="muted number">{t('envs.machines', { count: vms.length })}</span>
        </Checkbox>
      )}
      <CheckboxGroup className="check-list" value={[...chosen]} onChange={onChange}>
        <Label className="visually-hidden">{t('machines.which')}</Label>
        <Rows items={vms} keyOf={({ id }) => id} height={28} className="check-rows" role="none">
          {({ id, name, image, state, stopping, spec }, { ref, ...place }) => (
            <Checkbox
              key={id}
              {...(ref && { ref })}
              {...place}
              value={id}
              className="check"
              aria-label={shortVmName(name)}
            >
              {({ isSelected }) => (
                <>
                  <CheckBoxMark isSelected={isSelected} />
                  <span className="mono ellipsis">{shortVmName(name)}</span>
                  <OsMark os={image.split(':')[1] ?? image} />
                  <span className="spacer" />
                  <span className="muted">{vmStateWord({ state, stopping }, t)}</span>
                  <span className="muted number check-size">
                    {t('envs.size', {
                      cpu: spec.cpuCount,
                      memory: format.mebibytes(spec.memoryMiB),
                      disk: format.mebibytes(bootDiskMiB(spec)),
                    })}
                  </span>
                </>
              )}
            </Checkbox>
          )}
        </Rows>
      </CheckboxGroup>
    </div>
  );
}
