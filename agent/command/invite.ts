// `tt-agent invite`: a link for one person, made by the running agent. It works once, for ten minutes.
import { connectNode, joinLink, namedUrl, print, printError } from '@tt/client/node';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';
import { agentSoon } from './wait.ts';

/** A link to the window of an agent, for its user `local`. */
export type MakeLink = (config: AgentConfig) => Promise<string>;

export function printInvitation(read: () => Promise<AgentConfig>, makeLink: MakeLink): Promise<void> {
  return endWithWords(async () => {
    const config = await read();
    // Alone on standard output, for scripts.
    print(`${await makeLink(config)}\n`);
    printError(
      'It works once, for ten minutes: in the desktop app, in a browser, or with "tt config --serv-addr LINK".\n',
    );
  });
}

/** One that was just started as a service is not there at once. */
const STARTING_MS = 10_000;

/** Rejects with AGENT_NOT_RUNNING. */
export async function linkOfRunningAgent({ home }: AgentConfig): Promise<string> {
  const agent = await agentSoon(home, STARTING_MS);
  const connection = connectNode(agent);
  try {
    const { code } = await connection.client.session.invite();
    return joinLink({ ...agent, url: namedUrl(agent.url) }, code);
  } finally {
    connection.close();
  }
}
