// Pure: what `npm start` says to root about networks: what the agent has made on the host, or why machines can't see each other.
import { type Host, reasonText, terms } from '../../protocol/index.ts';

export function networkLines(networks: Host['networks']): string[] {
  const [first] = networks;
  if (first?.kind === 'nat' && first.problem === null) {
    return [
      'Machines of one ENV see each other. For that TT changes this host while it runs: IP forwarding, a bridge for each ENV, one',
      'nftables table. All is undone when TT ends and no machine runs. Ports of machines answer this host only.',
    ];
  }
  const problem = networks.find(({ kind }) => kind === 'nat')?.problem ?? null;
  const why = problem === null ? '' : `: ${reasonText(problem, terms)}`;
  return [`Machines don't see each other: they have user networking${why}. "npm run doctor" says how to fix it.`];
}
