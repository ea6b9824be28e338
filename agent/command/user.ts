// `tt-agent user add`: prints a random token once, and the entry for the configuration file that contains its hash.
import { print } from '@tt/client/node';
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '@tt/protocol';
import { checkConfigText } from '../config/config-file.ts';
import type { ConfigUser } from '../config.ts';
import { endWithWords } from './ending.ts';

export function addUser(name: string, role: Role): Promise<void> {
  return endWithWords(async () => {
    const token = randomBytes(32).toString('base64url');
    const user = { name, tokenSha256: createHash('sha256').update(token).digest('hex'), role };
    // A name the agent would refuse is refused here, before anybody is given a token.
    checkConfigText(JSON.stringify({ users: [user] }), 'user add');
    print(
      `Token of ${name}, shown only now:\n\n  ${token}\n\n` +
        `Put this into the agent’s configuration file, then send the agent SIGHUP:\n\n${entryOf(user)}`,
    );
  });
}

/** Digits in quotes: a hash may look like a number to YAML. */
export function entryOf({ name, tokenSha256, role }: ConfigUser): string {
  return `users:\n  - name: ${JSON.stringify(name)}\n    tokenSha256: "${tokenSha256}"\n    role: ${role}\n`;
}
