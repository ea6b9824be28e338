// What the border asks about people: the users and tokens of the state.
import type { Directory, DirectoryToken } from '@tt/server';
import type { DeviceTokens } from './device-tokens.ts';
import type { TokenRecord } from './token-record.ts';
import type { Users } from './users.ts';

export function peopleDirectory(users: Users, tokens: DeviceTokens): Directory {
  return {
    user(name) {
      const found = users.find(name);
      return found && found.disabledAt === null ? { role: found.role, anchor: found.id } : null;
    },
    token: (sha256) => viewOf(tokens.findBySecret(sha256)),
    tokenById: (id) => viewOf(tokens.find(id)),
    used: (tokenId, address) => tokens.use(tokenId, address),
    look: () => tokens.look(),
    onChange(listener) {
      const stops = [users.onChange(listener), tokens.onRevoked(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function viewOf(record: TokenRecord | null): DirectoryToken | null {
  return record && { id: record.id, userName: record.userName, anchor: record.anchor };
}
