// The machines of an ENV as tiles: arrows move, Enter or double-click opens the console; tiles are taken and dropped on.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useState } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { MachineTools } from './MachineTools.tsx';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from './vm-store.ts';
import { MachineTile } from './MachineTile.tsx';

export const MachineTiles = observer(function MachineTiles({ env }: { env: Env }) {
  const { vms: store, drag, view, link } = useStores();
  const t = useWords();
  const [selected, setSelected] = useState<Set<string | number>>(new Set());
  const vms = store.ofEnv(env.name);
  const targetOf = (key: string | number) => {
    const vm = store.get(String(key));
    return vm ? holdVm(vm) : null;
  };
  const isValid = (vmId: string) => {
    const target = targetOf(vmId);
    return target !== null && drag.verbFor(target) !== null;
  };
  const dragAndDropHooks = useGrammarOfList({ heldOf: (key) => (link.up ? targetOf(key) : null), targetOf });
  if (vms.length === 0) {
    return (
      <EmptyState title={env.state === 'creating' ? t('envs.creating') : t('envs.noMachinesTitle')}>
        {env.state !== 'creating' && (
          <>
            <p className="muted">{t('envs.noMachinesText')}</p>
            <MachineTools env={env} selected={[]} />
          </>
        )}
      </EmptyState>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const vmId = target.getAttribute('data-key');
    if (vmId === null || event.ctrlKey || event.metaKey || event.altKey || !store.get(vmId)) return;
    const open = {
      c: () => view.go({ page: 'console', envName: env.name, vmId }),
      i: () => view.open({ kind: 'vmDetails', vmId }),
      d: () => view.open({ kind: 'disks', vmId }),
      e: () => link.up && view.open({ kind: 'changeMachines', envName: env.name, vmIds: [vmId] }),
      s: () => link.up && view.open({ kind: 'takeSnapshot', envName: env.name, vmId }),
      delete: () => link.up && view.open({ kind: 'deleteVm', vmId }),
    }[event.key.toLowerCase()];
    if (!open) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble up from the tiles, which have the focus
    <div onKeyDown={onKeyDown}>
      <MachineTools env={env} selected={[...selected].map(String).filter((vmId) => store.items.has(vmId))} />
      <GridList
        aria-label={t('envs.tabs.machines')}
        className="tiles"
        layout="grid"
        items={vms}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={selected}
        onSelectionChange={(keys) => setSelected(keys === 'all' ? new Set() : new Set(keys))}
        disallowTypeAhead
        onAction={(key) => view.go({ page: 'console', envName: env.name, vmId: String(key) })}
        dragAndDropHooks={dragAndDropHooks}
        dependencies={[vms.map(({ id }) => isValid(id)).join()]}
      >
        {(vm) => (
          <GridListItem
            id={vm.id}
            textValue={shortVmName(vm.name)}
            className="tile"
            data-state={vm.state}
            data-valid-target={isValid(vm.id) || undefined}
          >
            <MachineTile vm={vm} />
          </GridListItem>
        )}
      </GridList>
    </div>
  );
});
