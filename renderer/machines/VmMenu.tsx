// All verbs of one machine in a menu.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';
import { shortVmName } from '../state/vm-name.ts';

export const VmMenu = observer(function VmMenu({ vm }: { vm: Vm }) {
  const t = useWords();
  const can = vmActions(useStores(), vm, t);
  const entries = toMenu([
    [can.console, can.panes, can.shell, can.snapshot, can.details, can.change, can.disks, can.clone, can.publish],
    [can.files, can.push],
    [can.start, can.resume, can.stop, can.reset],
    [can.delete],
  ]);
  return <MenuButton size="small" label={t('envs.actionsOf', { name: shortVmName(vm.name) })} entries={entries} />;
});
