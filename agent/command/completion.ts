// `tt-agent completion`: prints the script with which a shell completes its command line.
import { type CompletionShell, completionScript } from '@tt/client/command-docs';
import { print } from '@tt/client/node';
import type { Command } from 'commander';

export function printCompletion(shell: CompletionShell, program: Command): void {
  print(completionScript(shell, program));
}
