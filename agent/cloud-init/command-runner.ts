// The setup commands as files in the guest, and the script that runs them there, both for cloud-init and for TT's tiny image.
// The script logs to `LOG` and writes its result to `RESULT`, which the agent reads (provisioning-result.ts).
import type { CloudInitFile } from './cloud-init-record.ts';

const FOLDER = '/var/lib/tt';
export const RESULT = `${FOLDER}/setup-result.json`;
export const LOG = `${FOLDER}/setup.log`;
export const RUNNER = `${FOLDER}/run-commands`;

/** Plain sh, which every guest has. The result is renamed into place, so that readers never see a partial one. */
const script = `#!/bin/sh
# Made by TT: runs ${FOLDER}/commands/* one after the other until one fails.
here=${FOLDER}
result() {
  printf '{"state":"%s","command":%d,"exitCode":%d,"outputBase64":"%s"}\\n' "$1" "$2" "$3" "$4" >$here/result.new
  mv $here/result.new $here/setup-result.json
}
cd /
number=0
: >$here/setup.log
for file in $here/commands/*; do
  [ -f "$file" ] || continue
  number=$((number + 1))
  result running $number 0 ''
  echo "+ command $number" >>$here/setup.log
  before=$(wc -c <$here/setup.log)
  sh "$file" >>$here/setup.log 2>&1 </dev/null
  code=$?
  if [ $code -ne 0 ]; then
    output=$(tail -c +$((before + 1)) $here/setup.log | tail -c 4000 | base64 | tr -d '\\n')
    result failed $number $code "$output"
    exit 1
  fi
done
result done $number 0 ''
`;

/** In the order of their names they run. */
export function runnerFiles(commands: readonly string[]): CloudInitFile[] {
  const file = (path: string, content: string) => ({ path, contentBase64: toBase64(`${content}\n`), mode: '0700' });
  return [
    { path: RUNNER, contentBase64: toBase64(script), mode: '0700' },
    ...commands.map((command, index) => file(`${FOLDER}/commands/${String(index + 1).padStart(3, '0')}`, command)),
  ];
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
