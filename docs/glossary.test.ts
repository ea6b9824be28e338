// Texts that users read against docs/glossary.md: what stands in a “Not” column there occurs in none of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorTable, terms } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { program as agentProgram } from '../agent/command/program.ts';
import { allCommands } from '../cli/program.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const HAN = /\p{Script=Han}/u;

/** Forbidden terms of one section: the code spans of the last cell of each row. */
function forbidden(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.includes('---'))
    .flatMap((line) => [...(line.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, term = '']) => term));
}

const glossary = read('docs/glossary.md');
const codeSection = /\n## Words of the code\n[\s\S]*?(?=\n## )/;
/** Words of the code are for developers; they may be ordinary words elsewhere. */
const forUsers = glossary.replace(codeSection, '');
const notInCode = forbidden(codeSection.exec(glossary)?.[0] ?? '');
const notTerms = [...new Set(forbidden(forUsers))];
const english = notTerms.filter((term) => !HAN.test(term));
const chinese = notTerms.filter((term) => HAN.test(term));

const escaped = (term: string) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** The forbidden terms in one text, each with its surroundings. Placeholders and code spans are no prose. */
function found(text: string, among: readonly string[]): string[] {
  const prose = text.replaceAll(/\{\{?[\w.]+\}?\}|`[^`]*`/g, '…').replaceAll(/\s+/g, ' ');
  return among.flatMap((term) => {
    const pattern = HAN.test(term) ? escaped(term) : String.raw`(?<![\w-])${escaped(term)}(?![\w-])`;
    return [...prose.matchAll(new RegExp(pattern, 'gi'))].map(
      ({ index }) => `${term}: …${prose.slice(Math.max(0, index - 30), index + term.length + 30)}…`,
    );
  });
}

/** All texts of a catalogue of the window, e.g. renderer/i18n/en: string literals, keys left out. */
function catalogue(folder: string): string {
  return readdirSync(path.join(root, folder))
    .filter((file) => file !== 'index.ts')
    .map((file) => textsOf(path.join(folder, file)))
    .join('\n');
}

/** The same of one file. */
function textsOf(file: string): string {
  return read(file)
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'))
    .flatMap((line) => [...line.matchAll(/'((?:[^'\\]|\\.)*)'(?!:)/g)].map(([, text = '']) => text))
    .join('\n');
}

const code = [
  'agent',
  'bench',
  'cli',
  'client',
  'e2e',
  'main',
  'preload',
  'protocol',
  'proxy',
  'renderer',
  'server',
  'tools',
];
const sources = code
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  )
  .filter((file) => /(?<!\.gen)\.tsx?$/.test(file) && !/\/(node_modules|fixtures|out|dist)\//.test(file));

/** `otherCards`, `other-cards` and `OTHER_CARDS` are `other cards`. */
const inWords = (text: string) => text.replaceAll(/(?<=[a-z\d])(?=[A-Z])|[-_]/g, ' ').toLowerCase();
const oneOf = (words: readonly string[]) =>
  new RegExp(String.raw`(?<![a-z])(?:${words.map(escaped).join('|')})(?![a-z])`, 'g');
const anyInCode = oneOf(notInCode);
const anyBesideCards = oneOf(notInCode.filter((words) => !/^cards?$/.test(words)));
/** The window shows ENVs as cards. */
const hasCards = (file: string) => /^(?:renderer\/(?!machines\/|new-env\/)|e2e\/|tools\/|bench\/)/.test(file);

/** Names on disks, in kernels whose rules an older agent made, and in answers of old versions. */
const OLD_NAMES: Readonly<Record<string, RegExp>> = {
  'agent/firewall/nft/table.test.ts': /'cards'/g,
  'agent/firewall/nft/table-text.ts': /mended/g,
  'agent/network/bridged/dhcp-files.ts': /'cards'/g,
  'agent/state/test-since-5e970f3.ts': /standsOn/g,
};

/** The forbidden terms among the words of a source file. */
function foundInCode(file: string, text: string): string[] {
  const names = `${file}\n${text.replaceAll(/`[^`\n]*`/g, '…').replaceAll(OLD_NAMES[file] ?? /$^/g, '…')}`;
  return [...new Set(`${inWords(names)}\n${names}`.match(hasCards(file) ? anyBesideCards : anyInCode))];
}

/** Terms that are forbidden for users but ordinary English in comments: JavaScript has promises, a program can be a daemon. */
const ORDINARY = new Set(['promises', 'daemon', 'boot ROM', 'its cards', 'is looked at']);
const englishInComments = english.filter((term) => !ORDINARY.has(term));
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*+)/;

