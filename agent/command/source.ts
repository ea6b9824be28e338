// Where a tt-agent command takes its configuration from: its flags, the file, and this user's state folder.
import { stateDirectory } from '@tt/client/node';
import type { Command } from 'commander';
import { givenFlags } from '../config/flags.ts';
import { readConfig } from '../config/read-config.ts';
import type { AgentConfig } from '../config.ts';

/** Reads file and flags again at each call. Rejects with ConfigError. */
export function configReader(command: Command): () => Promise<AgentConfig> {
  const flags = givenFlags(command);
  return () => readConfig({ flags, defaultHome: stateDirectory(), isRoot: process.getuid?.() === 0 });
}
