// Pure: which chains of other tables drop packets of guests. A verdict "accept" of TT cannot override a "drop" of another table,
// so on a host with Docker, ufw or firewalld bridged networks may have no connectivity although TT's rules are right.
import type { ForeignDrop } from '../interface.ts';

/** Name of every bridge of every agent, see agent/network/names.ts. */
const ALL_BRIDGES = 'ttb*';
const OWN_TABLES = /^tt_[0-9a-f]{4}$/;
/** Families that see what guests send by IPv4. */
const FAMILIES = ['ip', 'inet'];
/** Statements that decide nothing. */
const SILENT = ['counter', 'log', 'comment', 'meta', 'mangle', 'ct helper'];
/** As deep as the kernel lets chains call each other (NFT_JUMP_STACK_SIZE). */
const MAX_DEPTH = 16;
/** Docker reserves this chain for others, and evaluates it first. */
const FOR_OTHERS = 'DOCKER-USER';

type Direction = 'iifname' | 'oifname';
type Verdict = 'accept' | 'drop' | 'next';
type Statement = Record<string, unknown>;

interface Chain {
  family: string;
  table: string;
  name: string;
  hook?: string;
  policy?: string;
}
interface Rule {
  family: string;
  table: string;
  chain: string;
  expr?: Statement[];
}

/**
 * Of `nft -j -t list ruleset` or, without rules, `nft -j list chains`. Only the interface name of a guest's packet is known: a
 * rule with further conditions decides nothing here, so a reported chain drops at least what no such rule accepts.
 * `bridgePrefix`: the prefix of our bridges' names. Throws SyntaxError.
 */
export function foreignDrops(json: string, bridgePrefix: string): ForeignDrop[] {
  const { nftables } = JSON.parse(json) as { nftables: { chain?: Chain; rule?: Rule }[] };
  const chains = nftables.flatMap(({ chain }) => (chain && isForeign(chain) ? [chain] : []));
  const rules = Map.groupBy(
    nftables.flatMap(({ rule }) => (rule && isForeign(rule) ? [rule] : [])),
    ({ family, table, chain }) => keyOf(family, table, chain),
  );
  return chains.flatMap((chain) => {
    const directions: Direction[] =
      chain.hook === 'forward' ? ['iifname', 'oifname'] : chain.hook === 'input' ? ['iifname'] : [];
    const dropped = directions.filter((direction) => {
      const verdict = verdictOf(chain, (rule) => fit(rule, direction, bridgePrefix), rules);
      return verdict === 'drop' || (verdict === 'next' && chain.policy === 'drop');
    });
    if (dropped.length === 0) return [];
    const { family, table, name } = chain;
    const hook = chain.hook === 'input' ? 'input' : 'forward';
    const calls = rules.get(keyOf(family, table, name)) ?? [];
    const isDocker = calls.some(({ expr }) => targetOf(expr) === FOR_OTHERS);
    return [{ table: `${family} ${table}`, chain: name, hook, command: commandFor(chain, dropped, isDocker) }];
  });
}

/** Puts an "accept" before all existing rules; what TT itself drops of guests is still dropped by its own table. */
function commandFor({ family, table, name }: Chain, directions: readonly Direction[], isDocker: boolean): string {
  const at = `insert rule ${family} ${table} ${isDocker ? FOR_OTHERS : name}`;
  return `nft '${directions.map((direction) => `${at} ${direction} "${ALL_BRIDGES}" accept`).join('; ')}'`;
}

function isForeign({ family, table }: { family: string; table: string }): boolean {
  return FAMILIES.includes(family) && !OWN_TABLES.test(table);
}

function keyOf(family: string, table: string, chain: string): string {
  return `${family} ${table} ${chain}`;
}

function verdictOf(
  { family, table, name }: Pick<Chain, 'family' | 'table' | 'name'>,
  fits: (rule: Rule) => boolean,
  rules: ReadonlyMap<string, Rule[]>,
  depth = 0,
): Verdict {
  if (depth > MAX_DEPTH) return 'next';
  for (const rule of rules.get(keyOf(family, table, name)) ?? []) {
    if (!fits(rule)) continue;
    for (const statement of rule.expr ?? []) {
      if ('accept' in statement) return 'accept';
      if ('drop' in statement || 'reject' in statement) return 'drop';
      if ('return' in statement) return 'next';
      const target = targetOf([statement]);
      if (target === null) continue;
      const verdict = verdictOf({ family, table, name: target }, fits, rules, depth + 1);
      if (verdict !== 'next' || 'goto' in statement) return verdict;
    }
  }
  return 'next';
}

function targetOf(expr: readonly Statement[] | undefined): string | null {
  for (const statement of expr ?? []) {
    const call = (statement['jump'] ?? statement['goto']) as { target: string } | undefined;
    if (call) return call.target;
  }
  return null;
}

/** Whether a rule certainly matches every packet that comes from (or goes to) one of our bridges. */
function fit({ expr = [] }: Rule, direction: Direction, bridgePrefix: string): boolean {
  return expr.every((statement) => {
    const match = statement['match'] as { op: string; left: unknown; right: unknown } | undefined;
    if (!match) return isVerdict(statement) || SILENT.some((name) => name in statement);
    const key = (match.left as { meta?: { key?: string } }).meta?.key;
    if (key !== direction) return false;
    const names = namesIn(match.right);
    if (names === null) return false;
    if (match.op === '!=') return !names.some((name) => mayBe(name, bridgePrefix));
    return (match.op === '==' || match.op === 'in') && names.some((name) => covers(name, bridgePrefix));
  });
}

function isVerdict(statement: Statement): boolean {
  return ['accept', 'drop', 'reject', 'return', 'jump', 'goto'].some((name) => name in statement);
}

/** null for a set with a name, whose elements are not listed. */
function namesIn(right: unknown): string[] | null {
  if (typeof right === 'string') return right.startsWith('@') ? null : [right];
  const set = Array.isArray(right) ? right : (right as { set?: unknown[] } | null)?.set;
  return set?.every((name) => typeof name === 'string') ? set : null;
}

/** `ttb*` covers all that begins with `ttb1fca`. */
function covers(name: string, bridgePrefix: string): boolean {
  return name.endsWith('*') && bridgePrefix.startsWith(name.slice(0, -1));
}

function mayBe(name: string, bridgePrefix: string): boolean {
  return covers(name, bridgePrefix) || name.startsWith(bridgePrefix);
}
