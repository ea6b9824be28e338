// Above the machines of an ENV: add, change, remove. Change and remove begin with the selected machine.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { envActions } from './actions.ts';
import { useWords } from '../i18n/index.ts';
import { SumMeter } from '../metrics/SumMeter.tsx';
import { useStores } from '../state/stores-context.ts';

export interface MachineToolsProps {
  env: Env;
  /** Ids of the selected machines; none = all, for a change. */
  selected: readonly string[];
}

export const MachineTools = observer(function MachineTools({ env, selected }: MachineToolsProps) {
  const t = useWords();
  const can = envActions(useStores(), env, t, selected);
  return (
    <Toolbar label={t('machines.tools')} className="machine-tools">
      <ActionButton size="small" action={can.add} />
      <ActionButton size="small" action={can.change} />
      <ActionButton size="small" action={can.remove} />
      <span className="spacer" />
      <SumMeter envName={env.name} />
    </Toolbar>
  );
});
