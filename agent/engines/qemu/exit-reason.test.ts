// Every way a VM can end, and whether it was expected.
import { reason, type Reason } from '@tt/protocol';
import { expect, it } from 'vitest';
import { type ExitClues, explainExit } from './exit-reason.ts';

const table: [ExitClues, boolean, Reason][] = [
  [{ stopped: true, end: { exitCode: null, signal: 'SIGKILL' } }, true, reason('stoppedByTt')],
  [
    { shutdown: { guest: true, reason: 'guest-shutdown' }, end: { exitCode: 0, signal: null } },
    true,
    reason('poweredOff'),
  ],
  [{ shutdown: { guest: true, reason: 'guest-panic' } }, false, reason('guestPanicked')],
  [{ shutdown: { guest: false, reason: 'host-qmp-quit' } }, true, reason('engineQuit')],
  [{ shutdown: { guest: false, reason: 'host-signal' } }, false, reason('endedBySignal')],
  [{ end: { exitCode: null, signal: 'SIGKILL' } }, false, reason('killedBy', { signal: 'SIGKILL' })],
  [{ end: { exitCode: 1, signal: null } }, false, reason('exitedWith', { exitCode: 1 })],
  [{}, false, reason('crashed')],
];

it.each(table)('%j', (clues, expected, why) => {
  expect(explainExit(clues)).toEqual({ expected, reason: why });
});
