// How what a command has started is ended in a Linux guest without the helper, by a shell there: over its guest agent, and over ssh.

/**
 * `end_all NAME MARK SESSION`: stops all that have NAME=MARK in their environment, are in that session or process group (unless it is
 * empty), or descend from those; then kills them. Never the system's first process, never itself, and not the process `spared`: session 0
 * is that of all who have none, and a mark that is no mark would be in everything.
 */
export const END_ALL = `nl='
'
end_all() {
  case $2 in '' | *[!0-9a-f]*) return 0 ;; esac
  [ "\${#2}" = 16 ] || return 0
  case $3 in *[!0-9]* | 0 | 1) return 0 ;; esac
  all=' '
  rounds=0
  while [ "$rounds" -lt 50 ]; do
    rounds=$((rounds + 1))
    fresh=
    marked="$nl$(grep -l "$1=$2" /proc/[0-9]*/environ 2>/dev/null)$nl"
    for stat in /proc/[0-9]*/stat; do
      one=\${stat#/proc/}
      one=\${one%/stat}
      case "$all 1 $$ $PPID \${spared:-} " in *" $one "*) continue ;; esac
      line=
      { while IFS= read -r part || [ -n "$part" ]; do line="$line$part "; done < "$stat"; } 2>/dev/null
      set -- "$1" "$2" "$3" \${line##*) }
      case $4 in [RSDTtI]) ;; *) continue ;; esac
      is=
      [ -n "$3" ] && [ "$7" = "$3" ] && is=1
      [ -n "$3" ] && [ "$6" = "$3" ] && is=1
      case $all in *" $5 "*) is=1 ;; esac
      case $marked in *"$nl/proc/$one/environ$nl"*) is=1 ;; esac
      [ -n "$is" ] || continue
      kill -s STOP "$one" 2>/dev/null
      all="$all$one "
      fresh=1
    done
    [ -n "$fresh" ] || break
  done
  [ "$all" = ' ' ] || kill -s KILL $all 2>/dev/null
}
`;
