// The shell scripts that run a command in a Linux guest. They use what every system has: a POSIX shell, dd, mkfifo, /proc.
import { END_ALL } from '../end-all.ts';

/** Arguments: folders to work in, the best first. Prints the first that can be used. */
export const PREPARE = `${END_ALL}umask 077
found=
for base in "$@"; do
  for folder in "$base"/.tt-run-*; do
    [ -d "$folder" ] || continue
    mark=\${folder##*/.tt-run-}
    end_all TT_RUN "$mark" ''
    end_all TT_DRAIN "$mark" ''
    rm -rf "$folder"
  done
  [ -z "$found" ] || continue
  probe=$base/.tt-probe-$$
  mkdir "$probe" 2>/dev/null || continue
  mkfifo "$probe/f" && found=$base
  rm -rf "$probe"
done
for tool in dd grep cat mv head tail sleep; do
  command -v "$tool" > /dev/null || found=
done
[ -r /proc/self/stat ] || found=
echo "$found"`;

/**
 * Argument: a fifo, which is also its descriptor 3. Makes a file of each piece of what comes; eight of them may wait. It holds the fifo
 * for writing, too, so it ends only when it is ended.
 */
export const DRAIN = `n=0
while :; do
  old=$1.$((n - 8))
  while [ -s "$old" ]; do sleep 0.05 2>/dev/null || sleep 1; done
  [ ! -e "$old" ] || rm -f "$old"
  if dd bs=65536 count=1 of="$1.new" <&3 2>/dev/null && mv "$1.new" "$1.$n"; then n=$((n + 1))
  else
    : > "$1.failed"
    # Whoever prints is to end by it, not to wait for a reader before it has begun.
    head -c 1 <&3 > /dev/null
    exit 1
  fi
done`;

/**
 * Arguments: folder, mark, how many bytes of the input are shell text for the environment, how many that follow are a script, the folder
 * and user of the command (or nothing), the text of DRAIN, and the command. It becomes the command: its pid is that of the command, and
 * so is the way it ends.
 */
export const RUN = `umask 077
tt_d=$1 tt_mark=$2 tt_env=$3 tt_script=$4 tt_cwd=$5 tt_user=$6 tt_drain=$7
shift 7
refuse() {
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  echo "$1 $2" > "$tt_d/r.new" && mv "$tt_d/r.new" "$tt_d/r"
  exit 121
}
mkdir "$tt_d" && cat > "$tt_d/in" && mkfifo "$tt_d/o" "$tt_d/e" || exit 125
tt_who=\${tt_user:-$(id -u)}
tt_entry=$(getent passwd "$tt_who" 2>/dev/null)
if [ -z "$tt_entry" ]; then
  while IFS= read -r tt_line; do
    tt_rest=\${tt_line#*:*:}
    if [ "\${tt_line%%:*}" = "$tt_who" ] || [ "\${tt_rest%%:*}" = "$tt_who" ]; then
      tt_entry=$tt_line
      break
    fi
  done < /etc/passwd
fi
[ -n "$tt_entry" ] || [ -z "$tt_user" ] || refuse 2 'there is no such user'
[ -n "$tt_entry" ] || tt_entry="root:x:$(id -u):$(id -g)::/:/bin/sh"
USER=\${tt_entry%%:*}
tt_rest=\${tt_entry#*:*:}
tt_uid=\${tt_rest%%:*}
tt_rest=\${tt_rest#*:}
tt_gid=\${tt_rest%%:*}
tt_rest=\${tt_rest#*:*:}
HOME=\${tt_rest%%:*}
SHELL=\${tt_rest#*:}
LOGNAME=$USER
if [ -n "$tt_cwd" ]; then
  [ -e "$tt_cwd" ] || refuse 2 'there is no such folder'
  [ -d "$tt_cwd" ] || refuse 20 'its folder is none'
  cd "$tt_cwd" || refuse 13 'its folder is closed'
else
  cd "$HOME" 2>/dev/null || cd /
fi
head -c "$tt_env" "$tt_d/in" > "$tt_d/env"
tail -c "+$((tt_env + 1))" "$tt_d/in" | head -c "$tt_script" > "$tt_d/script"
tail -c "+$((tt_env + tt_script + 1))" "$tt_d/in" > "$tt_d/stdin"
tt_text=$(cat "$tt_d/env")
tt_setsid=$(command -v setsid)
tt_setpriv=$(command -v setpriv)
tt_su=$(command -v su)
if [ "$tt_uid" != "$(id -u)" ]; then
  [ "$(id -u)" = 0 ] || refuse 1 'the guest agent may not run it as another user'
  chown "$tt_uid" "$tt_d/o" "$tt_d/e" "$tt_d/script" "$tt_d/stdin"
  "$tt_setpriv" --reuid "$tt_uid" --regid "$tt_gid" --init-groups true 2>/dev/null || tt_setpriv=
  [ -n "$tt_setpriv$tt_su" ] || refuse 38 'the guest has neither setpriv nor su'
else
  tt_setpriv= tt_su=
fi
for tt_output in o e; do
  (
    TT_DRAIN=$tt_mark
    export TT_DRAIN
    exec 3<> "$tt_d/$tt_output" < /dev/null > /dev/null 2>&1
    \${tt_setsid:+"$tt_setsid"} /bin/sh -c "$tt_drain" sh "$tt_d/$tt_output" &
  )
done
[ "$tt_script" = 0 ] || exec 9< "$tt_d/script"
exec < "$tt_d/stdin"
rm -f "$tt_d/in" "$tt_d/env" "$tt_d/script" "$tt_d/stdin"
TT_RUN=$tt_mark
export HOME USER LOGNAME SHELL TT_RUN
eval "$tt_text"
case $1 in
  */*)
    [ -e "$1" ] || refuse 2 'there is no such program'
    [ -f "$1" ] && [ -x "$1" ] || refuse 13 'it is no program'
    ;;
  *)
    tt_found=
    IFS=:
    for tt_folder in $PATH; do [ -f "$tt_folder/$1" ] && [ -x "$tt_folder/$1" ] && tt_found=1; done
    unset IFS
    [ -n "$tt_found" ] || refuse 2 'there is no such program'
    ;;
esac
if [ -n "$tt_setpriv" ]; then
  set -- "$tt_setpriv" --reuid "$tt_uid" --regid "$tt_gid" --init-groups -- "$@"
elif [ -n "$tt_su" ]; then
  set -- "$tt_su" -s /bin/sh -c 'exec "$@"' "$USER" sh "$@"
fi
umask 022
exec \${tt_setsid:+"$tt_setsid"} "$@" > "$tt_d/o" 2> "$tt_d/e"`;

/** Arguments: folder, mark of the end. Whoever still holds the outputs prints behind it. */
export const FINISH = `printf %s "$2" 1<> "$1/o" &
printf %s "$2" 1<> "$1/e"
wait`;

/** Arguments: mark, and the pid, or nothing if it is not known. */
export const KILL = `${END_ALL}end_all TT_RUN "$1" "$2"`;

/** Arguments: name of the signal, pid. Its group, if it leads one. */
export const SIGNAL = 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"';

/** Arguments: folder, mark. */
export const CLEAR = `${END_ALL}end_all TT_DRAIN "$2" ''
rm -rf "$1"`;
