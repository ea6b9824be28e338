// What each shell runs to complete a command line of `tt`. Names come from the server, so nothing of them is evaluated.

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];
/** In each script, by which a later `tt` knows that it may write over it. */
export const SCRIPT_MARK = '# Completion of tt for ';

const scripts: Record<Shell, string> = {
  // Bash parts words at ":" and "=" (COMP_WORDBREAKS) and replaces only what is behind them.
  bash: `# Completion of tt for bash. Install it with: tt completion install bash; or: source <(tt completion bash)
_tt() {
  local line=\${COMP_LINE:0:COMP_POINT} word before candidate
  word=\${line##*[[:space:]]}
  before=\${word%"\${word##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ -z $candidate ]] || COMPREPLY+=("\${candidate#"$before"}")
  done <<<"$(tt complete "$line" 2>/dev/null)"
}
complete -o default -F _tt tt
`,
  zsh: `#compdef tt
# Completion of tt for zsh. Install it with: tt completion install zsh; or: source <(tt completion zsh)
_tt() {
  local -a found
  found=("\${(@f)$(tt complete "\${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
  found=(\${found:#})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [[ $funcstack[1] == _tt ]]; then _tt; else compdef _tt tt; fi
`,
  fish: `# Completion of tt for fish. Install it with: tt completion install fish; or: tt completion fish | source
function __tt_complete
  set -l found (tt complete (commandline -cp | string collect) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c tt -f -a '(__tt_complete)'
`,
};

export function shellScript(shell: Shell): string {
  return scripts[shell];
}

/** What the file is called in the folder where each shell looks for it. */
export function scriptName(shell: Shell): string {
  return { bash: 'tt', zsh: '_tt', fish: 'tt.fish' }[shell];
}
