// All verbs of one machine in a menu; by a right click on one of several selected machines, those of all of them.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';
import { chosenVms, groupsOfVms, vmsActions } from './actions-of-many.ts';
import { shortVmName } from '../state/vm-name.ts';

export const VmMenu = observer(function VmMenu({ vm }: { vm: Vm }) {
  const t = useWords();
  const stores = useStores();
  const entries = () => {
    const can = vmActions(stores, vm, t);
    return toMenu([
      [
        can.console,
        can.panes,
        can.shell,
        can.snapshot,
        can.revert,
        can.details,
        can.change,
        can.disks,
        can.clone,
        can.publish,
      ],
      [can.files, can.push],
      [can.start, can.pause, can.resume, can.stop, can.reset],
      [can.delete],
    ]);
  };
  /** A right click on one of several selected machines means all of them. */
  const contextEntries = () => {
    const { selectedVms } = stores.view;
    const isOneOfMany = selectedVms.size > 1 && selectedVms.has(vm.id);
    const ofAll = isOneOfMany ? vmsActions(stores, chosenVms(stores, vm.envName), t) : null;
    return ofAll && toMenu(groupsOfVms(ofAll));
  };
  return (
    <MenuButton
      size="small"
      label={t('envs.actionsOf', { name: shortVmName(vm.name) })}
      entries={entries}
      contextEntries={contextEntries}
    />
  );
});