/** All comments of a source file that have lines of their own, as one text. */
function commentsOf(text: string): string {
  return text
    .split('\n')
    .map((line) => (COMMENT_LINE.test(line) ? line.replace(COMMENT_LINE, '') : '…'))
    .join('\n');
}

const documents = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`),
].filter((file) => file.endsWith('.md') && file !== 'docs/glossary.md');
const withoutFences = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '');

/** What is read of a command; `tt` and `tt-agent` each bring a commander of their own. */
interface Helpful {
  description(): string;
  readonly options: readonly { readonly description: string }[];
  readonly commands: readonly Helpful[];
}

function helpOf(command: Helpful): string[] {
  return [
    command.description(),
    ...command.options.map(({ description }) => description),
    ...command.commands.flatMap((inner) => helpOf(inner)),
  ];
}

/** Every English text of the contract that people read: messages and advice of errors, words for codes. */
const contract = [
  ...Object.values(errorTable).flatMap(({ message, fix }) => [message, fix]),
  ...Object.values(terms).flatMap((table) => Object.values(table)),
].join('\n');

describe('the glossary', () => {
  it('has terms in both languages to check, and finds them', () => {
    expect(english.length).toBeGreaterThan(60);
    expect(chinese.length).toBeGreaterThan(20);
    expect(found('Its machines were PUT BACK to {putBack} with `put back`.', english)).toHaveLength(1);
    expect(found('已还原', chinese)).toHaveLength(1);
    expect(found('kickoff of output backups', english)).toEqual([]);
  });

  it('has Chinese and a meaning for each term', () => {
    const rows =
      forUsers
        .split('\n## Phrases')[0]
        ?.split('\n')
        .filter((line) => /^\| (?!English|---)/.test(line)) ?? [];
    expect(rows.length).toBeGreaterThan(60);
    expect(
      rows.filter((row) =>
        row
          .split('|')
          .slice(1, -1)
          .some((cell) => cell.trim() === ''),
      ),
    ).toEqual([]);
  });

  it('has Chinese words that the window uses', () => {
    // Words that only guides and scripts need; all others occur in the window.
    const elsewhere = [
      '反向代理',
      '端点',
      '身份重置',
      '指标',
      '加速',
      '建议',
      '启动准备',
      '入门',
      '后台任务',
      '预热镜像',
    ];
    const shown = catalogue('renderer/i18n/zh-CN');
    const words = forUsers
      .split('\n## Phrases')[0]
      ?.split('\n')
      .filter((line) => /^\| (?!English|---)/.test(line))
      .flatMap((line) => (line.split('|')[2] ?? '').trim().split('，'));
    expect(words?.filter((word) => !shown.includes(word) && !elsewhere.includes(word))).toEqual([]);
  });
});

describe('forbidden words do not occur', () => {
  it('in the window, in English', () => {
    expect(found(catalogue('renderer/i18n/en'), english)).toEqual([]);
    expect(found(textsOf('main/words/en.ts'), english)).toEqual([]);
  });

  it('in the window, in Chinese', () => {
    expect(found(catalogue('renderer/i18n/zh-CN'), chinese)).toEqual([]);
    expect(found(textsOf('main/words/zh-CN.ts'), chinese)).toEqual([]);
  });

  it('in errors and words of the contract', () => {
    expect(found(contract, english)).toEqual([]);
  });

  it('in the help of tt and tt-agent', async () => {
    const help = [...helpOf(await allCommands()), ...helpOf(agentProgram('main.ts'))].join('\n');
    expect(help.length).toBeGreaterThan(5000);
    expect(found(help, english)).toEqual([]);
  });

  it('in code', () => {
    expect(foundInCode('agent/a.ts', 'const otherCards = 1;')).toEqual(['cards']);
    expect(foundInCode('agent/card-list.ts', 'const discarded = `cards`;')).toEqual(['card']);
    expect(foundInCode('renderer/env/EnvCard.tsx', 'putBackNow: 1, card')).toEqual(['put back']);
    expect(foundInCode('agent/disk-room.ts', 'MAKE_ROOM')).toEqual(['disk room', 'make room']);
    expect(sources.length).toBeGreaterThan(1200);
    expect(sources.flatMap((file) => foundInCode(file, read(file)).map((term) => `${file}: ${term}`))).toEqual([]);
  });

  it('in comments', () => {
    expect(
      found(commentsOf('/** Reverts it; the guest goes\n * on by\n * itself. */'), englishInComments),
    ).toHaveLength(1);
    expect(
      sources.flatMap((file) => found(commentsOf(read(file)), englishInComments).map((hit) => `${file}: ${hit}`)),
    ).toEqual([]);
  });

  it.each(documents)('in %s', (document) => {
    expect(found(withoutFences(read(document)), english)).toEqual([]);
  });
});
