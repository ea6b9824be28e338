// The server that `tt` uses: the one selected with `tt config`, otherwise the private agent of this computer.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  findPrivateAgent,
  type NodeConnection,
  PlainCalls,
  type ReadCall,
  type ReadOutput,
  readIfThere,
  readOnce,
  stateDirectory,
  writePrivateFile,
} from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { z } from 'zod';

const choiceSchema = z.strictObject({
  url: z.url(),
  /** null: it is in TT_TOKEN when it is needed. */
  token: z.string().min(1).nullable(),
  /** PEM of the authority that is pinned; absent: those that the system trusts, or plain HTTP on this computer. */
  authority: z.string().min(1).optional(),
  /** What the user calls this choice. */
  name: z.string().min(1).max(200).optional(),
});
export type ServerChoice = z.infer<typeof choiceSchema>;

function choiceFile(): string {
  return path.join(stateDirectory(), 'cli.json');
}

/** The server chosen with `tt config`; null when none is. Rejects with FILE_UNUSABLE for a file that holds no choice. */
export async function readChoice(): Promise<ServerChoice | null> {
  const text = await readIfThere(choiceFile());
  if (text === null) return null;
  const choice = choiceIn(text);
  if (choice === null) throw new TtError('FILE_UNUSABLE', { file: choiceFile(), reason: reason('notSettings') });
  return choice;
}

/** As {@link readChoice}, but null for a file that holds no choice: for a new one in place of it. */
export async function readChoiceToReplace(): Promise<ServerChoice | null> {
  const text = await readIfThere(choiceFile());
  return text === null ? null : choiceIn(text);
}

/** null: it was broken by hand, or cut. */
function choiceIn(text: string): ServerChoice | null {
  try {
    return choiceSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Keeps the choice where only the owner can read it; null goes back to the private agent. */
export async function writeChoice(choice: ServerChoice | null): Promise<void> {
  if (choice === null) return rm(choiceFile(), { force: true });
  await mkdir(stateDirectory(), { recursive: true, mode: 0o700 });
  await writePrivateFile(choiceFile(), `${JSON.stringify(choice)}\n`);
}

export interface Server {
  kind: 'private' | 'server';
  url: string;
  token: string;
  /** Whether it has to prove that it knows the token before it is told. */
  mustProve: boolean;
  /** PEM of the only authority that counts for it; null: those that the system trusts, or plain HTTP on this computer. */
  authority: string | null;
}

/** Rejects with AGENT_NOT_RUNNING when there is neither a choice nor a private agent, with UNAUTHORIZED without a token. */
export async function findServer(): Promise<Server> {
  const choice = await readChoice();
  if (choice) {
    const token = choice.token ?? process.env['TT_TOKEN']?.trim();
    if (!token) throw new TtError('UNAUTHORIZED', {});
    return { kind: 'server', url: choice.url, token, mustProve: false, authority: choice.authority ?? null };
  }
  const { url, token, mustProve, authority } = await findPrivateAgent();
  return { kind: 'private', url, token, mustProve, authority };
}

/** What leads to the server: plain calls, which cost little, and the link, which can do everything. */
export interface Reach {
  readonly plain: PlainCalls;
  /** Made when it is first asked for. */
  link(): Promise<NodeConnection>;
}

/** Runs `work` with a connection and closes it, whatever happens. */
export async function withServer<Result>(
  work: (connection: NodeConnection, server: Server) => Promise<Result>,
): Promise<Result> {
  return withLink(await findServer(), work);
}

/** Runs `work` with what leads to the server, and closes whatever of it was used. */
export async function withReach<Result>(work: (reach: Reach) => Promise<Result>): Promise<Result> {
  const server = await findServer();
  const plain = new PlainCalls(server);
  let linking: Promise<NodeConnection> | null = null;
  try {
    return await work({ plain, link: () => (linking ??= linkTo(server)) });
  } finally {
    plain.close();
    // Whoever asked for it knows why there is none.
    await (linking as Promise<NodeConnection> | null)?.then(
      (connection) => connection.close(),
      () => {},
    );
  }
}

/** The answer of one read that takes no input, and of which server. For commands that ask nothing else. */
export async function readServer<Name extends ReadCall>(
  name: Name,
): Promise<{ answer: ReadOutput<Name>; server: Server }> {
  const server = await findServer();
  const answer = await readOnce(server, name);
  if (answer !== null) return { answer, server };
  const [group = '', method = ''] = name.split('.');
  return withLink(server, async ({ client }) => {
    const calls = client as unknown as Record<string, Record<string, () => Promise<ReadOutput<Name>>>>;
    const ask = calls[group]?.[method];
    if (ask === undefined) throw new Error(`there is no call ${name}`);
    return { answer: await ask(), server };
  });
}

async function withLink<Result>(
  server: Server,
  work: (connection: NodeConnection, server: Server) => Promise<Result>,
): Promise<Result> {
  const connection = await linkTo(server);
  try {
    return await work(connection, server);
  } finally {
    connection.close();
  }
}

async function linkTo(server: Server): Promise<NodeConnection> {
  // What the link is made of takes longer to load than all else of `tt`, and not every command needs it.
  const { connectNode } = await import('@tt/client/node/connect');
  return connectNode(server);
}
