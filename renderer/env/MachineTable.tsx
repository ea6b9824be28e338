// The machines of an ENV as a table, for many: sortable columns, the same selection, keys and verbs as the tiles.
import { bootDiskMiB, type Env, type Vm } from '@tt/protocol';
import { compareShallow, computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useMemo, useState } from 'react';
import { useIsLong } from '../components/lists/long-list.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { Table } from '../components/table/Table.tsx';
import { TableCell } from '../components/table/table-parts.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { OsMark } from '../images/OsMark.tsx';
import { PortChips } from '../machines/PortChips.tsx';
import { vmCondition } from '../machines/vm-condition.ts';
import { VmMenu } from '../machines/VmMenu.tsx';
import { VmMeter } from '../metrics/VmMeters.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { BY_NAME, type MachineSort, machineColumns, sortVms } from './machine-list.ts';

const columns = ['name', 'state', 'system', 'size', 'ports', 'cpu', 'memory', 'disk', 'net'] as const;

/** Shares of the width and least widths in px, for a long table: a short one is as wide as its contents need. */
const widths: Readonly<Record<(typeof columns)[number], { width: `${number}fr`; minWidth: number }>> = {
  name: { width: '2fr', minWidth: 130 },
  state: { width: '2fr', minWidth: 140 },
  system: { width: '1fr', minWidth: 60 },
  size: { width: '2fr', minWidth: 180 },
  cpu: { width: '1fr', minWidth: 110 },
  memory: { width: '1fr', minWidth: 120 },
  disk: { width: '1fr', minWidth: 120 },
  net: { width: '1fr', minWidth: 120 },
  ports: { width: '3fr', minWidth: 160 },
};

/** As in table.css. */
const ROW_PX = 34;
const VERBS = { width: 40, className: 'row-verbs' };

export interface MachineTableProps {
  env: Env;
  /** By Enter or a double-click. */
  onOpen: (vmId: string) => void;
}

export const MachineTable = observer(function MachineTable({ env, onOpen }: MachineTableProps) {
  const { vms: store, view } = useStores();
  const t = useWords();
  const [sort, setSort] = useState<MachineSort>(BY_NAME);
  // What changes in a machine draws its row anew, and the table only if it comes, goes or gets another place.
  const ids = useMemo(
    () => computed(() => sortVms(store.ofEnv(env.name), sort).map(({ id }) => id), { equals: compareShallow }),
    [store, env.name, sort],
  ).get();
  const heads = useMemo(
    () =>
      columns.map((id) => ({
        id,
        label: id === 'size' ? t('envs.facts.size') : t(`machines.columns.${id}`),
        ...widths[id],
        isSortable: machineColumns.some((known) => known === id),
      })),
    [t],
  );
  return (
    <div className="table-frame">
      <Table
        label={t('envs.tabs.machines')}
        columns={heads}
        verbs={VERBS}
        keys={ids}
        isLong={useIsLong(Math.max(ids.length, env.vmIds.length))}
        rowHeight={ROW_PX}
        nameOf={(id) => shortVmName(store.get(id)?.name ?? '')}
        Cells={MachineCells}
        sort={sort}
        onSort={({ column, descending }) => {
          const known = machineColumns.find((name) => name === column);
          if (known) setSort({ column: known, descending });
        }}
        selection={{ behavior: 'replace', selected: view.selectedVms, onSelect: (keys) => view.selectVms(keys) }}
        onOpen={onOpen}
      />
    </div>
  );
});

const MachineCells = observer(function MachineCells({ id }: { id: string }) {
  const vm = useStores().vms.get(id);
  if (!vm) return null;
  return (
    <>
      <TableCell isName>
        <strong className="mono">{shortVmName(vm.name)}</strong>
      </TableCell>
      <TableCell>
        <Condition vm={vm} />
      </TableCell>
      <TableCell>
        <OsMark os={vm.image.split(':')[1] ?? (vm.image || 'iso')} />
      </TableCell>
      <TableCell className="number">
        <Size vm={vm} />
      </TableCell>
      <TableCell>
        <PortChips vm={vm} />
      </TableCell>
      <TableCell className="meter-cell">
        <VmMeter vm={vm} kind="cpu" />
      </TableCell>
      <TableCell className="meter-cell">
        <VmMeter vm={vm} kind="memory" />
      </TableCell>
      <TableCell className="meter-cell">
        <VmMeter vm={vm} kind="disk" />
      </TableCell>
      <TableCell className="meter-cell">
        <VmMeter vm={vm} kind="net" />
      </TableCell>
      <TableCell className="narrow row-verbs">
        <VmMenu vm={vm} />
      </TableCell>
    </>
  );
});

function Size({ vm }: { vm: Vm }) {
  const t = useWords();
  const format = useFormat();
  const { cpuCount: cpu, memoryMiB } = vm.spec;
  return t('envs.size', { cpu, memory: format.mebibytes(memoryMiB), disk: format.mebibytes(bootDiskMiB(vm.spec)) });
}

/** In a component of its own: operations begin and end without a change of the machine. */
const Condition = observer(function Condition({ vm }: { vm: Vm }) {
  const { mark, word } = vmCondition(useStores(), vm, useWords());
  return <StateLabel mark={mark} word={word} />;
});
