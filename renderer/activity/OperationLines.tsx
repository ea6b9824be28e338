// Running operations of a page, in one line: the newest, and the others on demand.
import type { Operation } from '@tt/protocol';
import { FewRows } from '../components/lists/FewRows.tsx';
import { useWords } from '../i18n/index.ts';
import { OperationLine } from './OperationLine.tsx';

const MOST = 1;
const HEIGHT = 32;

export function OperationLines({ operations }: { operations: readonly Operation[] }) {
  const t = useWords();
  if (operations.length === 0) return null;
  return (
    <FewRows
      items={operations}
      most={MOST}
      keep="last"
      keyOf={({ id }) => id}
      height={HEIGHT}
      className="operation-lines"
      label={t('activity.running')}
    >
      {(operation, place) => (
        <li key={operation.id} className="operation-place" {...place}>
          <OperationLine operation={operation} />
        </li>
      )}
    </FewRows>
  );
}
