// Errors in the configuration: one class with stable codes; each finding has its position in the file.

export const configCodes = {
  /** The named file is not there. */
  CONFIG_NOT_FOUND: 'Give the path of an existing file, or leave --config out.',
  /** The file exists but cannot be read. */
  CONFIG_UNREADABLE: 'Let the user of the agent read it.',
  /** It is no YAML, or does not fit the schema. */
  CONFIG_INVALID:
    'Correct the named lines. "tt-agent config check FILE" checks it again; docs/config-reference.md lists every key.',
  /** The log can't be written where it should be. */
  LOG_UNWRITABLE: 'Name a file in an existing folder that the agent can write to, or leave log.file out.',
} as const;
export type ConfigCode = keyof typeof configCodes;

/** One finding. Lines and columns count from 1; null if it is not in the file, as with flags. */
export interface Problem {
  /** e.g. `capacity.memoryTotalMiB`; empty for the file as a whole. */
  path: string;
  line: number | null;
  column: number | null;
  message: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigCode;
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(code: ConfigCode, file: string, problems: readonly Problem[], cause?: unknown) {
    super(problems.map((problem) => lineOf(file, problem)).join('\n'), { cause });
    this.code = code;
    this.file = file;
    this.problems = problems;
  }

  get fix(): string {
    return configCodes[this.code];
  }
}

/** As compilers write it, so that editors can jump there. */
function lineOf(file: string, { path, line, column, message }: Problem): string {
  const where = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return path === '' ? `${where}: ${message}` : `${where}: ${path}: ${message}`;
}
