// `tt-agent install` and `tt-agent uninstall`: the agent as a service on distributions for which there is no package.
import path from 'node:path';
import { print } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { isThere } from '../host/is-there.ts';
import { installService, type ProgramSource, uninstallService } from '../service/install.ts';
import {
  CONFIGURATION,
  PROGRAM_FOLDER,
  type ServiceFile,
  STATE_FOLDER,
  serviceFiles,
} from '../service/service-files.ts';
import { thisServiceHost } from '../service/service-host.ts';
import { endWithWords } from './ending.ts';
import { agentManPage } from './man-page.ts';

/** `entry`: the file that was started. */
export function install(program: Command, entry: string, dryRun: boolean): Promise<void> {
  return endWithWords(async () => {
    const source = await sourceOf(entry);
    const files = await filesFor(program, source.window !== null);
    if (dryRun) {
      print(planText(source, files));
      return;
    }
    if (!entry.endsWith('.js')) throw new TtError('INSTALL_NOT_BUILT', {});
    await installService(thisServiceHost, source, files);
    print('TT runs. A link for the first person: tt-agent invite\n');
  });
}

export function uninstall(program: Command): Promise<void> {
  return endWithWords(async () => {
    const removed = await uninstallService(thisServiceHost, await filesFor(program, true));
    print(removed.length === 0 ? 'Nothing was installed.\n' : removed.map((file) => `removed ${file}\n`).join(''));
    print(`VMs that run keep running. ${CONFIGURATION} and ${STATE_FOLDER} stay: delete them if nobody needs them.\n`);
  });
}

function filesFor(program: Command, hasWindow: boolean): Promise<ServiceFile[]> {
  return serviceFiles(program, agentManPage(program), hasWindow);
}

/** A checkout has its window in out/renderer, beside out/agent; a package and an installed program beside agent/. */
async function sourceOf(entry: string): Promise<ProgramSource> {
  const agent = path.dirname(entry);
  for (const name of ['window', 'renderer']) {
    const window = path.join(agent, '..', name);
    if (await isThere(path.join(window, 'index.html'))) return { node: process.execPath, agent, window };
  }
  return { node: process.execPath, agent, window: null };
}

function planText({ node, agent, window }: ProgramSource, files: readonly ServiceFile[]): string {
  const copies = [[node, 'node'], [agent, 'agent'], ...(window === null ? [] : [[window, 'window']])].map(
    ([from, name]) => `copy ${from} to ${PROGRAM_FOLDER}/${name}\n`,
  );
  const writes = files.map(({ path: file, text, mode, rule }) => {
    const how = rule === 'keep' ? ', unless it exists' : '';
    return `write ${file} (${mode.toString(8)}${how}):\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`;
  });
  return [...copies, ...writes, 'systemctl daemon-reload, enable and restart tt-agent.service\n'].join('');
}
