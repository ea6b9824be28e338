// What `tt` of the npm package is started with: says which Node it needs instead of a syntax error, keeps compiled code, and
// runs the built file. Bundled for Nodes that are much too old; uses nothing here that they could not read.
import { compileCache } from '@tt/client/node/launch';
import { fillInOlderNode } from './older-node.ts';

/** Of Node's CommonJS loader. */
declare const require: (file: string) => unknown;

const OLDEST_NODE = 20;
const EX_UNAVAILABLE = 69;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `tt needs Node ${OLDEST_NODE} or newer, this is ${process.version}. Use a newer Node, or the single executable of tt, which needs none.\n`,
  );
  process.exitCode = EX_UNAVAILABLE;
} else start();

function start(): void {
  fillInOlderNode(require);
  const { enableCompileCache } = process.getBuiltinModule('node:module') as {
    enableCompileCache?: (to: string) => void;
  };
  // Node 20 keeps nothing.
  const cache = enableCompileCache === undefined ? null : compileCache();
  if (enableCompileCache !== undefined && cache !== null) enableCompileCache(cache);
  require('./packed-main.ts');
}
