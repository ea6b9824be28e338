// A list of operations, of which there may be thousands within an hour.
import type { Operation } from '@tt/protocol';
import { Rows } from '../components/lists/Rows.tsx';
import { OperationRow } from './OperationRow.tsx';

const HEIGHT = 35;

export function OperationRows({ label, operations }: { label: string; operations: readonly Operation[] }) {
  return (
    <Rows items={operations} keyOf={({ id }) => id} height={HEIGHT} label={label}>
      {(operation, place) => <OperationRow key={operation.id} operation={operation} place={place} />}
    </Rows>
  );
}
