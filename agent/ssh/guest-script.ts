// Pure: a command for a guest -> what its ssh server is told to run, and the line that says the rest over the command's channel. So
// neither arguments nor values of variables are in a list of processes, and an ssh server's limit for a command (9000 bytes in
// dropbear) is none of ours.
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
 * kills what is in the command's session or process group, or has its mark in the environment, the command last. All it does is
 * built into the shell; a zombie no longer counts.
 */
const PROGRAM = `tt_say() {
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
tt_is_of_it() {
  tt_l=
  IFS= read -r tt_l <"/proc/$1/stat" || return 1
  set -- "$1" \${tt_l##*) }
  case $2 in Z | X) return 1 ;; esac
  [ "$4" = $$ ] || [ "$5" = $$ ] && return 0
  while IFS= read -r tt_l || [ -n "$tt_l" ]; do
    case $tt_l in *${MARK_VARIABLE}=$tt_id*) return 0 ;; esac
  done <"/proc/$1/environ"
  return 1
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
  tt_rounds=0
  tt_left=1
  while [ -n "$tt_left" ] && [ $tt_rounds -lt 30 ]; do
    tt_rounds=$((tt_rounds + 1))
    tt_left=
    for tt_d in /proc/[0-9]*; do
      tt_p=\${tt_d#/proc/}
      [ "$tt_p" = "$tt_me" ] && continue
      [ "$tt_p" = $$ ] && continue
      tt_is_of_it "$tt_p" || continue
      tt_left=1
      kill -KILL "$tt_p"
    done
  done
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
if [ -n "$tt_in" ]; then
  tt_f=$(umask 077 && mktemp) || tt_refuse '28 its standard input finds no place'
  printf "$tt_in" >"$tt_f" || {
    rm -f "$tt_f"
    tt_refuse '28 its standard input finds no place'
  }
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
 * One line for {@link START}; `id`: what the outputs begin with, as {@link markOf} says. Null for text with a zero character, and for
 * names of variables that are none: no shell can take them.
 */
export function lineFor({ argv, env = {}, cwd }: ExecRequest, id: string, stdin: Uint8Array): string | null {
  const texts = [...argv, ...Object.values(env), cwd];
  if (texts.some((text) => text?.includes('\0'))) return null;
  if (!Object.keys(env).every((name) => /^[A-Za-z_]\w*$/.test(name))) return null;
  const parts = [
    `tt_id=${id}`,
    `tt_dir=${inQuotes(cwd ?? '')}`,
    `tt_in=${inQuotes(asFormat(stdin))}`,
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

/** For `printf`, which writes these bytes. */
function asFormat(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9 .,:=/]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}
