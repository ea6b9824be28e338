// `tt-agent firewall show`: the rules in force, each with its reason.
import { connectNode, findPrivateAgent, print } from '@tt/client/node';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';

/** The rules in force as text. */
export type ShowFirewall = (config: AgentConfig) => Promise<string>;

export function printFirewall(read: () => Promise<AgentConfig>, show: ShowFirewall): Promise<void> {
  return endWithWords(async () => {
    print(`${(await show(await read())).trimEnd()}\n`);
  });
}

/** Asks the running agent of the state folder: only it knows the reason for each rule. Rejects with AGENT_NOT_RUNNING. */
export async function firewallOfRunningAgent({ home }: AgentConfig): Promise<string> {
  const connection = connectNode(await findPrivateAgent(home));
  try {
    const { drivers } = await connection.client.host.firewall();
    return drivers.map(({ name, text }) => `# ${name}\n${text.trimEnd()}\n`).join('\n');
  } finally {
    connection.close();
  }
}
