// The machines of an ENV as a table, for many: sortable columns, the same selection, keys and verbs as the tiles.
import { bootDiskMiB, type Env, type Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Cell, Checkbox, Row, Table } from 'react-aria-components';
import { StateLabel } from '../components/StateLabel.tsx';
import { ListHead } from '../components/lists/ListHead.tsx';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { RowLayout } from '../components/lists/RowLayout.ts';
import { SteadyItem } from '../components/lists/SteadyItem.tsx';
import { TableRows } from '../components/lists/TableRows.tsx';
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
const LAYOUT = { rowHeight: 34, headingHeight: 29 };

export interface MachineTableProps {
  env: Env;
  /** By Enter or a double-click. */
  onOpen: (vmId: string) => void;
}

export const MachineTable = observer(function MachineTable({ env, onOpen }: MachineTableProps) {
  const { vms: store, view } = useStores();
  const t = useWords();
  const [sort, setSort] = useState<MachineSort>(BY_NAME);
  const vms = sortVms(store.ofEnv(env.name), sort);
  const isLong = useIsLong(Math.max(vms.length, env.vmIds.length));
  return (
    <div className="table-frame">
      <LongCollection isLong={isLong} layout={RowLayout} layoutOptions={LAYOUT}>
        <Table
          data-long={isLong || undefined}
          aria-label={t('envs.tabs.machines')}
          className="table"
          selectionMode="multiple"
          selectionBehavior="replace"
          selectedKeys={view.selectedVms}
          onSelectionChange={(keys) => view.selectVms(keys === 'all' ? vms.map(({ id }) => id) : [...keys].map(String))}
          onRowAction={(key) => onOpen(String(key))}
          sortDescriptor={{ column: sort.column, direction: sort.descending ? 'descending' : 'ascending' }}
          onSortChange={({ column, direction }) => {
            const known = machineColumns.find((name) => name === column);
            if (known) setSort({ column: known, descending: direction === 'descending' });
          }}
        >
          <ListHead
            columns={columns.map((id) => ({
              id,
              label: id === 'size' ? t('envs.facts.size') : t(`machines.columns.${id}`),
              ...widths[id],
              isSortable: machineColumns.some((known) => known === id),
            }))}
            verbsClass="row-verbs"
          />
          <TableRows items={vms.map((vm) => rowOf(vm))}>{({ vm }) => <MachineRow vm={vm} />}</TableRows>
        </Table>
      </LongCollection>
    </div>
  );
});

const rows = new WeakMap<Vm, { id: string; vm: Vm }>();

/** The same for the same machine, so that the table makes only those rows anew that changed. */
function rowOf(vm: Vm): { id: string; vm: Vm } {
  const row = rows.get(vm) ?? { id: vm.id, vm };
  rows.set(vm, row);
  return row;
}

/** Texts that take work stand in components of their own: a row is made for each machine, drawn or not. */
function MachineRow({ vm }: { vm: Vm }) {
  const name = shortVmName(vm.name);
  return (
    <Row id={vm.id} className="row" textValue={name}>
      <Cell className="narrow">
        <SteadyItem>
          <Checkbox slot="selection" className="checkbox" />
        </SteadyItem>
      </Cell>
      <Cell>
        <strong className="mono">{name}</strong>
      </Cell>
      <Cell>
        <Condition vm={vm} />
      </Cell>
      <Cell>
        <OsMark os={vm.image.split(':')[1] ?? (vm.image || 'iso')} />
      </Cell>
      <Cell className="number">
        <Size vm={vm} />
      </Cell>
      <Cell>
        <SteadyItem>
          <PortChips vm={vm} />
        </SteadyItem>
      </Cell>
      <Cell className="meter-cell">
        <VmMeter vm={vm} kind="cpu" />
      </Cell>
      <Cell className="meter-cell">
        <VmMeter vm={vm} kind="memory" />
      </Cell>
      <Cell className="meter-cell">
        <VmMeter vm={vm} kind="disk" />
      </Cell>
      <Cell className="meter-cell">
        <VmMeter vm={vm} kind="net" />
      </Cell>
      <Cell className="narrow row-verbs">
        <SteadyItem>
          <VmMenu vm={vm} />
        </SteadyItem>
      </Cell>
    </Row>
  );
}

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
