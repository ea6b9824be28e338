// The state of the desktop's connection, as windows see it. renderer/bridge.ts has the same shape (the two
// processes share no code; e2e/host/surface-types.ts compares them at compile time).
import { TtError } from '@tt/protocol';
import { AgentStartError } from './private-agent.ts';

export type ConnectionState =
  | { kind: 'none' }
  | { kind: 'starting'; detail: string }
  | { kind: 'connected'; target: 'private' | 'server'; label: string }
  | { kind: 'failed'; code: string; message: string; fix: string; fingerprint: string | null };

/** A failure in the form windows get; what is no TtError is a fault of the program and is shown as one. */
export function failedState(error: unknown): ConnectionState {
  const known =
    error instanceof TtError || error instanceof AgentStartError
      ? error
      : new TtError('INTERNAL', { requestId: error instanceof Error ? error.message : String(error) });
  return {
    kind: 'failed',
    code: known.code,
    message: known.message,
    fix: known.fix,
    fingerprint: fingerprintIn(known),
  };
}

/** Of a server that can be trusted from now on, if somebody says so. */
function fingerprintIn(error: TtError | AgentStartError): string | null {
  if (!(error instanceof TtError) || error.code !== 'SERVER_NOT_TRUSTED') return null;
  const { fingerprint } = error.data as { fingerprint?: unknown };
  return typeof fingerprint === 'string' ? fingerprint : null;
}
