// The shell script that runs a script which is longer than arguments of a program may be: it comes as the beginning of the input, and is a
// file without a name when its interpreter begins.

/** Arguments: how many bytes of its input are the script, and the interpreter. What is left of the input is that of the script. */
export const FROM_INPUT = `script=$(mktemp) || exit 126
rest=$(mktemp) || { rm -f "$script"; exit 126; }
all=$(mktemp) || { rm -f "$script" "$rest"; exit 126; }
give_up() {
  rm -f "$script" "$rest" "$all"
  echo 'the guest has no space for the script' >&2
  exit 126
}
cat > "$all" || give_up
head -c "$1" "$all" > "$script" && tail -c "+$(($1 + 1))" "$all" > "$rest" || give_up
[ "$(($(wc -c < "$script")))" = "$1" ] || give_up
exec 9< "$script" < "$rest"
rm -f "$script" "$rest" "$all"
shift
exec "$@" /proc/self/fd/9`;
