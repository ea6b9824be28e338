// What a command in a guest is started with, and its layout on the wire (`agent/guest-helper/frame.h`, EXEC fields).
const FIELD = { arg: 1, env: 2, cwd: 3, user: 4, flags: 5, window: 6 } as const;
const FLAG = { terminal: 1, noStdin: 2, builtIn: 4, loginShell: 8 } as const;

export interface ExecRequest {
  /** `argv[0]` is an absolute path, or found by the guest's default PATH. Empty for a login shell. */
  argv: readonly string[];
  /** What `argv` runs, if it is a script: for systems without the shell that `argv` names. */
  script?: {
    text: string;
    interpreter: readonly string[] | null;
    /** The input begins with it: so many bytes are not for the command. Default: 0. */
    inputBytes?: number;
  };
  /** Added to a small environment of its user; null takes a variable away. */
  env?: Readonly<Record<string, string | null>>;
  /** Absolute. Default: the home folder of the user. */
  cwd?: string;
  /** Name or number. Default: whoever runs the helper, root. */
  user?: string;
  /** `none`: it reads nothing from its first byte on. Default: `pipe`. */
  stdin?: 'pipe' | 'none';
  /** A terminal of this size instead of pipes: stdout and stderr are one then. */
  terminal?: { rows: number; columns: number };
  /** The shell of the user, as it is when they log in. Only of helpers with the feature `shells`. */
  isLoginShell?: boolean;
  /** A command of the helper itself, see guest-files.ts. */
  isBuiltIn?: boolean;
}

/** Null for text with a zero character, which no argument of a program can hold. */
export function encodeExec(request: ExecRequest): Buffer | null {
  const { argv, env = {}, cwd, user, stdin, terminal, isLoginShell, isBuiltIn } = request;
  const texts = [...argv, ...Object.entries(env).flat(), cwd, user];
  if (texts.some((text) => text?.includes('\0'))) return null;
  const flags =
    (terminal ? FLAG.terminal : 0) |
    (stdin === 'none' ? FLAG.noStdin : 0) |
    (isBuiltIn ? FLAG.builtIn : 0) |
    (isLoginShell ? FLAG.loginShell : 0);
  const fields = [
    ...argv.map((word) => textField(FIELD.arg, word)),
    ...Object.entries(env).map(([name, value]) => textField(FIELD.env, value === null ? name : `${name}=${value}`)),
    ...(cwd === undefined ? [] : [textField(FIELD.cwd, cwd)]),
    ...(user === undefined ? [] : [textField(FIELD.user, user)]),
    field(FIELD.flags, Uint8Array.of(flags)),
  ];
  if (terminal) fields.push(field(FIELD.window, windowBytes(terminal)));
  return Buffer.concat(fields);
}

export function windowBytes({ rows, columns }: { rows: number; columns: number }): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(rows, 0);
  bytes.writeUInt16LE(columns, 2);
  return bytes;
}

function textField(tag: number, text: string): Buffer {
  return field(tag, Buffer.from(text));
}

function field(tag: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = tag;
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
