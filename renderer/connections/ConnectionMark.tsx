// The colour of a connection, by which one tells servers apart at a glance; its name stands beside it.
import type { ConnectionColor } from '../bridge.ts';

export function ConnectionMark({ color }: { color: ConnectionColor }) {
  return <span className="connection-mark" data-color={color} aria-hidden="true" />;
}
