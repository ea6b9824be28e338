// What a guest's helper says of the host key is believed only as a whole: one that says too much has said nothing.
import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { makeSshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { type HelperReset, identityByHelper } from './identity-by-helper.ts';

/** A helper that says nothing of host keys, in a guest whose shell prints `text`. */
function resetOf(text: string) {
  const signal = vi.fn();
  const channel = {
    giveIdentity: async () => 'hostname=web\n',
    exec: () => ({
      stdout: new PassThrough().end(text),
      stderr: new PassThrough().end(),
      stdin: new PassThrough(),
      exit: Promise.resolve({ exitCode: 0, signal: null }),
      signal,
    }),
  };
  const request = { hostname: 'web', machineId: null, macs: [], seed: '00', sshHostKey: makeSshKeyPair('web') };
  const reset = { running: {}, channels: { openFit: async () => channel }, request, now: () => new Date(0) };
  return { reset: reset as unknown as HelperReset, signal };
}

it('puts what the shell says of the host key after what the helper has said', async () => {
  expect(await identityByHelper(resetOf('sshHostKeys=given\n').reset)).toBe('hostname=web\nsshHostKeys=given\n');
});

it('believes nothing of a guest that says more than any server complains of, and ends its command', async () => {
  const { reset, signal } = resetOf(`sshHostKeys=given\n${'x'.repeat(64 * 1024)}`);
  expect(await identityByHelper(reset)).toBe(null);
  expect(signal).toHaveBeenCalledWith('SIGKILL');
});
