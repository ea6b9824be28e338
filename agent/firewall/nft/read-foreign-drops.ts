// Lists all tables of the host with nft, and finds chains that drop packets of guests.
import type { ForeignDrop } from '../interface.ts';
import { foreignDrops } from './foreign-drops.ts';

/** `run` returns the standard output of a program, and rejects if it fails. `bridgePrefix`: see {@link foreignDrops}. */
export async function readForeignDrops(
  run: (command: string, args: readonly string[]) => Promise<string>,
  bridgePrefix: string,
): Promise<ForeignDrop[]> {
  // Without the elements of sets, of which TT alone may have ten thousand.
  const ruleset = await run('nft', ['-j', '-t', 'list', 'ruleset']);
  try {
    return foreignDrops(ruleset, bridgePrefix);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // nft 1.0.6 breaks off at some flags of tables. Then policies are known, rules are not.
    return foreignDrops(await run('nft', ['-j', 'list', 'chains']), bridgePrefix);
  }
}
