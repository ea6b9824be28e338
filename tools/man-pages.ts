// The manual pages of all programs, by file name.
import { agentManPage } from '../agent/command/man-page.ts';
import { program as agentProgram } from '../agent/command/program.ts';
import { manPage } from '../cli/man-page.ts';
import { allCommands } from '../cli/program.ts';
import { TT_VERSION } from '../cli/version.ts';
import { proxyCommand } from '../proxy/config.ts';
import { proxyManPage } from '../proxy/man-page.ts';

export async function manPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['tt.1', manPage(await allCommands())],
    ['tt-agent.8', agentManPage(agentProgram('main.ts'))],
    ['tt-proxy.8', proxyManPage(proxyCommand(), TT_VERSION)],
  ]);
}
