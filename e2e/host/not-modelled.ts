// Strictness: any part of Electron's API that the test host does not model throws when it is touched, so that a test can
// never pass because something silently did nothing.

/** Wraps an object so that reading a property it does not have throws. Symbols and `then` (await looks for it) are exempt. */
export function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(object, property) {
      if (typeof property === 'symbol' || property === 'then') return Reflect.get(object, property);
      if (!(property in object)) throw notModelled(`${name}.${property}`);
      const value: unknown = Reflect.get(object, property, object);
      // Methods are bound to the real object: private fields do not work through a proxy. Classes stay as they are.
      return typeof value === 'function' && !isClass(value) ? value.bind(object) : value;
    },
    set(_object, property) {
      throw notModelled(`${name}.${String(property)} =`);
    },
  });
}

export function notModelled(what: string): Error {
  return new Error(`electron ${what} is not modelled by the test host (e2e/host)`);
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** Throws for an event that the test host would never emit. */
export function checkEvent(owner: string, event: string | symbol, modelled: readonly string[]): void {
  if (!modelled.includes(String(event))) throw notModelled(`${owner}.on('${String(event)}')`);
}

/** Throws when an option is given that the test host would ignore. */
export function checkOptions(owner: string, options: object, modelled: readonly string[]): void {
  for (const key of Object.keys(options)) if (!modelled.includes(key)) throw notModelled(`${owner}({ ${key} })`);
}
