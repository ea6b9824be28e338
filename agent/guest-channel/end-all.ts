// How what a command has started is ended in a Linux guest without the helper, by a shell there: over its guest agent, and over ssh.

/**
 * `end_all NAME MARK SESSION`: stops all that have NAME=MARK in their environment, are in that session or process group (unless it is
 * empty), or descend from those; then kills them. Never the system's first process, never itself, and not the process `spared`: session 0
 * is that of all who have none, and a mark that is no mark would be in everything.
 */
export const END_ALL = `end_all() {
  case $2 in '' | *[!0-9a-f]*) return 0 ;; esac
  [ "\${#2}" = 16 ] || return 0
  case $3 in *[!0-9]* | 0 | 1) return 0 ;; esac
  all=
  list=
  rounds=0
  while [ "$rounds" -lt 50 ]; do
    rounds=$((rounds + 1))
    seen=$(
      exec 2> /dev/null
      grep -l "$1=$2" /proc/[0-9]*/environ
      [ -z "$3" ] || grep -lE "[)] [RSDTtI] [0-9]+ ($3|[0-9]+ $3) " /proc/[0-9]*/stat
      [ -z "$all" ] || grep -lE "[)] [RSDTtI] ($all) " /proc/[0-9]*/stat
    )
    fresh=
    for file in $seen; do
      one=\${file#/proc/}
      one=\${one%/*}
      case "|$all|1|$$|$PPID|\${spared:-}|" in *"|$one|"*) continue ;; esac
      # Those that have looked are gone again.
      [ -d "/proc/$one" ] || continue
      kill -s STOP "$one" 2> /dev/null
      all=$all\${all:+|}$one
      list="$list $one"
      fresh=1
    done
    [ -n "$fresh" ] || break
  done
  [ -z "$list" ] || kill -s KILL $list 2> /dev/null
}
`;
