// The limits of runs. Without the schemas, which `tt` need not load.

/** Bytes of UTF-8 of a command with its arguments, or of a script. It is sent to a guest in one piece of 64 KiB. */
export const MOST_COMMAND_BYTES = 40 * 1024;
/** Bytes of UTF-8 of a script that is sent as an upload. */
export const MOST_SCRIPT_BYTES = 4 * 1024 * 1024;
/** Bytes of UTF-8 of all names and values together. */
export const MOST_ENVIRONMENT_BYTES = 16 * 1024;
/** Bytes given to the standard input of each command. */
export const MOST_STDIN_BYTES = 64 * 1024;
/** What is kept of the output of one machine, stdout and stderr together, and of one run. What comes after is counted and dropped. */
export const MOST_OUTPUT_BYTES = { vm: 128 * 1024 * 1024, run: 1024 * 1024 * 1024 } as const;
/** Characters of the text that a run is shown by. */
export const MOST_TITLE = 80;
