// Pure: a command for a guest -> what its ssh server is told to run, and the line that says the rest over the command's channel. So
// neither arguments nor values of variables are in a list of processes, and an ssh server's limit for a command (9000 bytes in
// dropbear) is none of ours.
import { END_ALL } from '../guest-channel/end-all.ts';
import type { ExecRequest } from '../guest-channel/exec-request.ts';

/** What the login shell runs, whichever it is: no quotes, backslash or exclamation mark within the quotes. It reads one line. */
export const START = `exec /bin/sh -c 'tt_n="$(echo; echo x)"; tt_n="\${tt_n%x}"; IFS= read -r tt_p && eval "$tt_p"'`;
/** In the environment of all that a command starts, with the id of the command. */
export const MARK_VARIABLE = 'TT_RUN';
/** Ends the command and all it has started. The end of the channel does the same. */
export const KILL_LINE = 'k\n';

/**
 * The rest of the script: says that it begins, on both outputs, and becomes the command, with its process id, so that the ssh server
 * sees how it ends. A watcher stays beside it and reads the channel: when it is told to, or the channel ends before the command, it
 * kills what is in the command's session or process group, or has its mark in the environment, the command last.
 */
const PROGRAM = `${END_ALL}tt_say() {
  printf '%s\\n' "tt-$tt_id $1"
  printf '%s\\n' "tt-$tt_id $1" >&2
}
tt_refuse() {
  tt_say "$1"
  exit 126
}
tt_leads() {
  set -- \${1##*) }
  [ "$3" = $$ ] || [ "$4" = $$ ]
}
tt_watch() {
  trap '' HUP INT TERM
  read -r tt_me tt_l </proc/self/stat
  while IFS= read -r tt_l; do
    [ "$tt_l" = k ] && break
  done
  kill -0 $$ || exit 0
  [ -n "$tt_me" ] || kill -KILL -$$ $$
  kill -STOP $$
  spared=$tt_me
  end_all ${MARK_VARIABLE} "$tt_id" $$
  kill -KILL $$
}
if [ -n "$tt_dir" ]; then
  [ -d "$tt_dir" ] || tt_refuse '2 there is no such folder'
  cd "$tt_dir" || tt_refuse '13 the folder may not be entered'
fi
case $1 in
*/*)
  [ -e "$1" ] || tt_refuse '2 there is no such program'
  [ -d "$1" ] && tt_refuse '13 the program is a folder'
  [ -x "$1" ] || tt_refuse '13 the program may not be run'
  ;;
*) command -v "$1" >/dev/null || tt_refuse '2 there is no such program' ;;
esac
exec 3<&0
if [ "$tt_size" -gt 0 ]; then
  tt_f=$(umask 077 && mktemp) || tt_refuse '28 its standard input finds no place'
  tt_have=0
  while [ "$tt_have" -lt "$tt_size" ]; do
    tt_n=$((tt_size - tt_have))
    [ "$tt_n" -le 32768 ] || tt_n=32768
    tt_before=$tt_have
    dd bs="$tt_n" count=1 <&3 2>/dev/null >>"$tt_f"
    tt_have=$(($(wc -c <"$tt_f")))
    [ "$tt_have" -gt "$tt_before" ] || {
      rm -f "$tt_f"
      tt_refuse '28 its standard input finds no place'
    }
  done
  exec <"$tt_f"
  rm -f "$tt_f"
else
  exec </dev/null
fi
(
  exec <&3 >/dev/null 2>&1 3<&-
  tt_watch
) &
exec 3<&-
tt_l=
IFS= read -r tt_l </proc/self/stat
tt_say 0
${MARK_VARIABLE}=$tt_id
export ${MARK_VARIABLE}
if [ -n "$tt_l" ] && ! tt_leads "$tt_l" && command -v setsid >/dev/null; then exec setsid "$@"; fi
exec "$@"`;

/**
 * One line for {@link START}; behind it come `inputBytes` of the command's input. `id`: what the outputs begin with, as {@link markOf}
 * says. Null for text with a zero character, and for names of variables that are none: no shell can take them.
 */
export function lineFor({ argv, env = {}, cwd }: ExecRequest, id: string, inputBytes: number): string | null {
  const texts = [...argv, ...Object.values(env), cwd];
  if (texts.some((text) => text?.includes('\0'))) return null;
  if (!Object.keys(env).every((name) => /^[A-Za-z_]\w*$/.test(name))) return null;
  const parts = [
    `tt_id=${id}`,
    `tt_dir=${inQuotes(cwd ?? '')}`,
    `tt_size=${inputBytes}`,
    ...Object.entries(env).map(([name, value]) =>
      value === null ? `unset ${name}` : `export ${name}=${inQuotes(value)}`,
    ),
    `set -- ${argv.map(inQuotes).join(' ')}`,
    `eval ${inQuotes(PROGRAM)}`,
  ];
  return `${parts.join('; ')}\n`;
}

/** Each output begins with this and a line: `0`, or the number and the words of why the command is refused. */
export function markOf(id: string): string {
  return `tt-${id} `;
}

/** One word of sh, on one line: START knows a line feed by a name. */
function inQuotes(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('\n', `'"$tt_n"'`)}'`;
}
