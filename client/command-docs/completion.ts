// Scripts that complete the command line of a program whose commands and options are known beforehand. They start nothing: where a file or
// a name is due, the shell proposes files.
import { type DocumentedCommand, type DocumentedOption, documentedLeaves } from './documented.ts';

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** What can be written behind some words: commands, or options and the choices of an argument. */
interface Place {
  /** As the scripts collect them: each word with a space before it; empty: the program itself. */
  at: string;
  words: string[];
}

interface Table {
  places: Place[];
  /** Of options that take one of a few words. */
  choices: { flag: string; words: readonly string[] }[];
  /** Options with any other value: a file, a number. */
  open: string[];
}

export function completionScript(shell: CompletionShell, program: DocumentedCommand): string {
  return scripts[shell](program.name(), tableOf(program));
}

/** The file in which the shell looks for the script of a program. */
export function completionFile(shell: CompletionShell, program: string): string {
  return { bash: program, zsh: `_${program}`, fish: `${program}.fish` }[shell];
}

function tableOf(program: DocumentedCommand): Table {
  const leaves = documentedLeaves(program);
  const options = leaves.flatMap(({ command }) => command.options.filter(({ hidden }) => !hidden));
  const groups = (command: DocumentedCommand, at: string): Place[] =>
    command.commands.length === 0
      ? []
      : [
          { at, words: command.commands.map((sub) => sub.name()) },
          ...command.commands.flatMap((sub) => groups(sub, `${at} ${sub.name()}`)),
        ];
  return {
    places: [
      ...groups(program, ''),
      ...leaves.map(({ words, command }) => ({ at: ` ${words}`, words: wordsOf(command) })),
    ],
    choices: distinct(options, ({ argChoices }) => argChoices !== undefined).map(({ long = '', argChoices = [] }) => ({
      flag: long,
      words: argChoices,
    })),
    open: distinct(options, ({ required, argChoices }) => required && argChoices === undefined).map(
      ({ long = '' }) => long,
    ),
  };
}

function wordsOf({ options, registeredArguments }: DocumentedCommand): string[] {
  return [
    ...registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ...options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []),
    '--help',
  ];
}

/** Each name once: commands share options. */
function distinct(
  options: readonly DocumentedOption[],
  wanted: (option: DocumentedOption) => boolean,
): DocumentedOption[] {
  return [...new Map(options.filter(wanted).map((option) => [option.long, option])).values()];
}

const functionName = (program: string) => `_${program.replaceAll('-', '_')}`;
const quotedWords = (words: readonly string[]) => `'${words.join(' ')}'`;
/** Patterns of `case`: all words that lead to another place. */
const steps = ({ places }: Table, separator: string) =>
  places
    .filter(({ at }) => at !== '')
    .map(({ at }) => `'${at}'`)
    .join(separator);

const scripts: Record<CompletionShell, (program: string, table: Table) => string> = {
  bash: (program, table) => `# Completion of ${program} for bash.
${functionName(program)}() {
  local at='' word words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case "$at $word" in
      ${steps(table, ' | ')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${table.places.map(({ at, words }) => `    '${at}') words=${quotedWords(words)} ;;`).join('\n')}
  esac
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${table.choices.map(({ flag, words }) => `    ${flag}) words=${quotedWords(words)} ;;`).join('\n')}
    ${table.open.join(' | ')}) words='' ;;
  esac
  COMPREPLY=()
  while IFS= read -r word; do
    [[ -z $word ]] || COMPREPLY+=("$word")
  done <<<"$(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")"
}
complete -o default -F ${functionName(program)} ${program}
`,
  // In zsh, \`path\` is the search path.
  zsh: (program, table) => `#compdef ${program}
# Completion of ${program} for zsh.
${functionName(program)}() {
  local at='' word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${steps(table, '|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${table.places.map(({ at, words }) => `    ('${at}') found=(${words.join(' ')}) ;;`).join('\n')}
  esac
  case "\${words[CURRENT-1]}" in
${table.choices.map(({ flag, words }) => `    (${flag}) found=(${words.join(' ')}) ;;`).join('\n')}
    (${table.open.join('|')}) found=() ;;
  esac
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [[ $funcstack[1] == ${functionName(program)} ]]; then ${functionName(program)}; else compdef ${functionName(program)} ${program}; fi
`,
  fish: (program, table) => `# Completion of ${program} for fish.
function _${functionName(program)}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${steps(table, ' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${table.places
  .map(({ at, words }) => {
    const condition = `-n "_${functionName(program)}_at '${at}'"`;
    const [options, others] = [words.filter(isOption), words.filter((word) => !isOption(word))];
    return [
      ...(others.length === 0 ? [] : [`complete -c ${program} ${condition} -f -a ${quotedWords(others)}`]),
      ...options.map((flag) => `complete -c ${program} ${condition} -l ${flag.slice(2)}${fishValue(flag, table)}`),
    ].join('\n');
  })
  .join('\n')}
`,
};

const isOption = (word: string) => word.startsWith('--');

function fishValue(flag: string, { choices, open }: Table): string {
  const choice = choices.find((one) => one.flag === flag);
  if (choice) return ` -x -a ${quotedWords(choice.words)}`;
  return open.includes(flag) ? ' -r' : '';
}
