// One machine: live screen, name, system, state, what it uses, ports and addresses to copy, who watches; why it failed, if
// it did.
import { bootDiskMiB } from '@tt/protocol';
import { Eye, GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { OperationLine } from '../activity/OperationLine.tsx';
import { ActionButton } from '../components/ActionButton.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { VmMeters } from '../metrics/VmMeters.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { AddressChips } from './AddressChips.tsx';
import { useStores } from '../state/stores-context.ts';
import { useLastKnown } from '../state/use-last-known.ts';
import { shortVmName } from '../state/vm-name.ts';
import { ConsoleButton } from './ConsoleButton.tsx';
import { actionForError } from '../state/error-actions.ts';
import { StartStopVmButton } from './StartStopVmButton.tsx';
import { VmMenu } from './VmMenu.tsx';
import { vmMarks } from '../components/marks.ts';
import { OsMark } from '../images/OsMark.tsx';
import { OriginFact } from './OriginFact.tsx';
import { PortChips } from './PortChips.tsx';
import { Thumbnail } from './Thumbnail.tsx';

export const MachineTile = observer(function MachineTile({ vmId }: { vmId: string }) {
  const stores = useStores();
  const { vms, operations, drag } = stores;
  const t = useWords();
  const format = useFormat();
  const lastKnown = useLastKnown();
  const vm = vms.get(vmId);
  if (!vm) return null;
  const name = shortVmName(vm.name);
  const { cpuCount: cpu, memoryMiB } = vm.spec;
  const diskMiB = bootDiskMiB(vm.spec);
  const remedy = vm.failure && actionForError(stores, vm.failure, t);
  const own = operations.running.find(({ subject }) => subject.vmId === vm.id);
  return (
    <>
      <div
        className="tile-screen"
        data-state={vm.state}
        data-droppable={drag.verbFor(holdVm(vm)) !== null || undefined}
      >
        <Thumbnail vm={vm} />
        {vm.viewers > 0 && lastKnown === null && (
          <span className="viewers number" role="img" aria-label={t('envs.viewers', { count: vm.viewers })}>
            <Eye aria-hidden className="icon" />
            {vm.viewers}
          </span>
        )}
      </div>
      <div className="tile-head">
        <StateMark mark={vmMarks[vm.state]} />
        <span className="visually-hidden">{t(`common.states.${vm.state}`)}</span>
        <strong className="mono ellipsis">{name}</strong>
        <span className="spacer" />
        <ConsoleButton vm={vm} />
        <StartStopVmButton vm={vm} />
        <VmMenu vm={vm} />
        <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name })}>
          <GripVertical aria-hidden className="icon" />
        </AriaButton>
      </div>
      <div className="tile-facts">
        <OsMark os={vm.image.split(':')[1] ?? (vm.image || 'iso')} />
        <span className="muted number ellipsis">
          {t('envs.size', { cpu, memory: format.mebibytes(memoryMiB), disk: format.mebibytes(diskMiB) })}
        </span>
      </div>
      <VmMeters vm={vm} />
      <div className="tile-ends">
        <PortChips vm={vm} />
        {vm.origin?.how === 'woken' && (
          <span className="tile-origin muted number">
            <OriginFact origin={vm.origin} />
          </span>
        )}
      </div>
      <AddressChips vm={vm} />
      {own && <OperationLine operation={own} />}
      {vm.failure && (
        <ErrorNotice
          error={vm.failure}
          title={vm.state === 'failed' ? t('envs.failureTitle', { vm: name }) : t('envs.troubleTitle', { vm: name })}
          actions={remedy && <ActionButton size="small" action={remedy} />}
        />
      )}
    </>
  );
});
