// The flags of tt-agent: each sets one key of the configuration and takes its description, range and choices from that key.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { keyAt } from './keys.ts';

interface Flag {
  /** As commander takes it. */
  flag: string;
  /** The key it sets. */
  key: string;
  /** A path is taken from the folder the command is called in. */
  isPath?: true;
  /** Several values, with commas between them. */
  isList?: true;
  /** What a flag without a value sets. */
  sets?: boolean;
}

/** Names follow the seed's where it has one (`--image-path`, `--mem-total`, ...). */
export const flags: readonly Flag[] = [
  { flag: '--home <dir>', key: 'home', isPath: true },
  { flag: '--image-path <dir>', key: 'images.path', isPath: true },
  { flag: '--serv-addr <address>', key: 'listen.address' },
  { flag: '--serv-port <port>', key: 'listen.port' },
  { flag: '--tls <mode>', key: 'tls.mode' },
  { flag: '--engine <names>', key: 'engines', isList: true },
  { flag: '--acceleration <kind>', key: 'acceleration' },
  { flag: '--storage <kind>', key: 'storage.kind' },
  { flag: '--zfs-dataset <name>', key: 'storage.zfsDataset' },
  { flag: '--cpu-total <count>', key: 'capacity.cpuTotal' },
  { flag: '--mem-total <MiB>', key: 'capacity.memoryTotalMiB' },
  { flag: '--disk-total <MiB>', key: 'capacity.diskTotalMiB' },
  { flag: '--life-max <seconds>', key: 'lifetime.maxS' },
  { flag: '--keep-deleted <seconds>', key: 'envs.keepDeletedS' },
  { flag: '--network <kind>', key: 'network.default' },
  { flag: '--undo-network', key: 'network.undoAtEnd', sets: true },
  { flag: '--bridge <device>', key: 'network.bridge.device' },
  { flag: '--cgroups <mode>', key: 'cgroups' },
  { flag: '--first-port <port>', key: 'ports.first' },
  { flag: '--last-port <port>', key: 'ports.last' },
  { flag: '--host-addr <address>', key: 'ports.hostAddress' },
  { flag: '--only-this-host', key: 'ports.onlyThisHost', sets: true },
  { flag: '--tear-down-on-exit', key: 'tearDownOnExit', sets: true },
  { flag: '--no-prepare', key: 'prepareImages', sets: false },
  { flag: '--window <dir>', key: 'window.directory', isPath: true },
  { flag: '--log-level <level>', key: 'log.level' },
  { flag: '--log-file <file>', key: 'log.file', isPath: true },
];

export interface FlagValues {
  /** `--config`. */
  file: string | null;
  /** By key, only those that were given. */
  values: ReadonlyMap<string, unknown>;
}

/** Lets a command take the flags; {@link givenFlags} reads them. */
export function addConfigFlags(command: Command): Command {
  command.option('--config <file>', 'configuration file; flags go before it (default: agent.yaml, see config show)');
  for (const flag of flags) command.addOption(optionFor(flag));
  return command;
}

function optionFor({ flag, key, sets, isList }: Flag): Option {
  const { description, choices, whole, unit, defaultText } = keyAt(key);
  const ends = defaultText === 'null' ? '' : ` (default: ${defaultText.replaceAll('"', '')})`;
  const text = `${description.replace(/\.$/, '')}${unit === null ? '' : ` [${unit}]`}`;
  const option = new Option(flag, sets === undefined ? text + ends : `${sets ? '' : 'do not: '}${text}`);
  if (choices && isList) option.argParser(listOf(choices));
  else if (choices) option.choices([...choices]);
  else if (whole) option.argParser(wholeNumber(whole.min, whole.max));
  return option;
}

export function givenFlags(command: Command): FlagValues {
  const values = new Map<string, unknown>();
  for (const { flag, key, sets } of flags) {
    const name = new Option(flag).attributeName();
    // What commander itself made up (`prepare: true` of `--no-prepare`) was not given.
    if (command.getOptionValueSource(name) !== 'cli') continue;
    values.set(key, sets ?? command.getOptionValue(name));
  }
  const file = command.getOptionValue('config') as string | undefined;
  return { file: file ?? null, values };
}

function listOf(choices: readonly string[]): (text: string) => string[] {
  return (text) => {
    const values = text.split(',').map((value) => value.trim());
    if (values.some((value) => !choices.includes(value))) {
      throw new InvalidArgumentError(`allowed choices are ${choices.join(', ')}, with commas between them.`);
    }
    return values;
  };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
