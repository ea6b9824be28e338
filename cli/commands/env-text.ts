// Text output of ENVs: one line about one, and one with its VMs and snapshots.
import { type Env, type EnvDetail, type Reason, reasonText, terms } from '@tt/protocol';
import { duration, inOneLine, printJson } from '../output.ts';
import { namedSnapshot } from '../snapshot-name.ts';
import { endPolicyText } from './end-policy.ts';
import { vmTable } from './vm-text.ts';
import { print, printError } from '../terminal.ts';

/** `demo: running, ends in 1 h 5 min` */
export function envLine(env: Env): string {
  if (env.bin) return `${env.name}: deleted, in the bin until ${env.bin.keptUntil}`;
  if (env.expired) return `${env.name}: ${env.state}, EXPIRED since ${env.endAt}: extend it to start it again`;
  return `${env.name}: ${env.state}, ends in ${duration(Date.parse(env.endAt) - Date.now())}`;
}

/** To standard error: what else is printed may be read by a program. */
export function printWarnings(warnings: readonly Reason[]): void {
  for (const warning of warnings) printError(`warning: ${inOneLine(reasonText(warning, terms))}\n`);
}

/** One ENV after a change of its time: when exactly it ends, and what happens then. */
export function printEnv(env: Env, json: boolean): void {
  if (json) printJson(env);
  else print(`${envLine(env)}\nend: ${env.endAt}, then ${endPolicyText(env.endPolicy)}\n`);
}

export function printDetail(detail: EnvDetail, json: boolean): void {
  if (json) printJson(detail);
  else printDetailText(detail);
}

export function printDetailText(detail: EnvDetail): void {
  const { env, vms, snapshots } = detail;
  print(`${envLine(env)}\n${vmTable(vms)}`);
  if (env.team) print(`shared by ${env.owner} with the team ${env.team}\n`);
  if (snapshots.length > 0) print(`snapshots: ${snapshots.map(({ name }) => namedSnapshot(name)).join(', ')}\n`);
  printWarnings(detail.warnings);
}
