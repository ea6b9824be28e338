// The board as a table, for many ENVs: sortable columns, the same keys and verbs as the cards.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Cell, Checkbox, Row, Table } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { ListHead } from '../components/lists/ListHead.tsx';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { RowLayout } from '../components/lists/RowLayout.ts';
import { SteadyItem } from '../components/lists/SteadyItem.tsx';
import { TableRows } from '../components/lists/TableRows.tsx';
import { useStores } from '../state/stores-context.ts';
import { EnvMenu } from '../env/EnvMenu.tsx';
import { EnvState } from '../env/EnvState.tsx';
import { EnvMarks } from './EnvMarks.tsx';
import type { BoardColumn, BoardSort } from './board-list.ts';
import { LifetimeRing } from '../env/LifetimeRing.tsx';
import { TeamBadge } from '../env/TeamBadge.tsx';
import { SystemMarks } from '../images/SystemMarks.tsx';

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
const LAYOUT = { rowHeight: 34, headingHeight: 29 };

export interface BoardTableProps {
  names: readonly string[];
  sort: BoardSort;
  onSort: (sort: BoardSort) => void;
}

export const BoardTable = observer(function BoardTable({ names, sort, onSort }: BoardTableProps) {
  const { view, envs: store } = useStores();
  const t = useWords();
  const envs = names.flatMap((name) => store.get(name) ?? []);
  const isLong = useIsLong(names.length);
  return (
    <div className="table-frame">
      <LongCollection isLong={isLong} layout={RowLayout} layoutOptions={LAYOUT}>
        <Table
          data-long={isLong || undefined}
          aria-label={t('envs.board')}
          className="table"
          selectionMode="multiple"
          selectedKeys={view.selected}
          onSelectionChange={(keys) => view.select(keys === 'all' ? names : [...keys].map(String))}
          onRowAction={(key) => view.goToEnv(String(key))}
          sortDescriptor={{ column: sort.column, direction: sort.descending ? 'descending' : 'ascending' }}
          onSortChange={({ column, direction }) =>
            onSort({ column: column as BoardColumn, descending: direction === 'descending' })
          }
        >
          <ListHead
            columns={columns.map((id) => ({
              id,
              label: t(`envs.columns.${id}`),
              ...widths[id],
              isSortable: id !== 'systems',
            }))}
          />
          <TableRows items={envs.map((env) => rowOf(env))}>{({ env }) => <EnvRow env={env} />}</TableRows>
        </Table>
      </LongCollection>
    </div>
  );
});

const rows = new WeakMap<Env, { id: string; env: Env }>();

/** The same for the same ENV, so that the table makes only those rows anew that changed. */
function rowOf(env: Env): { id: string; env: Env } {
  const row = rows.get(env) ?? { id: env.name, env };
  rows.set(env, row);
  return row;
}

/** What its machines change stands in components of its own: a row is made for each ENV, drawn or not. */
function EnvRow({ env }: { env: Env }) {
  return (
    <Row id={env.name} className="row" textValue={env.name}>
      <Cell className="narrow">
        <SteadyItem>
          <Checkbox slot="selection" className="checkbox" />
        </SteadyItem>
      </Cell>
      <Cell>
        <strong className="mono">{env.name}</strong> <span className="muted">{env.title}</span> <EnvMarks env={env} />
      </Cell>
      <Cell>
        <EnvState env={env} />
      </Cell>
      <Cell>
        <SteadyItem>
          <LifetimeRing env={env} />
        </SteadyItem>
      </Cell>
      <Cell className="number">
        <RunningCount envName={env.name} />
      </Cell>
      <Cell>
        <Systems envName={env.name} />
      </Cell>
      <Cell>
        {env.owner} <TeamBadge env={env} />
      </Cell>
      <Cell className="number">
        <StartTime env={env} />
      </Cell>
      <Cell className="narrow">
        <SteadyItem>
          <EnvMenu env={env} small />
        </SteadyItem>
      </Cell>
    </Row>
  );
}

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
