// What a window may ask about connections: the shapes, and what each does. renderer/bridge.ts has the same types.
import type { ServerCertificate } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { z } from 'zod';
import { connectionIdSchema as idSchema } from '../session/connection-id.ts';
import type { Connections } from '../session/connections.ts';
import type { SshConfig } from '../ssh/ssh-config.ts';
import { sshRouteSchema } from '../ssh/ssh-route.ts';
import { type ConnectionsAnswer, connectionColors, failureOf } from '../session/connection-state.ts';
import { importedServerSchema, MAX_NAME_LENGTH, MOST_SERVERS } from '../session/saved-connections.ts';
import { wayInSchema } from '../session/way-in.ts';

const nameSchema = z.string().max(MAX_NAME_LENGTH);
const colorSchema = z.enum(connectionColors);

export const connectionRequestSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('list') }),
  z.strictObject({ do: z.literal('show'), id: idSchema }),
  z.strictObject({ do: z.literal('open'), id: idSchema }),
  z.strictObject({ do: z.literal('close'), id: idSchema }),
  z.strictObject({
    do: z.literal('add'),
    address: z.string().max(2048),
    token: z.string().max(4096),
    wayIn: wayInSchema.optional(),
    fingerprint: z.string().max(256).nullable(),
    ssh: sshRouteSchema.nullable(),
    sshKeys: z.array(z.string().max(128)).max(2),
    name: nameSchema,
    color: colorSchema.nullable(),
  }),
  z.strictObject({ do: z.literal('change'), id: idSchema, name: nameSchema, color: colorSchema }),
  // Never the private agent: this computer is always there.
  z.strictObject({ do: z.literal('remove'), id: z.uuid() }),
  z.strictObject({ do: z.literal('setDefault'), id: idSchema.nullable() }),
  z.strictObject({ do: z.literal('dismiss') }),
  z.strictObject({ do: z.literal('import'), servers: z.array(importedServerSchema).max(MOST_SERVERS) }),
  z.strictObject({ do: z.literal('sshNames') }),
  z.strictObject({ do: z.literal('certificate'), id: z.uuid() }),
  z.strictObject({
    do: z.literal('openPort'),
    id: idSchema,
    vmId: z.string().min(1).max(64),
    guestPort: z.int().min(1).max(65_535),
  }),
]);
export type ConnectionRequest = z.infer<typeof connectionRequestSchema>;

type Done = Pick<
  Connections,
  'view' | 'show' | 'open' | 'close' | 'add' | 'change' | 'remove' | 'setDefault' | 'dismiss' | 'importServers'
>;

/** What is asked of others than the connections. */
export interface Beside {
  sshNames: SshConfig['names'];
  certificateAt: (url: string) => Promise<ServerCertificate>;
  /** The port of this computer that leads to a port of a guest. */
  openPort: (id: string, vmId: string, guestPort: number) => Promise<number>;
}

/** Never rejects: a failure is an answer, as errors lose their code on the way to a window. */
export async function answerConnectionRequest(
  connections: Done,
  request: ConnectionRequest,
  beside: Beside,
): Promise<ConnectionsAnswer> {
  try {
    if (request.do === 'sshNames') return { ok: true, sshNames: await beside.sshNames(), view: connections.view() };
    if (request.do === 'certificate') {
      const certificate = await certificateOf(connections, request.id, beside);
      return { ok: true, certificate, view: connections.view() };
    }
    if (request.do === 'openPort') {
      const localPort = await beside.openPort(request.id, request.vmId, request.guestPort);
      return { ok: true, localPort, view: connections.view() };
    }
    await carryOut(connections, request);
    return { ok: true, view: connections.view() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** null: it has none. Asked anew each time, also while the connection is refused for its certificate. */
async function certificateOf(
  connections: Pick<Done, 'view'>,
  id: string,
  { certificateAt }: Beside,
): Promise<ServerCertificate | null> {
  const found = connections.view().connections.find((one) => one.id === id);
  if (!found) throw new TtError('CONNECTION_UNKNOWN', { id });
  return found.address?.startsWith('https:') === true && found.ssh === null ? certificateAt(found.address) : null;
}

async function carryOut(
  connections: Done,
  request: Exclude<ConnectionRequest, { do: 'sshNames' | 'certificate' | 'openPort' }>,
): Promise<void> {
  switch (request.do) {
    case 'list':
      return;
    case 'show':
      return connections.show(request.id);
    case 'open':
      return connections.open(request.id);
    case 'close':
      return connections.close(request.id);
    case 'add': {
      const { do: _do, ...server } = request;
      return connections.add(server);
    }
    case 'change':
      return connections.change(request.id, request);
    case 'remove':
      return connections.remove(request.id);
    case 'setDefault':
      return connections.setDefault(request.id);
    case 'dismiss':
      return connections.dismiss();
    case 'import':
      return connections.importServers(request.servers);
    default:
      request satisfies never;
  }
}
