// Where this machine's apt gets Debian 12 from, as lines of a sources.list: the image is built from the same mirrors, and from
// no other source that apt is configured with.
import { runCommand } from '../../../host/run-command.ts';
import { withFix } from './build-failure.ts';

const SUITES = ['bookworm', 'bookworm-updates', 'bookworm-security'];
const FORMAT = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)';

export async function debianSources(signal: AbortSignal): Promise<string[]> {
  const args = ['indextargets', '--format', FORMAT, 'Created-By: Packages'];
  const { stdout } = await runCommand('apt-get', args, { timeoutMs: 60_000, signal });
  const lines = parseTargets(stdout);
  if (lines.some((line) => line.includes(' bookworm main'))) return lines;
  throw withFix(
    new Error('apt on this machine does not know Debian 12 (bookworm).'),
    'Build this image on a Debian 12 machine with package lists (run `apt-get update` as root), or copy a built image from one.',
  );
}

/** Reads lines such as `http://mirror/debian/|bookworm|main|Debian`. */
export function parseTargets(text: string): string[] {
  const lines = text.split('\n').flatMap((line) => {
    const [uri, suite = '', component, origin] = line.split('|');
    const isOurs = origin === 'Debian' && component === 'main' && SUITES.includes(suite);
    return isOurs ? [`deb ${uri} ${suite} main`] : [];
  });
  return [...new Set(lines)];
}
