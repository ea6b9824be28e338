// The board as a table, for many ENVs: sortable columns, the same keys and verbs as the cards.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Cell, Checkbox, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { EnvMenu } from '../env/EnvMenu.tsx';
import type { BoardColumn, BoardSort } from './board-list.ts';
import { LifetimeRing } from '../env/LifetimeRing.tsx';
import { envMarks } from '../components/marks.ts';
import { countSystems, OsMark } from '../images/OsMark.tsx';

const columns: readonly (BoardColumn | 'systems')[] = [
  'name',
  'state',
  'timeLeft',
  'machines',
  'systems',
  'owner',
  'created',
];

export interface BoardTableProps {
  envs: readonly Env[];
  sort: BoardSort;
  onSort: (sort: BoardSort) => void;
}

export const BoardTable = observer(function BoardTable({ envs, sort, onSort }: BoardTableProps) {
  const { view } = useStores();
  const t = useWords();
  return (
    <div className="table-frame">
      <Table
        aria-label={t('envs.board')}
        className="table"
        selectionMode="multiple"
        selectedKeys={view.selected}
        onSelectionChange={(keys) => view.select(keys === 'all' ? envs.map(({ name }) => name) : [...keys].map(String))}
        onRowAction={(key) => view.goToEnv(String(key))}
        sortDescriptor={{ column: sort.column, direction: sort.descending ? 'descending' : 'ascending' }}
        onSortChange={({ column, direction }) =>
          onSort({ column: column as BoardColumn, descending: direction === 'descending' })
        }
      >
        <TableHeader>
          <Column className="column narrow">
            <Checkbox slot="selection" className="checkbox" />
          </Column>
          {columns.map((id) => (
            <Column key={id} id={id} className="column" isRowHeader={id === 'name'} allowsSorting={id !== 'systems'}>
              {({ sortDirection }) => (
                <>
                  {t(`envs.columns.${id}`)}
                  {sortDirection !== undefined && (
                    <span aria-hidden="true">{sortDirection === 'ascending' ? ' ↑' : ' ↓'}</span>
                  )}
                </>
              )}
            </Column>
          ))}
          <Column className="column narrow">
            <span className="visually-hidden">{t('common.more')}</span>
          </Column>
        </TableHeader>
        <TableBody>
          {envs.map((env) => (
            <EnvRow key={env.name} env={env} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
});

const EnvRow = observer(function EnvRow({ env }: { env: Env }) {
  const { vms: vmStore } = useStores();
  const t = useWords();
  const format = useFormat();
  const vms = vmStore.ofEnv(env.name);
  const running = vms.filter(({ state }) => state === 'running').length;
  return (
    <Row id={env.name} className="row" textValue={env.name}>
      <Cell className="narrow">
        <Checkbox slot="selection" className="checkbox" />
      </Cell>
      <Cell>
        <strong className="mono">{env.name}</strong> <span className="muted">{env.title}</span>
      </Cell>
      <Cell>
        <StateLabel mark={envMarks[env.state]} word={t(`common.states.${env.state}`)} />
      </Cell>
      <Cell>
        <LifetimeRing env={env} />
      </Cell>
      <Cell className="number">{t('envs.running', { running, total: vms.length })}</Cell>
      <Cell>
        <span className="card-systems">
          {countSystems(vms.map(({ image }) => image)).map(({ os, count }) => (
            <OsMark key={os} os={os} count={count} />
          ))}
        </span>
      </Cell>
      <Cell>{env.owner}</Cell>
      <Cell className="number">{format.time(env.startAt)}</Cell>
      <Cell className="narrow">
        <EnvMenu env={env} small />
      </Cell>
    </Row>
  );
});
