// Pure: the reference of the configuration file as Markdown, from the schema alone.
import { flags } from '../../agent/config/flags.ts';
import { type Key, keys } from '../../agent/config/keys.ts';

const HEAD = `# Configuration of the agent

Made from \`agent/config/schema.ts\` by \`npm run config:reference\`; don’t edit it here.

The agent reads one YAML file: the one named by \`--config\`; else, as root, \`/etc/tt/agent.yaml\`; else \`agent.yaml\` in the state
folder. It may lack, and every key may be left out. Flags go before the file, the file before defaults. Relative paths are meant
from the folder of the file. A key that is not in this list is an error, told with line, column and the key that was probably
meant; \`tt-agent config check FILE\` looks without starting anything, \`tt-agent config show\` prints what is in force.

On SIGHUP the agent reads the file again. Keys marked **live** are taken over at once; others are named in a warning and count from
the next start on. A file that is wrong changes nothing, and the log says where it is wrong. Users who are taken out, or get another
token or role, lose their open connections at once.

\`\`\`yaml
listen: { address: 127.0.0.1, port: 9527 }
capacity: { memoryTotalMiB: 16384, cpuOvercommit: 4 }
quota:
  default: { envs: 5, vms: 20 }
users:
  - name: ann # tt-agent user add ann
    tokenSha256: "0000000000000000000000000000000000000000000000000000000000000000"
    role: user
\`\`\`
`;

export function configReference(): string {
  const groups = Map.groupBy(keys, ({ path }) => (path.includes('.') ? (path.split(/[.[]/)[0] ?? '') : ''));
  // What belongs to a list or group of its own stands with it, not among the single keys.
  const single = (groups.get('') ?? []).filter(({ path }) => !groups.has(path));
  const parts = [section('Single keys', single)];
  for (const [name, below] of groups) {
    if (name === '') continue;
    const own = (groups.get('') ?? []).filter(({ path }) => path === name);
    parts.push(section(`\`${name}\``, [...own, ...below]));
  }
  return `${HEAD}\n${parts.join('\n')}`;
}

function section(title: string, rows: readonly Key[]): string {
  const lines = rows.map((key) => `| ${cells(key).map(escaped).join(' | ')} |`);
  return `## ${title}\n\n| key | type | default | | means |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}

function cells(key: Key): string[] {
  const flag = flags.find(({ key: path }) => path === key.path)?.flag;
  const means = flag === undefined ? key.description : `${key.description} Flag \`${flag}\`.`;
  const type = key.unit === null ? key.type : `${key.type}, in ${key.unit}`;
  return [`\`${key.path}\``, type, key.defaultText, key.live ? 'live' : '', means];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
