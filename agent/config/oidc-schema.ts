// The keys of the configuration file about logins by an OpenID provider.
import { roleSchema } from '@tt/protocol';
import { z } from 'zod';

const text = z.string().min(1).max(2048);
const names = z.array(z.string().min(1).max(256)).max(1000).default([]);
const claim = z.string().min(1).max(256);

const groupsOf = (role: string) =>
  names.meta({
    description: `Groups whose members are ${role}, from each login on. The highest role counts.`,
    live: true,
  });

export const oidcSchema = z
  .strictObject({
    issuer: z.string().refine(isSafeAddress, 'must be the https address that the provider gives as its issuer').meta({
      description: 'The issuer of the provider, exactly as it names itself. Plain http only at a loopback address.',
      live: true,
    }),
    clientId: text.meta({ description: 'What the provider calls this server.', live: true }),
    clientSecretFile: text.nullable().default(null).meta({
      description:
        'File with the secret that the provider gave for it, read at each login. A relative path is relative to the folder of this file.',
      defaultText: 'none: the provider knows it as a public client',
      live: true,
    }),
    serverUrl: z
      .string()
      .refine(isSafeAddress, 'must be an https address without a path; http only for a loopback address')
      .refine(isOrigin, 'must be scheme, host and port alone, e.g. https://tt.example:9527')
      .meta({
        description:
          'Where browsers reach this server, or the proxy in front of it. The provider must know `/login/callback` there as a redirect URI.',
        live: true,
      }),
    name: z.string().min(1).max(40).default('OpenID').meta({
      description: 'What people call the provider; the window shows “Log in with NAME”.',
      live: true,
    }),
    scopes: z
      .array(z.string().regex(/^[!#-[\]-~]+$/, 'must be visible ASCII without quotes and backslashes'))
      .max(32)
      .default(['openid', 'profile', 'email'])
      .refine((scopes) => scopes.includes('openid'), 'must contain openid')
      .meta({ description: 'What the provider is asked for.', live: true }),
    caFile: text.nullable().default(null).meta({
      description: 'File with authorities (PEM) that count for the provider besides the usual ones.',
      defaultText: 'none',
      live: true,
    }),
    createUsers: z.boolean().default(false).meta({
      description:
        'Whether somebody who comes for the first time gets a user. Otherwise an administrator links them: `tt user link`.',
      live: true,
    }),
    nameClaim: claim.default('preferred_username').meta({
      description: 'The claim that names a user who is created. Of an address only what is before the `@` counts.',
      live: true,
    }),
    role: roleSchema.default('user').meta({ description: 'The role of users who are created.', live: true }),
    domains: names.meta({
      description:
        'Only people with a verified address (claims `email` and `email_verified`) in one of these domains may come in. Empty: all.',
      live: true,
    }),
    groupsClaim: claim.default('groups').meta({ description: 'The claim with the groups of a person.', live: true }),
    groups: names.meta({ description: 'Only members of one of these groups may come in. Empty: all.', live: true }),
    roles: z
      .strictObject({
        admin: groupsOf('administrators'),
        user: groupsOf('users'),
        viewer: groupsOf('viewers'),
      })
      .prefault({}),
  })
  .nullable()
  .default(null)
  .meta({
    description:
      'Logins by an OpenID provider. With any group in `roles`, whoever is in none of them may not come in, and roles of linked users follow the groups.',
    defaultText: 'none',
    live: true,
  });

/** As the agent works with it. */
export type OidcConfig = NonNullable<z.output<typeof oidcSchema>>;

/** Tokens and secrets go there. */
function isSafeAddress(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  const { username, password, hash, search, pathname } = url;
  const isBare = [username, password, hash, search].every((part) => part === '') && !pathname.includes('/.well-known/');
  if (!isBare) return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(127\.[\d.]+|\[::1\]|localhost)$/.test(url.hostname))
  );
}

function isOrigin(address: string): boolean {
  return URL.parse(address)?.origin === address;
}
