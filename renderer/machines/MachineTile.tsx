// One machine: live screen, name, how far its guest has come, system, what it uses, ports to open, addresses to copy, who watches; why it
// failed, if it did. What comes and goes, such as a failure or the progress of an operation, lies on the screen and moves nothing.
import { bootDiskMiB, type Vm } from '@tt/protocol';
import { Eye, GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton, Checkbox } from 'react-aria-components';
import { OperationLine } from '../activity/OperationLine.tsx';
import { ActionButton } from '../components/ActionButton.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { watchersOf, watchersText } from '../presence/presence.ts';
import { Initials } from '../presence/Initials.tsx';
import { VmMeters } from '../metrics/VmMeters.tsx';
import { useFormat } from '../i18n/format.ts';
import { type Translate, useWords } from '../i18n/index.ts';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { AddressChips } from './AddressChips.tsx';
import { useStores } from '../state/stores-context.ts';
import { useLastKnown } from '../state/use-last-known.ts';
import { shortVmName } from '../state/vm-name.ts';
import { ConsoleButton } from './ConsoleButton.tsx';
import { actionForError } from '../state/error-actions.ts';
import { StartStopVmButton } from './StartStopVmButton.tsx';
import { VmMenu } from './VmMenu.tsx';
import { OsMark } from '../images/OsMark.tsx';
import { OriginFact } from './OriginFact.tsx';
import { PortChips } from './PortChips.tsx';
import { Thumbnail } from './Thumbnail.tsx';
import { vmCondition, vmStateWord } from './vm-condition.ts';

export const MachineTile = observer(function MachineTile({ vmId }: { vmId: string }) {
  const stores = useStores();
  const { vms, operations, drag, settings } = stores;
  const t = useWords();
  const format = useFormat();
  const lastKnown = useLastKnown();
  const vm = vms.get(vmId);
  if (!vm) return null;
  const name = shortVmName(vm.name);
  // A small one is its screen and its name; the rest is in its menu and its details.
  const isSmall = settings.tileSize === 'S';
  const { cpuCount: cpu, memoryMiB } = vm.spec;
  const diskMiB = bootDiskMiB(vm.spec);
  const remedy = vm.failure && actionForError(stores, vm.failure, t);
  const condition = vmCondition(stores, vm, t);
  const [own] = operations.shownFor({ vmId: vm.id });
  return (
    <>
      <div
        className="tile-screen"
        data-state={vm.state}
        data-droppable={drag.verbFor(holdVm(vm)) !== null || undefined}
      >
        <Thumbnail vm={vm} />
        <Checkbox slot="selection" className="checkbox tile-checkbox" />
        {vm.failure && (
          <div className="tile-notice">
            <ErrorNotice
              error={vm.failure}
              title={
                vm.state === 'failed' ? t('envs.failureTitle', { vm: name }) : t('envs.troubleTitle', { vm: name })
              }
              actions={remedy && <ActionButton size="small" action={remedy} />}
            />
          </div>
        )}
        {own && (
          <div className="tile-progress">
            <OperationLine operation={own} brief />
          </div>
        )}
        {vm.viewers > 0 && lastKnown === null && (
          <span className="viewers number" role="img" aria-label={viewersLabel(vm, t)}>
            <Eye aria-hidden className="icon" />
            {vm.viewers}
            <Initials vm={vm} />
          </span>
        )}
      </div>
      <div className="tile-head">
        <StateMark mark={condition.mark} />
        <span className="visually-hidden">{vmStateWord(vm, t)}</span>
        <strong className="mono ellipsis">{name}</strong>
        <span className="spacer" />
        {!isSmall && (
          <>
            <ConsoleButton vm={vm} />
            <StartStopVmButton vm={vm} />
          </>
        )}
        <VmMenu vm={vm} />
        <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name })}>
          <GripVertical aria-hidden className="icon" />
        </AriaButton>
      </div>
      <div className="tile-facts">
        <span className="tile-condition" data-mark={condition.mark}>
          {condition.word}
        </span>
        {!isSmall && (
          <>
            <OsMark os={vm.image.split(':')[1] ?? (vm.image || 'iso')} />
            <span className="muted number ellipsis">
              {t('envs.size', { cpu, memory: format.mebibytes(memoryMiB), disk: format.mebibytes(diskMiB) })}
            </span>
          </>
        )}
      </div>
      {!isSmall && <TileFoot vm={vm} />}
    </>
  );
});

/** Its place is kept when there is nothing to show in it yet. */
function TileFoot({ vm }: { vm: Vm }) {
  return (
    <>
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
    </>
  );
}

/** How many consoles are open, and whose: the initials beside it are for the eye. */
function viewersLabel(vm: Vm, t: Translate): string {
  const count = t('envs.viewers', { count: vm.viewers });
  const watchers = watchersOf(vm);
  return watchers.length === 0 ? count : `${count}: ${watchersText(watchers, t)}`;
}
