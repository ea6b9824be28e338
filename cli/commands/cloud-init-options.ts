// The flags for the first boot of guests -> the `cloudInit` of the groups. Any of them requests a setup;
// `--cloud-init` alone requests only a host name, a user with the ENV's key, and the network.
import { readFileSync } from 'node:fs';
import { asFileProblem } from '@tt/client/node';
import { type CloudInitSpec, cloudInitSpecSchema } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { textOf } from '../local-file.ts';
import { type PasswordOptions, withPasswordFlags } from './guest-password.ts';
import { collected } from '../repeated-options.ts';
import { given } from './option-values.ts';

interface PutFile {
  path: string;
  content: string;
  encoding: 'base64';
}

/** As commander hands the flags over. */
export interface CloudInitOptions extends PasswordOptions {
  cloudInit?: true | CloudInitSpec;
  /** The old spelling. */
  setup?: true | CloudInitSpec;
  hostname?: string;
  user?: string;
  /** What {@link guestPassword} gave. */
  secret?: string;
  sshKey?: string[];
  run?: string[];
  put?: PutFile[];
}

export function withCloudInit(command: Command): Command {
  return withPasswordFlags(command)
    .option(
      '--cloud-init [file]',
      'set guests up at their first boot; a JSON file can give the details, in the form of the API',
      requestFrom,
    )
    .addOption(new Option('--setup [file]').hideHelp().argParser(requestFrom))
    .option('--hostname <name>', 'host name; several VMs get -1, -2 ... appended')
    .option('--user <name>', 'a user with the ENV’s SSH key, who can become root')
    .option('--ssh-key <file>', 'one more public key for that user; repeatable', collected(keyFrom))
    .option('--run <command>', 'command that sh runs as root, until one fails; repeatable', collected(String))
    .option(
      '--put <local=path>',
      'copy a file of this computer to a path in the guest; repeatable',
      collected(putFrom),
    );
}

/** undefined when none of the flags is there. Throws InvalidArgumentError for what the contract would refuse. */
export function cloudInitFrom(options: CloudInitOptions): CloudInitSpec | undefined {
  const flags = given({
    hostname: options.hostname,
    user: options.user,
    password: options.secret,
    sshKeys: options.sshKey,
    commands: options.run,
    files: options.put,
  });
  const { setup, cloudInit = setup } = options;
  if (cloudInit === undefined && Object.keys(flags).length === 0) return undefined;
  return checked({ ...(cloudInit === true ? {} : cloudInit), ...flags });
}

function checked(request: unknown): CloudInitSpec {
  const { success, data, error } = cloudInitSpecSchema.safeParse(request);
  if (success) return data;
  const issue = error.issues[0];
  throw new InvalidArgumentError(`the setup is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function requestFrom(file: string): CloudInitSpec {
  try {
    return checked(JSON.parse(textOf(read(file))));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidArgumentError(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}

function keyFrom(file: string): string {
  return textOf(read(file)).trim();
}

/** `./motd=/etc/motd` */
function putFrom(text: string): PutFile {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('write <file here>=<path in the guest>.');
  return { path: text.slice(at + 1), content: read(text.slice(0, at)).toString('base64'), encoding: 'base64' };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw asFileProblem(error);
  }
}
