// The SSH key of an ENV: what a client needs to log in to its guests, and to know that it is them who answer.
import { z } from 'zod';
import { anyName, port, vmId } from '../model/common.ts';
import { call } from './base.ts';

const hostKeySourceSchema = z
  .enum(['given', 'guest', 'unknown'])
  .describe(
    'Who says so. given: TT made the key and gave it to the guest with its setup. guest: its guest agent, asked now or earlier. unknown: nobody yet.',
  );
export type HostKeySource = z.infer<typeof hostKeySourceSchema>;

/** What `ssh -i` needs. */
export const sshKeySchema = z.object({
  privateKey: z.string().describe('In OpenSSH format: keep it in a file that nobody else can read.'),
  publicKey: z.string().describe('One line of an authorized_keys file.'),
  logins: z
    .array(
      z.object({
        vmId,
        vmName: z.string(),
        user: z.string(),
        host: z.string(),
        port,
        hostKeys: z
          .array(z.string())
          .default([])
          .describe(
            'Its host keys, each as in a known_hosts file behind the name: type and base64. One of them proves it.',
          ),
        hostKeySource: hostKeySourceSchema.default('unknown'),
      }),
    )
    .describe('Its VMs that got the key at their first boot.'),
});
export type SshKey = z.infer<typeof sshKeySchema>;

export const envSshKey = call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_FOUND')
  .route({
    method: 'GET',
    path: '/envs/{name}/ssh-key',
    summary: 'The ENV’s SSH key, which guests with a setup accept, where they listen, and their host keys',
    tags: ['env'],
  })
  .input(z.strictObject({ name: anyName, vmId: vmId.optional().describe('Only the login of this VM.') }))
  .output(sshKeySchema);
