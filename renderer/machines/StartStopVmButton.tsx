// Starts a stopped machine, resumes one that somebody has paused, stops a running one; busy while that is going on.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';
import { canStop } from './vm-store.ts';

export const StartStopVmButton = observer(function StartStopVmButton({ vm }: { vm: Vm }) {
  const stores = useStores();
  const can = vmActions(stores, vm, useWords());
  const isPausedByUser = vm.state === 'paused' && vm.failure === null;
  const action = isPausedByUser ? can.resume : canStop(vm.state) ? can.stop : can.start;
  const isBusy = stores.operations
    .runningFor({ vmId: vm.id })
    .some(({ kind }) => kind === 'vm.start' || kind === 'vm.stop' || kind === 'vm.resume');
  return <ActionButton size="small" kind="quiet" iconOnly action={action} isBusy={isBusy} />;
});
