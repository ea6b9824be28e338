// Starts a stopped machine, stops a running one; busy while that is going on.
import type { Vm } from '@tt/protocol';
import { Play, Square } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStart, canStop } from './vm-store.ts';

export const StartStopVmButton = observer(function StartStopVmButton({ vm }: { vm: Vm }) {
  const { vms, envs, operations, link } = useStores();
  const t = useWords();
  const stops = canStop(vm.state);
  const starts = canStart(vm.state) && !envs.get(vm.envName)?.over;
  const isBusy = operations.runningFor({ vmId: vm.id }).some(({ kind }) => kind === 'vm.start' || kind === 'vm.stop');
  return (
    <Button
      size="small"
      kind="quiet"
      icon={stops ? Square : Play}
      isBusy={isBusy}
      isDisabled={!link.up || !(stops || starts)}
      label={stops ? t('envs.stop') : t('envs.start')}
      onPress={() => void (stops ? vms.stopVm(vm.id) : vms.startVm(vm.id))}
    />
  );
});
