// Derives the state of a guest's setup from files that the guest wrote: the result of TT's commands (command-runner.ts), and
// cloud-init's own status and result (its docs, “Status and result files”).
import { stripVTControlCharacters } from 'node:util';
import { type ErrorRecord, type Provisioning, type TermCode, toErrorRecord, TtError, visible } from '@tt/protocol';
import { z } from 'zod';
import { LOG, RESULT } from './command-runner.ts';

const STATUS = '/run/cloud-init/status.json';
const FINISHED = '/run/cloud-init/result.json';
const OUTPUT = '/var/log/cloud-init-output.log';
const TAIL_LINES = 20;
/** A guest may write megabytes there; what is recorded and sent to all followers is limited. */
const DETAIL_CHARACTERS = 200;
const OUTPUT_CHARACTERS = 8_000;
const LINE_CHARACTERS = 500;
/** Marks the start of each part of the answer; it never occurs in a text file. */
const MARK = '\u0001';

/** Prints all of it in one go: programs are dear in an emulated guest. */
export const askArguments = [
  'sh',
  '-c',
  [
    ...[RESULT, STATUS, FINISHED].map((file) => `printf '\\001\\n'; cat ${file} 2>/dev/null`),
    ...[LOG, OUTPUT].map((file) => `printf '\\001\\n'; tail -n ${TAIL_LINES} ${file} 2>/dev/null`),
    'true',
  ].join('; '),
];

const resultSchema = z.object({
  state: z.enum(['running', 'done', 'failed']),
  command: z.number().int(),
  exitCode: z.number().int(),
  outputBase64: z.base64(),
});
const stageSchema = z.object({ errors: z.array(z.string()).default([]) });
const statusSchema = z.object({
  v1: z.object({ datasource: z.string().nullish(), stage: z.string().nullish() }).catchall(z.unknown()),
});
const finishedSchema = z.object({ v1: z.object({ datasource: z.string().nullish(), errors: z.array(z.string()) }) });

export interface SetupQuestion {
  vmName: string;
  commands: readonly string[];
  /** The image is known to read seeds, so a guest without a result is still in progress. */
  readsSeeds: boolean;
}

type Answer = Omit<Provisioning, 'at'>;

/** `stdout` is what {@link askArguments} printed. Throws on an answer that makes no sense. */
export function readAnswer(stdout: string, question: SetupQuestion): Answer {
  const [, resultText = '', statusText = '', finishedText = '', log = '', output = ''] = stdout.split(`${MARK}\n`);
  const result = parse(resultText, resultSchema);
  const status = parse(statusText, statusSchema);
  const finished = parse(finishedText, finishedSchema);
  const logTail = lastLines(log.trim() === '' ? output : log);
  const answer = (
    state: Provisioning['state'],
    detail: TermCode<'provisioning'> | '',
    detailData: Record<string, string | number> = {},
    failure: ErrorRecord | null = null,
  ): Answer => ({ state, detail, detailData, failure, logTail });
  const fromGuest = (text: string) => plain(text.slice(0, DETAIL_CHARACTERS));
  if (result?.state === 'failed') {
    const command = question.commands[result.command - 1] ?? 'reading the seed';
    const said = Buffer.from(result.outputBase64, 'base64').toString('utf8');
    return answer(
      'failed',
      'commandFailed',
      { number: result.command },
      failed(question, command, result.exitCode, said),
    );
  }
  const errors = [...(finished?.v1.errors ?? []), ...stageErrors(status)];
  if (errors.length > 0) {
    return answer('failed', 'cloudInitFailed', {}, failed(question, 'cloud-init', 1, [...new Set(errors)].join('\n')));
  }
  if (status && !finished) {
    const { stage } = status.v1;
    if (!stage) return answer('running', 'cloudInitBetweenStages');
    return answer('running', 'cloudInitStage', { stage: fromGuest(stage) });
  }
  if (result?.state === 'running') {
    return answer('running', 'command', { number: result.command, total: question.commands.length });
  }
  const source = fromGuest(finished?.v1.datasource ?? '');
  if (result) return source === '' ? answer('done', '') : answer('done', 'dataSource', { source });
  if (finished) {
    if (source === '') return answer('unknown', 'endedWithoutData');
    return answer('unknown', 'endedWithoutSeed', { source });
  }
  if (question.readsSeeds) return answer('running', 'guestUp');
  return answer('unknown', 'nothingSaid');
}

/** Null if there is nothing: the guest has not got that far. */
function parse<Value>(text: string, schema: z.ZodType<Value>): Value | null {
  return text.trim() === '' ? null : schema.parse(JSON.parse(text));
}

function stageErrors(status: z.infer<typeof statusSchema> | null): string[] {
  return Object.values(status?.v1 ?? {}).flatMap((stage) => stageSchema.safeParse(stage).data?.errors ?? []);
}

function failed({ vmName }: SetupQuestion, command: string, exitCode: number, output: string): ErrorRecord {
  return toErrorRecord(
    new TtError('SETUP_FAILED', { vmName, command, exitCode, output: plain(output).trim().slice(-OUTPUT_CHARACTERS) }),
  );
}

function lastLines(text: string): string[] {
  const lines = plain(text).trimEnd().split('\n').slice(-TAIL_LINES);
  return lines.length === 1 && lines[0] === '' ? [] : lines.map((line) => line.slice(0, LINE_CHARACTERS));
}

/** It is shown in terminals and written to the log: without colours, and control characters as `\\u001b`. */
function plain(text: string): string {
  return visible(stripVTControlCharacters(text).replace(/\r+\n/g, '\n'));
}
