// Starts one of the programs of a checkout: the built file if it is newer than all its sources, otherwise the sources.
// Plain JavaScript without packages, so that an old Node prints what it needs instead of a syntax error. Starting the built
// file must cost only a few stat calls: Node's modules are imported by name, because a plain import reads all of their
// exports and so loads more than `tt` needs.

const OLDEST_NODE = 24;

/**
 * Imports `<folder>/main.ts` of the checkout, or `out/<folder>/main.js` in place of it.
 *
 * @param {string} name what people type, for messages
 * @param {'agent' | 'cli' | 'proxy'} folder
 */
export async function launch(name, folder) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    process.stderr.write(
      `${name} needs Node ${OLDEST_NODE} or newer, this is ${process.version}. Run it as "npx ${name}" inside the checkout.\n`,
    );
    process.exit(69);
  }
  const root = process.getBuiltinModule('node:path').resolve(import.meta.dirname, '../..');
  const cache = compileCache();
  // Compiled code is kept between starts, which halves what a start costs.
  if (cache !== null) process.getBuiltinModule('node:module').enableCompileCache(cache);
  await import(process.getBuiltinModule('node:url').pathToFileURL(mainFile(root, folder)).href);
}

/**
 * The file that runs. Sources that cannot be seen (a built file that was moved away from its checkout) count as changed.
 *
 * @param {string} root
 * @param {string} folder
 */
export function mainFile(root, folder) {
  const path = process.getBuiltinModule('node:path');
  const out = path.join(root, 'out', folder);
  return isFresh(root, out) ? path.join(out, 'main.js') : path.join(root, folder, 'main.ts');
}

/** @param {string} root @param {string} out */
function isFresh(root, out) {
  const fs = process.getBuiltinModule('node:fs');
  if (!fs.existsSync(`${out}/main.js`) || !fs.existsSync(`${out}/built-from.json`)) return false;
  const { builtAt, sources } = JSON.parse(fs.readFileSync(`${out}/built-from.json`, 'utf8'));
  return sources.every((/** @type {string} */ source) => {
    const found = fs.statSync(`${root}/${source}`, { throwIfNoEntry: false });
    return found !== undefined && found.mtimeMs <= builtAt;
  });
}

/**
 * Where compiled code is kept: `cache/compiled` of the state folder. Whoever can write there decides what this process runs, so
 * only a folder of this very user is used, and never one below /tmp, which is Node's own choice. null when there is none:
 * a command that makes nothing must not make a state folder either.
 */
export function compileCache() {
  // Node has switched it on already.
  if (process.env['NODE_COMPILE_CACHE']) return null;
  const home = stateDirectory(process.env);
  const cache = `${home}/cache`;
  try {
    if (!isOurs(home)) return null;
    process.getBuiltinModule('node:fs').mkdirSync(cache, { recursive: true, mode: 0o700 });
    return isOurs(cache) ? `${cache}/compiled` : null;
  } catch {
    // Without it a start takes longer; nothing else changes.
    return null;
  }
}

/** @param {string} folder */
function isOurs(folder) {
  const found = process.getBuiltinModule('node:fs').statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}

/**
 * The state folder: TT_HOME, else `~/.local/share/tt` (or XDG_DATA_HOME/tt). Tests set TT_HOME.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function stateDirectory(env = process.env) {
  const path = process.getBuiltinModule('node:path');
  if (env['TT_HOME']) return path.resolve(env['TT_HOME']);
  const { homedir } = process.getBuiltinModule('node:os');
  return path.join(env['XDG_DATA_HOME'] ?? path.join(homedir(), '.local', 'share'), 'tt');
}
