// `tt apply` and `tt diff`: ENVs as a file says. Always a plan first; nothing is deleted, stopped or undone that was not asked for.
import {
  type Allowed,
  carryOut,
  type EnvPlan,
  plansFor,
  readEnvFile,
  type StepResult,
  withAllowed,
} from '@tt/client/env-file';
import type { NodeConnection } from '@tt/client/node';
import { type EnvFile, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { canAsk, confirmed, withYes } from '../confirm.ts';
import { canGoOn } from '../each-name.ts';
import { exitCodes } from '../exit-codes.ts';
import { printFailure, printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { print, printLines } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { cold, given, noWait, waitFrom } from './option-values.ts';
import { stepLines, undoneLines } from './plan-text.ts';
import { fileLabel, isStandardInput, yamlTextOf } from './yaml-text.ts';

interface ApplyOptions {
  file: string;
  dryRun?: true;
  restart?: true;
  yes?: true;
  overrideLimit?: true;
  wait?: boolean;
  cold?: true;
}

export function addEnvFileCommands(program: Command): void {
  withYes(withJson(program.command('apply')))
    .description('make ENVs as a file describes them: shows the plan, then does it')
    .requiredOption('-f, --file <file>', 'YAML, one document for each ENV; - reads standard input')
    .option('--dry-run', 'only show the plan')
    .option('--restart', 'stop and start running VMs for what changes only while they are stopped')
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(noWait())
    .addOption(cold())
    .action(apply);
  withJson(program.command('diff'))
    .description('show what "tt apply" would change; the exit code is 10 if that is anything')
    .requiredOption('-f, --file <file>', 'YAML, one document for each ENV; - reads standard input')
    .action(async ({ file }: { file: string }, command: Command) => {
      const plans = await plansOf(file);
      showPlans(plans, wantsJson(command), { restart: true, loss: true });
      if (plans.some(({ steps }) => steps.length > 0)) process.exitCode = exitCodes.different;
    });
}

async function apply(options: ApplyOptions, command: Command): Promise<void> {
  const json = wantsJson(command);
  const files = await filesIn(options.file);
  await withServer(async (connection) => {
    const plans = await plansFor(connection.client, files);
    const mayAsk = options.yes === true || (!isStandardInput(options.file) && canAsk(command));
    const allowed: Allowed = {
      restart: options.restart === true,
      loss: mayAsk,
      ...given({ overrideLimit: options.overrideLimit, cold: options.cold }),
      ...waitFrom(options),
    };
    if (options.dryRun || !json) showPlans(plans, json, allowed);
    if (options.dryRun) return;
    const lost = plans.flatMap(({ steps }) => steps.filter(({ step }) => step.losesData && !step.refused));
    if (lost.length > 0 && mayAsk) {
      await confirmed(`Steps that delete VMs or disks: ${lost.length}. Go on?`, 'env.removeVms', command);
    }
    await carryOutAll(connection, plans, allowed, json);
  });
}

async function carryOutAll(
  connection: NodeConnection,
  plans: readonly EnvPlan[],
  allowed: Allowed,
  json: boolean,
): Promise<void> {
  const envs: { name: string; results: StepResult[] }[] = [];
  let exitCode: number | undefined;
  const end = () => json && printJson({ envs });
  for (const plan of plans) {
    const { results, failure } = await carryOut(connection.client, plan, {
      allowed,
      run: (call) => runOperation(connection, call),
      seen: (result) => json || printLines(undoneLines(result)),
    });
    envs.push({ name: plan.file.name, results });
    if (!json && results.length > 0) print(`${plan.file.name}: ${countText(results)}\n`);
    if (failure === null) continue;
    if (!canGoOn(failure)) {
      end();
      throw failure;
    }
    exitCode ??= printFailure(failure, json);
  }
  end();
  const all = envs.flatMap(({ results }) => results);
  const refused = all.filter(({ outcome }) => outcome === 'refused').length;
  if (exitCode === undefined && refused > 0) throw new TtError('PLAN_INCOMPLETE', { refused, total: all.length });
  if (exitCode !== undefined) process.exitCode = exitCode;
}

/** `3 steps done, 1 refused` */
function countText(results: readonly StepResult[]): string {
  const count = (wanted: StepResult['outcome']) => results.filter(({ outcome }) => outcome === wanted).length;
  const others = (['refused', 'failed', 'skipped'] as const).filter((outcome) => count(outcome) > 0);
  const done = count('done');
  return [
    `${done} ${done === 1 ? 'step' : 'steps'} done`,
    ...others.map((outcome) => `${count(outcome)} ${outcome}`),
  ].join(', ');
}

function showPlans(plans: readonly EnvPlan[], json: boolean, allowed: Pick<Allowed, 'restart' | 'loss'>): void {
  const shown = plans.map(({ file, steps }) => ({
    name: file.name,
    steps: steps.map(({ step }) => withAllowed(step, allowed)),
  }));
  if (json) printJson({ envs: shown });
  for (const { name, steps } of json ? [] : shown) {
    if (steps.length === 0) print(`${name} is as the file says\n`);
    else printLines(steps.flatMap(stepLines));
  }
}

/** Reads the file before anybody is asked anything. */
async function plansOf(file: string): Promise<EnvPlan[]> {
  const files = await filesIn(file);
  return withServer(({ client }) => plansFor(client, files));
}

async function filesIn(file: string): Promise<EnvFile[]> {
  return readEnvFile(await yamlTextOf(file), fileLabel(file));
}
