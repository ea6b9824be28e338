// The shell script that passes files of a Linux guest which has no helper: what `agent/guest-helper/files.c` does, with the tools that
// every system has (stat, find, sha256sum), and with the same answers. What it writes to is held open, and known to be what its name
// says: the owner of a folder may change what stands there meanwhile.

/**
 * Arguments: what to do, and then
 * `get PATH OFFSET`, `list folder|tree|glob PATH`, `folders BASE MODE OWNER NAME...`: as the helper;
 * `begin|append|finish|whole PATH PART SIZE SHA256 MODE OWNER OVERWRITES OFFSET`: a put in steps, with the content as the input of
 * `append`, or all of it at once. A failure is a line of its errno(3) and words.
 */
export const FILES = `fail() {
  printf '%s %s\\n' "$1" "$2" >&2
  exit 1
}
why() {
  case $1 in
    *'No space left'*) fail 28 "$2: No space left on device" ;;
    *'uota exceeded'*) fail 122 "$2: Disk quota exceeded" ;;
    *'ile too large'*) fail 27 "$2: File too large" ;;
    *'ermission denied'*) fail 13 "$2: Permission denied" ;;
    *'not permitted'*) fail 1 "$2: Operation not permitted" ;;
    *'ead-only file system'*) fail 30 "$2: Read-only file system" ;;
    *'ot a directory'*) fail 20 "$2: Not a directory" ;;
    *'s a directory'*) fail 21 "$2: Is a directory" ;;
    *'o such file'* | *onexistent*) fail 2 "$2: No such file or directory" ;;
    *'ymbolic link'*) fail 40 "$2: Too many levels of symbolic links" ;;
    *' too long'*) fail 36 "$2: File name too long" ;;
    *'nvalid user'* | *'nvalid group'* | *'nknown user'* | *'nknown group'*) fail 2 "$2: there is no such owner" ;;
    *) fail 5 "$2: $(printf %s "$1" | head -n 1)" ;;
  esac
}
need() {
  for tool; do command -v "$tool" > /dev/null || fail 38 "the guest has no $tool"; done
}
hash_of() {
  sum=$("$@" | sha256sum) || fail 5 "$path: it can't be hashed"
  printf %s "\${sum%% *}"
}
mine() {
  [ -f "$part" ] && [ ! -L "$part" ] || fail 116 "$part: it is gone"
  said=$( (: < "$part") 2>&1) || why "$said" "$part"
  exec 3< "$part"
  held=$(stat -L -c '%d %i %u %h %s' /proc/self/fd/3) || fail 5 "$part: it can't be looked at"
  [ "$held" = "$(stat -c '%d %i %u %h %s' "$part")" ] || fail 1 "$part: it is another file now"
  set -- $held
  [ "$3" = "$(id -u)" ] && [ "$4" = 1 ] || fail 1 "$part: it belongs to somebody else"
  have=$5
}
begin() {
  if [ -e "$path" ] || [ -L "$path" ]; then
    [ ! -d "$path" ] || [ -L "$path" ] || fail 21 "$path: Is a directory"
    [ "$overwrites" = 1 ] || fail 17 "$path: File exists"
  fi
  if [ -e "$part" ] || [ -L "$part" ]; then
    [ -f "$part" ] && [ ! -L "$part" ] || fail 1 "$part: it is no plain file"
  else
    said=$( (umask 077; set -C; : > "$part") 2>&1) || why "$said" "$path"
  fi
  mine
  [ "$have" -le "$size" ] || cut 0
}
cut() {
  said=$(dd of=/proc/self/fd/3 bs=1 seek="$1" count=0 2>&1) || why "$said" "$path"
  have=$1
}
append() {
  [ "$have" -ge "$1" ] || fail 116 "$part: some of it is gone"
  [ "$have" = "$1" ] || cut "$1"
  said=$(cat 2>&1 >> /proc/self/fd/3) && return
  case $said in
    *'No space left'* | *'uota exceeded'* | *'ile too large'*) rm -f "$part" ;;
  esac
  why "$said" "$path"
}
give_up() {
  rm -f "$part"
  "$@"
}
finish() {
  have=$(stat -L -c %s /proc/self/fd/3)
  [ "$have" -ge "$size" ] || fail 125 "$path: some of it is missing"
  [ "$have" = "$size" ] && [ "$(hash_of cat <&3)" = "$sha" ] || give_up fail 74 "$path: it is not what it should be"
  if [ -n "$owner" ]; then
    said=$(chown -- "\${owner%:}" /proc/self/fd/3 2>&1) || give_up why "$said" "$path"
  fi
  said=$(chmod "$mode" /proc/self/fd/3 2>&1) || give_up why "$said" "$path"
  sync "$part" 2> /dev/null || sync
  [ ! -d "$path" ] || [ -L "$path" ] || give_up fail 21 "$path: Is a directory"
  if [ "$overwrites" = 1 ]; then
    [ ! -L "$path" ] || [ ! -d "$path" ] || rm -f "$path"
    said=$(mv -f "$part" "$path" 2>&1) || give_up why "$said" "$path"
  elif said=$(ln "$part" "$path" 2>&1); then rm -f "$part"
  else
    [ ! -e "$path" ] && [ ! -L "$path" ] || give_up fail 17 "$path: File exists"
    said=$(mv -n "$part" "$path" 2>&1) || give_up why "$said" "$path"
    [ ! -e "$part" ] || give_up fail 17 "$path: File exists"
  fi
  echo 'done'
}
get() {
  path=$1
  [ ! -d "$path" ] || fail 21 "$path: Is a directory"
  if [ -e "$path" ]; then
    [ -f "$path" ] || fail 22 "$path: it is no plain file"
  fi
  said=$( (: < "$path") 2>&1) || why "$said" "$path"
  exec 3< "$path"
  [ -f /proc/self/fd/3 ] || fail 22 "$path: it is no plain file"
  about=$(stat -L -c '%s %a %Y' /proc/self/fd/3) || fail 5 "$path: it can't be looked at"
  size=\${about%% *}
  [ "$2" -le "$size" ] || fail 22 "$path: it is shorter"
  echo "file $about"
  [ "$2" = "$size" ] || tail -c "+$(($2 + 1))" < /proc/self/fd/3 | head -c "$((size - $2))" || exit 1
  [ "$(stat -L -c %s /proc/self/fd/3)" -ge "$size" ] || fail 116 "$path: it became shorter"
  printf 'sha256 %s\\n' "$(hash_of head -c "$size" < /proc/self/fd/3)" >&2
}
EACH='tell() {
  case $((0x$1 & 61440)) in 32768) kind=f ;; 16384) kind=d ;; 40960) kind=l ;; *) kind=o ;; esac
  case $6 in "" | UNKNOWN | *" "*) owner=$5 ;; *) owner=$6 ;; esac
  printf "%s %s %s %s %s %s\\\\0" "$kind" "$2" "$3" "$4" "$owner" "$7"
}
follow=$1
shift
all=$(stat $follow -c "%f %s %a %Y %u %U" "$@" 2> /dev/null)
if [ -n "$all" ] && [ "$(printf "%s\\\\n" "$all" | wc -l)" -eq $# ]; then
  while [ $# -gt 0 ] && read -r f s a y u n; do
    tell "$f" "$s" "$a" "$y" "$u" "$n" "$1"
    shift
  done << END
$all
END
else
  for one; do
    stat $follow -c "%f %s %a %Y %u %U" "$one" 2> /dev/null | while read -r f s a y u n; do
      tell "$f" "$s" "$a" "$y" "$u" "$n" "$one"
    done
  done
fi'
list_below() {
  path=$1
  shift
  [ -d "$path" ] || {
    said=$(stat -L "$path" 2>&1) || why "$said" "$path"
    fail 20 "$path: Not a directory"
  }
  [ -r "$path" ] && [ -x "$path" ] || fail 13 "$path: Permission denied"
  { said=$(find -H "$path" -mindepth 1 "$@" -exec /bin/sh -c "$EACH" sh '' {} + 2>&1 >&4); } 4>&1 && return
  case $said in *'ermission denied'* | *'nrecognized'* | *'nput/output'*) why "$said" "$path" ;; esac
}
list_matches() {
  pattern=$1
  IFS=
  set -- $pattern
  unset IFS
  if [ $# -le 1 ] && [ ! -e "$1" ] && [ ! -L "$1" ]; then
    plain=$(printf %s "$pattern" | sed 's/\\\\\\(.\\)/\\1/g')
    if [ ! -e "$plain" ] && [ ! -L "$plain" ]; then
      above=\${pattern%%[*?[]*}
      above=\${above%/*}/
      [ ! -d "$above" ] || { [ -r "$above" ] && [ -x "$above" ]; } || fail 13 "$above: Permission denied"
      return
    fi
    set -- "$plain"
  fi
  leads_nowhere=
  for one; do [ -e "$one" ] || leads_nowhere=1; done
  if [ -z "$leads_nowhere" ] && [ $# -le 500 ]; then
    /bin/sh -c "$EACH" sh -L "$@"
    return
  fi
  for one; do
    if [ -e "$one" ]; then /bin/sh -c "$EACH" sh -L "$one"
    else /bin/sh -c "$EACH" sh '' "$one"
    fi
  done
}
new_folder() {
  said=$(mkdir -m "$mode" "$1" 2>&1) || {
    [ -d "$1" ] && [ ! -L "$1" ] && return
    [ ! -e "$1" ] && [ ! -L "$1" ] || fail 20 "$1: Not a directory"
    why "$said" "$1"
  }
  [ -z "$owner" ] && return
  said=$(chown -h -- "\${owner%:}" "$1" 2>&1) || why "$said" "$1"
}
folders() {
  base=$1 mode=$2 owner=$3
  shift 3
  set -f
  at=
  IFS=/
  for part in \${base#/}; do
    [ -n "$part" ] || continue
    at=$at/$part
    [ -d "$at" ] || new_folder "$at"
  done
  unset IFS
  for name; do
    case /$name/ in */../* | */./*) fail 22 "$name: it leads elsewhere" ;; esac
    said=$(cd "$base/" 2>&1) || why "$said" "$base"
    cd "$base/"
    here=$(pwd -P)
    IFS=/
    for part in $name; do
      [ -n "$part" ] || continue
      unset IFS
      new_folder "./$part"
      said=$(cd "./$part" 2>&1) || why "$said" "$name"
      cd "./$part"
      here=\${here%/}/$part
      [ "$(pwd -P)" = "$here" ] || fail 20 "$name: Not a directory"
    done
    unset IFS
  done
  echo 'done'
}
need stat
what=$1
shift
case $what in
  get)
    need sha256sum tail head
    get "$@"
    ;;
  list)
    need find
    case $1 in
      folder) list_below "$2" -maxdepth 1 ;;
      tree) list_below "$2" ;;
      *) list_matches "$2" ;;
    esac
    ;;
  folders) folders "$@" ;;
  *)
    need sha256sum dd
    path=$1 part=$2 size=$3 sha=$4 mode=$5 owner=$6 overwrites=$7
    case $what in
      begin)
        begin
        echo "offset $have"
        ;;
      append)
        mine
        append "$8"
        ;;
      finish)
        mine
        finish
        ;;
      whole)
        begin
        append 0
        finish
        ;;
    esac
    ;;
esac`;
