// Above the machines of an ENV: add, change, remove. Change and remove begin with the selected machine.
import type { Env } from '@tt/protocol';
import { Plus, SlidersHorizontal, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { SumMeter } from '../metrics/SumMeter.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export interface MachineToolsProps {
  env: Env;
  /** Ids of the selected machines; none = all, for a change. */
  selected: readonly string[];
}

export const MachineTools = observer(function MachineTools({ env, selected }: MachineToolsProps) {
  const { view, vms, link } = useStores();
  const t = useWords();
  const { name: envName } = env;
  const off = !link.up || env.state === 'creating' || env.state === 'deleting';
  const none = vms.ofEnv(envName).length === 0;
  return (
    <Toolbar label={t('machines.tools')} className="machine-tools">
      <Button
        size="small"
        icon={Plus}
        isDisabled={off || env.over}
        label={t('machines.add')}
        shortcut="A"
        onPress={() => view.open({ kind: 'addMachines', envName, draft: null })}
      >
        {t('machines.add')}
      </Button>
      <Button
        size="small"
        icon={SlidersHorizontal}
        isDisabled={off || none}
        onPress={() => view.open({ kind: 'changeMachines', envName, vmIds: selected.length > 0 ? selected : null })}
      >
        {t('machines.change')}
      </Button>
      <Button
        size="small"
        icon={Trash2}
        isDisabled={off || none}
        onPress={() => view.open({ kind: 'removeMachines', envName, vmIds: selected })}
      >
        {t('machines.remove')}
      </Button>
      <span className="spacer" />
      <SumMeter envName={envName} />
    </Toolbar>
  );
});
