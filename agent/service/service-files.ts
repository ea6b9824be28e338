// What the service consists of on a host without the Debian package: the unit, slice and configuration of the package, with other paths,
// the program with its Node, a manual page and completion.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  completionFile,
  type CompletionShell,
  completionScript,
  completionShells,
  type DocumentedCommand,
} from '@tt/client/command-docs';

/** In the texts below: by it a later install or uninstall knows what it may replace or remove. */
export const INSTALL_MARK = 'Written by tt-agent install.';
export const PROGRAM_FOLDER = '/usr/local/lib/tt-agent';
export const LAUNCHER = '/usr/local/bin/tt-agent';
export const CONFIGURATION = '/etc/tt/agent.yaml';
export const STATE_FOLDER = '/var/lib/tt';
/** Of the Debian package, in both places where systemd looks for it. */
export const PACKAGED_UNITS = ['/usr/lib/systemd/system/tt-agent.service', '/lib/systemd/system/tt-agent.service'];

const UNIT_FILES = path.join(import.meta.dirname, 'unit-files');
const COMPLETIONS: Record<CompletionShell, string> = {
  bash: '/usr/local/share/bash-completion/completions',
  zsh: '/usr/local/share/zsh/site-functions',
  fish: '/usr/local/share/fish/vendor_completions.d',
};

export interface ServiceFile {
  path: string;
  text: string;
  mode: number;
  /** `mark`: replaced and removed only with the mark in it. `keep`: written only where there is none, and never removed. */
  rule: 'mark' | 'keep';
}

/** `hasWindow`: the built window is part of the program folder. `manual`: tt-agent(8). */
export async function serviceFiles(
  program: DocumentedCommand,
  manual: string,
  hasWindow: boolean,
): Promise<ServiceFile[]> {
  const unit = async (name: string) => `# ${INSTALL_MARK}\n${await textOf(name)}`;
  const configuration = await textOf('agent.yaml');
  const ours = (file: string, text: string, mode = 0o644): ServiceFile => ({ path: file, text, mode, rule: 'mark' });
  return [
    ours('/etc/systemd/system/tt.slice', await unit('tt.slice')),
    ours(
      '/etc/systemd/system/tt-agent.service',
      (await unit('tt-agent.service')).replaceAll('/usr/bin/tt-agent', LAUNCHER),
    ),
    ours(
      LAUNCHER,
      `#!/bin/sh\n# ${INSTALL_MARK}\nunset NODE_OPTIONS\nexec ${PROGRAM_FOLDER}/node ${PROGRAM_FOLDER}/agent/main.js "$@"\n`,
      0o755,
    ),
    {
      path: CONFIGURATION,
      text: (hasWindow ? configuration : withoutWindow(configuration))
        .replaceAll('/usr/lib/tt-agent', PROGRAM_FOLDER)
        .replaceAll('/usr/share/doc/tt-agent/', 'docs/'),
      mode: 0o644,
      rule: 'keep',
    },
    ours('/usr/local/share/man/man8/tt-agent.8', `.\\" ${INSTALL_MARK}\n${manual}`),
    ...completionShells.map((shell) =>
      ours(
        path.join(COMPLETIONS[shell], completionFile(shell, 'tt-agent')),
        // zsh reads the first line.
        `${completionScript(shell, program)}# ${INSTALL_MARK}\n`,
      ),
    ),
  ];
}

function textOf(name: string): Promise<string> {
  return readFile(path.join(UNIT_FILES, name), 'utf8');
}

function withoutWindow(configuration: string): string {
  return configuration.replace(/^window:\n(?: .*\n)+\n?/m, '');
}
