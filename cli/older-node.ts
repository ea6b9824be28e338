// What `tt` uses and Node 20 does not have yet, for the npm package. tools/pack/older-node.test.ts finds what is missing here.

/** Before the first module of `tt` runs. `require` loads Node's own modules. */
export function fillInOlderNode(require: (name: string) => unknown): void {
  // Node 20 has it since 20.16 only.
  const builtins: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> = process;
  builtins.getBuiltinModule ??= require as typeof process.getBuiltinModule;
  const promises: Partial<Pick<PromiseConstructor, 'withResolvers'>> = Promise;
  promises.withResolvers ??= withResolvers;
  const urls: Partial<Pick<typeof URL, 'parse'>> = URL;
  urls.parse ??= parseUrl;
}

function withResolvers<Value>(): PromiseWithResolvers<Value> {
  const parts: Partial<PromiseWithResolvers<Value>> = {};
  parts.promise = new Promise<Value>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts as PromiseWithResolvers<Value>;
}

function parseUrl(text: string | URL, base?: string | URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
