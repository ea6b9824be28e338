// A guest agent that answers anything to a host that runs commands by it: each failure is one of guests, nothing else is thrown, and
// no more of an output is taken than one piece has.
// @module-tag deep
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EngineError } from '../engines/errors.ts';
import {
  endOf,
  isWindows,
  missingCalls,
  PIECE_BYTES,
  readPiece,
  startProgram,
} from '../guest-channel/by-agent/agent-calls.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { fuzz, fuzzing, mutatedJson } from '../testing/fuzz.ts';

const piece = { count: 5, 'buf-b64': 'aGVsbG8=', eof: false };
const sample = {
  'guest-exec': { pid: 4711 },
  'guest-exec-status': { exited: true, exitcode: 3, signal: 9 },
  'guest-file-open': 7,
  'guest-file-read': piece,
  'guest-info': { supported_commands: [{ name: 'guest-exec', enabled: true }] },
  'guest-get-osinfo': { id: 'mswindows' },
};

it('its answers', fuzzing, async () => {
  await fuzz(fc.tuple(mutatedJson(sample), fc.constant(null)), async ([answers]) => {
    const all = (answers ?? {}) as Record<string, unknown>;
    const agent = { execute: async (command: string) => all[command] };
    const calls: (() => Promise<unknown>)[] = [
      async () => expect(await startProgram(agent, { path: 'x', arg: [] })).toBeGreaterThan(1),
      async () => endOf(agent, 1),
      async () => expect((await readPiece(agent, '/x'))?.length ?? 0).toBeLessThanOrEqual(PIECE_BYTES + 2),
      async () => missingCalls(agent),
      async () => isWindows(agent),
    ];
    for (const call of calls) {
      await call().catch((error: unknown) => {
        expect(error instanceof GuestError || error instanceof EngineError).toBe(true);
      });
    }
  });
});
