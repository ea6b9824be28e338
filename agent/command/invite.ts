// `tt-agent invite`: a link for one person, made by the running agent. It works once.
import { connectNode, joinLink, namedUrl, print, printError } from '@tt/client/node';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';
import { agentSoon } from './wait.ts';

/** A link to the window of an agent, for a user of it; null: for `local`. */
export type MakeLink = (config: AgentConfig, userName: string | null) => Promise<string>;

export function printInvitation(
  read: () => Promise<AgentConfig>,
  makeLink: (config: AgentConfig) => Promise<string>,
): Promise<void> {
  return endWithWords(async () => {
    const config = await read();
    // Alone on standard output, for scripts.
    print(`${await makeLink(config)}\n`);
    printError('It works once: in the desktop app, in a browser, or with "tt config --serv-addr LINK".\n');
  });
}

/** One that was just started as a service is not there at once. */
const STARTING_MS = 10_000;

/** Rejects with AGENT_NOT_RUNNING, USER_NOT_FOUND. */
export async function linkOfRunningAgent({ home }: AgentConfig, userName: string | null): Promise<string> {
  const agent = await agentSoon(home, STARTING_MS);
  const connection = connectNode(agent);
  try {
    const { session, user } = connection.client;
    const { code } = await (userName === null ? session.invite() : user.invite({ name: userName }));
    return joinLink({ ...agent, url: namedUrl(agent.url) }, code);
  } finally {
    connection.close();
  }
}
