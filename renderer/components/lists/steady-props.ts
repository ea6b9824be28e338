// Props that remain the same object as long as they say the same: functions in them stay, and call what was given last.
type Path = readonly PropertyKey[];

export class SteadyProps<Value> {
  #latest: unknown;
  #steady: { said: Value; shown: Value } | null = null;

  /** `value`, or what stood for one before that says the same. */
  of(value: Value): Value {
    this.#latest = value;
    if (!this.#steady || !saysTheSame(this.#steady.said, value)) {
      this.#steady = { said: value, shown: this.#stable(value, []) as Value };
    }
    return this.#steady.shown;
  }

  #stable(value: unknown, path: Path): unknown {
    if (typeof value === 'function') return (...args: unknown[]) => this.#call(path, args);
    // What an element is put into stays itself.
    if (!isPlain(value) || path.at(-1) === 'ref') return value;
    return Object.fromEntries(Reflect.ownKeys(value).map((key) => [key, this.#stable(value[key], [...path, key])]));
  }

  #call(path: Path, args: unknown[]): unknown {
    const found = path.reduce<unknown>((value, key) => (isPlain(value) ? value[key] : undefined), this.#latest);
    return typeof found === 'function' ? found(...args) : undefined;
  }
}

/** Two functions say the same: which of them is called is known when it is. */
function saysTheSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (typeof a === 'function' && typeof b === 'function')) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Reflect.ownKeys(a);
  return (
    keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && saysTheSame(a[key], b[key]))
  );
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
