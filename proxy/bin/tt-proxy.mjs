#!/usr/bin/env node
// Entry of the `tt-proxy` command: plain JavaScript, so that an old Node says what it needs instead of a syntax error.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `tt-proxy needs Node 24 or newer, this is ${process.version}. Run it as "npx tt-proxy" inside the checkout.\n`,
  );
  process.exit(69);
}
await import('../main.ts');
