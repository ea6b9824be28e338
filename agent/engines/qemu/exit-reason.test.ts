// Every way a VM may end, and whether it was to be expected.
import { expect, it } from 'vitest';
import { type ExitClues, explainExit } from './exit-reason.ts';

const table: [ExitClues, boolean, string][] = [
  [{ stopped: true, end: { exitCode: null, signal: 'SIGKILL' } }, true, 'stopped by TT'],
  [
    { shutdown: { guest: true, reason: 'guest-shutdown' }, end: { exitCode: 0, signal: null } },
    true,
    'the guest powered off',
  ],
  [{ shutdown: { guest: true, reason: 'guest-panic' } }, false, "the guest's kernel panicked"],
  [{ shutdown: { guest: false, reason: 'host-qmp-quit' } }, true, 'QEMU was told to quit'],
  [
    { shutdown: { guest: false, reason: 'host-signal' } },
    false,
    'QEMU was ended by a signal (SIGTERM, SIGINT or SIGHUP)',
  ],
  [{ end: { exitCode: null, signal: 'SIGKILL' } }, false, 'QEMU was killed by SIGKILL'],
  [{ end: { exitCode: 1, signal: null } }, false, 'QEMU exited with status 1'],
  [{}, false, 'QEMU crashed or was killed (SIGKILL leaves no trace)'],
];

it.each(table)('%j', (clues, expected, reason) => {
  expect(explainExit(clues)).toEqual({ expected, reason });
});
