// What a system needs so that commands can be run in it by its guest agent alone. A command works in a folder of its own in the guest;
// what it prints comes in small files there, `o.0`, `o.1` and so on, and `e.0`, `e.1`: each is whole when it appears, and is emptied by
// the host once it was read. A few of them may wait at a time, so that an output nobody reads stops its command, and fills no disk.
import type { CommandExit } from '../command-channel.ts';
import type { ExecRequest } from '../exec-request.ts';
import type { Program, ProgramEnd } from './agent-calls.ts';

export interface CommandPlace {
  /** Absolute. Nobody but the guest's administrator can look into it. */
  folder: string;
  /** By which its processes are found. Known to them. */
  mark: string;
  /** What ends each output. Not known to the command, and in no output by chance. */
  endMark: Buffer;
}

/** With this exit code the command was not started; why is in the file `r`: an errno of Linux, a blank and a text. */
export const REFUSED = 121;

export interface GuestSystem {
  readonly name: 'linux' | 'windows';
  /** Ends what earlier hosts have left in the guest. It prints the folder to work in, or nothing if the guest lacks something. */
  prepare(): Program;
  place(base: string, mark: string, endMark: Buffer): CommandPlace;
  fileIn(place: CommandPlace, name: string): string;
  /** Runs as long as the command does. Null and why, for what this system can't do. */
  start(place: CommandPlace, request: ExecRequest, stdin: Buffer): Program | { errno: number; why: string };
  /** What passes files: `argv` as linux-files.ts has it, and `content` of a put. */
  files(argv: readonly string[], content: Uint8Array): { request: ExecRequest; stdin: Uint8Array };
  /** Null where there are no such signals. `pid`: null if nobody knows it, and a SIGKILL finds the processes by their mark alone. */
  signal(place: CommandPlace, pid: number | null, name: string): Program | null;
  /** Once the command has ended: puts the end behind what it has printed. Null where the started program does so itself. */
  finish(place: CommandPlace): Program | null;
  /** Removes the folder, and ends what works in it. */
  clear(place: CommandPlace): Program;
  exitOf(end: ProgramEnd): CommandExit;
}
