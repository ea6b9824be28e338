// The board as a table, for many ENVs: sortable columns, the same keys and verbs as the cards.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useMemo } from 'react';
import { useIsLong } from '../components/lists/long-list.ts';
import { Table } from '../components/table/Table.tsx';
import { TableCell } from '../components/table/table-parts.tsx';
import { EnvMenu } from '../env/EnvMenu.tsx';
import { EnvState } from '../env/EnvState.tsx';
import { LifetimeRing } from '../env/LifetimeRing.tsx';
import { TeamBadge } from '../env/TeamBadge.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { SystemMarks } from '../images/SystemMarks.tsx';
import { useStores } from '../state/stores-context.ts';
import { EnvMarks } from './EnvMarks.tsx';
import type { BoardColumn, BoardSort } from './board-list.ts';

const columns: readonly (BoardColumn | 'systems')[] = [
  'name',
  'state',
  'timeLeft',
  'machines',
  'systems',
  'owner',
  'created',
];

/** Shares of the width and least widths in px, for a long table: a short one is as wide as its contents need. */
const widths: Readonly<Record<(typeof columns)[number], { width: `${number}fr`; minWidth: number }>> = {
  name: { width: '3fr', minWidth: 160 },
  state: { width: '1fr', minWidth: 100 },
  timeLeft: { width: '1fr', minWidth: 90 },
  machines: { width: '1fr', minWidth: 110 },
  systems: { width: '2fr', minWidth: 120 },
  owner: { width: '1fr', minWidth: 90 },
  created: { width: '1fr', minWidth: 80 },
};

/** As in table.css. */
const ROW_PX = 34;

export interface BoardTableProps {
  names: readonly string[];
  sort: BoardSort;
  onSort: (sort: BoardSort) => void;
}

export const BoardTable = observer(function BoardTable({ names, sort, onSort }: BoardTableProps) {
  const { view } = useStores();
  const t = useWords();
  const heads = useMemo(
    () => columns.map((id) => ({ id, label: t(`envs.columns.${id}`), ...widths[id], isSortable: id !== 'systems' })),
    [t],
  );
  return (
    <div className="table-frame">
      <Table
        label={t('envs.board')}
        columns={heads}
        keys={names}
        isLong={useIsLong(names.length)}
        rowHeight={ROW_PX}
        nameOf={String}
        Cells={EnvCells}
        sort={sort}
        onSort={({ column, descending }) => onSort({ column: column as BoardColumn, descending })}
        selection={{ behavior: 'toggle', selected: view.selected, onSelect: (keys) => view.select(keys) }}
        onOpen={(name) => view.goToEnv(name)}
      />
    </div>
  );
});

/** What its machines change stands in components of its own. */
const EnvCells = observer(function EnvCells({ id }: { id: string }) {
  const env = useStores().envs.get(id);
  if (!env) return null;
  return (
    <>
      <TableCell isName>
        <strong className="mono">{env.name}</strong> <span className="muted">{env.title}</span> <EnvMarks env={env} />
      </TableCell>
      <TableCell>
        <EnvState env={env} />
      </TableCell>
      <TableCell>
        <LifetimeRing env={env} />
      </TableCell>
      <TableCell className="number">
        <RunningCount envName={env.name} />
      </TableCell>
      <TableCell>
        <Systems envName={env.name} />
      </TableCell>
      <TableCell>
        {env.owner} <TeamBadge env={env} />
      </TableCell>
      <TableCell className="number">
        <StartTime env={env} />
      </TableCell>
      <TableCell className="narrow">
        <EnvMenu env={env} small />
      </TableCell>
    </>
  );
});

function StartTime({ env }: { env: Env }) {
  return useFormat().time(env.startAt);
}

const RunningCount = observer(function RunningCount({ envName }: { envName: string }) {
  const vms = useStores().vms.ofEnv(envName);
  const t = useWords();
  const running = vms.filter(({ state }) => state === 'running').length;
  return t('envs.running', { running, total: vms.length });
});

const Systems = observer(function Systems({ envName }: { envName: string }) {
  const vms = useStores().vms.ofEnv(envName);
  return (
    <span className="card-systems">
      <SystemMarks images={vms.map(({ image }) => image)} />
    </span>
  );
});
