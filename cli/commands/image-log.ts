// `tt image log`: what the last build of an image printed, also while it goes on.
import { type ImageBuildLog, MOST_LOG_WAIT_MS, type TtClient } from '@tt/protocol';
import type { Command } from 'commander';
import { interrupted } from '../interrupts.ts';
import { printJson, printJsonLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addImageLog(image: Command): void {
  withJson(image.command('log <name>'))
    .description('show the end of what the last build of an image printed')
    .option('--follow', 'go on with what comes, until the build ends; with --json, one line of JSON for each part')
    .action(async (name: string, { follow = false }: { follow?: boolean }, command: Command) => {
      const json = wantsJson(command);
      await withServer(async ({ client }) => {
        if (follow) await followLog(client, name, json);
        else await showLog(client, name, json);
      });
    });
}

/** All that is kept, which may take several answers. */
async function showLog(client: TtClient, name: string, json: boolean): Promise<void> {
  let answer = await client.image.buildLog({ name });
  const { offset } = answer;
  let text = '';
  for (const { startedAt } = answer; answer.text !== '' && answer.startedAt === startedAt; ) {
    text += answer.text;
    answer = await client.image.buildLog({ name, offset: answer.nextOffset });
  }
  if (json) printJson({ ...answer, offset, text });
  else print(answer.state === 'none' ? notBuilt(name) : text);
}

async function followLog(client: TtClient, name: string, json: boolean): Promise<void> {
  const waiting = interrupted();
  const { signal } = waiting;
  try {
    let offset = 0;
    let startedAt: ImageBuildLog['startedAt'] = null;
    while (!signal.aborted) {
      const answer = await client.image.buildLog({ name, offset, waitMs: MOST_LOG_WAIT_MS }, { signal });
      const isOther = startedAt !== null && answer.startedAt !== startedAt;
      startedAt = answer.startedAt;
      // Another build has begun: its log is read from its beginning.
      if (isOther) offset = 0;
      else {
        if (json) printJsonLine(answer);
        else print(answer.state === 'none' ? notBuilt(name) : answer.text);
        offset = answer.nextOffset;
        if (answer.state !== 'running' && answer.text === '') return;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    waiting.stop();
  }
}

function notBuilt(name: string): string {
  return `${name} was not built since the agent began\n`;
}
