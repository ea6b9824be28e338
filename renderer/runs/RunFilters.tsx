// On which machines it runs: those of some systems, those that are ticked, or all.
import type { Vm } from '@tt/protocol';
import { ChevronDown } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Dialog, DialogTrigger, Popover, ToggleButton } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { OsMark } from '../images/OsMark.tsx';
import { useWords } from '../i18n/index.ts';
import { MachineChecks } from '../machines/MachineChecks.tsx';
import { type RunDraft, systemOf } from './run-draft.ts';

export const RunFilters = observer(function RunFilters({
  draft,
  machines,
}: {
  draft: RunDraft;
  machines: readonly Vm[];
}) {
  const t = useWords();
  const systems = [...new Set(machines.map(systemOf))].filter((os) => os !== '');
  const chosen = machines.filter(({ id }) => draft.vmIds.has(id)).map(({ id }) => id);
  return (
    <div className="run-filters">
      {systems.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
        <div role="group" aria-label={t('runs.systems')} className="run-systems">
          {systems.map((os) => (
            <ToggleButton
              key={os}
              className="chip run-system"
              isSelected={draft.systems.has(os)}
              onChange={() => draft.toggleSystem(os)}
            >
              <OsMark os={os} />
            </ToggleButton>
          ))}
        </div>
      )}
      <DialogTrigger>
        <Button kind="quiet" size="small" icon={ChevronDown}>
          {chosen.length === 0
            ? t('runs.allMachines', { count: machines.length })
            : t('runs.someMachines', { count: chosen.length, total: machines.length })}
        </Button>
        <Popover className="popover run-machines" placement="bottom start">
          <Dialog aria-label={t('machines.which')} className="options">
            <MachineChecks
              vms={machines}
              // None ticked means all: so all are shown as ticked.
              chosen={chosen.length === 0 ? machines.map(({ id }) => id) : chosen}
              onChange={(vmIds) => draft.chooseVms(vmIds.length === machines.length ? [] : vmIds)}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
    </div>
  );
});
