// Names that the server has at this moment, by what they name: for completion.
import { readSystems } from './reach.ts';
import { readServer, withServer } from './server-choice.ts';

export type NameKind =
  | 'env'
  | 'vm'
  | 'system'
  | 'image'
  | 'medium'
  | 'lab'
  | 'profile'
  | 'template'
  | 'snapshot'
  | 'operation'
  | 'run'
  | 'transfer'
  | 'session'
  | 'user'
  | 'team'
  | 'deletedEnv'
  | 'token';

/** `envName`: the ENV whose VMs or snapshots are meant; without it VMs are named with their ENV. Rejects without a server. */
export async function namesOf(kind: NameKind, envName?: string): Promise<string[]> {
  switch (kind) {
    case 'deletedEnv':
      return withServer(async ({ client }) => namesIn((await client.env.listDeleted()).envs));
    case 'env':
      return (await readServer('env.list')).answer.envs.map(({ name }) => name);
    case 'system':
      return readSystems();
    case 'image':
      return (await readServer('image.list')).answer.images.map(({ name }) => name);
    case 'medium':
      return (await readServer('image.list')).answer.images.flatMap(({ name, kind: of }) =>
        of === 'iso' ? [name] : [],
      );
    case 'lab':
      return (await readServer('lab.list')).answer.labs.map(({ name }) => name);
    case 'profile':
      return (await readServer('profile.list')).answer.profiles.map(({ name }) => name);
    case 'template':
      return (await readServer('template.list')).answer.templates.map(({ name }) => name);
    case 'vm':
      return vmNames(envName);
    case 'snapshot':
      return envName === undefined
        ? []
        : withServer(async ({ client }) => namesIn((await client.snapshot.list({ envName })).snapshots));
    case 'operation':
      return withServer(async ({ client }) =>
        (await client.operation.list()).operations.flatMap(({ id, cancellable, state }) =>
          cancellable && state === 'running' ? [id] : [],
        ),
      );
    case 'run':
      return withServer(async ({ client }) => (await client.run.list({})).runs.map(({ id }) => id));
    case 'transfer':
      return withServer(async ({ client }) => (await client.transfer.list()).transfers.map(({ id }) => id));
    case 'session':
      return withServer(async ({ client }) => (await client.session.list()).sessions.map(({ id }) => id));
    case 'user':
      return (await readServer('user.list')).answer.users.map(({ name }) => name);
    case 'team':
      return (await readServer('team.list')).answer.teams.map(({ name }) => name);
    case 'token':
      return (await readServer('token.list')).answer.tokens.map(({ id }) => id);
    default:
      return kind satisfies never;
  }
}

function vmNames(envName: string | undefined): Promise<string[]> {
  return withServer(async ({ client }) => {
    if (envName !== undefined) {
      const { vms } = await client.env.show({ name: envName });
      return namesIn(vms).map((name) => name.slice(envName.length + 1));
    }
    const { firstPicture } = await import('./first-picture.ts');
    return namesIn((await firstPicture(client)).vms);
  });
}

function namesIn(all: readonly { name: string }[]): string[] {
  return all.map(({ name }) => name);
}
