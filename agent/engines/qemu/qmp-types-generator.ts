// Pure: QEMU's QMP schema -> TypeScript. QEMU hides its type names behind numbers that change with each version, so types are
// named after the shortest path to them: result of a command, member of that result, and so on.

/** One entry of query-qmp-schema (QEMU's qapi/introspect.json, SchemaInfo), the parts used here. */
export interface SchemaEntity {
  name: string;
  'meta-type': string;
  'json-type'?: string;
  'element-type'?: string;
  values?: readonly string[];
  members?: readonly { name?: string; type?: string; default?: unknown }[];
  tag?: string;
  variants?: readonly { case: string; type: string }[];
  'arg-type'?: string;
  'ret-type'?: string;
}

export interface GeneratorOptions {
  version: string;
  commands: readonly string[];
  events: readonly string[];
}

const BUILT_IN: Record<string, string> = {
  string: 'string',
  number: 'number',
  int: 'number',
  boolean: 'boolean',
  null: 'null',
  value: 'unknown',
};

/** Text of the generated module. Throws when the QEMU lacks one of the commands or events. */
export function generateQmpTypes(schema: readonly SchemaEntity[], options: GeneratorOptions): string {
  const generator = new Generator(schema);
  const commands = options.commands.map((name) => {
    const entity = generator.find(name, 'command');
    const base = pascalCase(name);
    const args = generator.reference(entity['arg-type'] ?? '', `${base}Arguments`);
    const result = generator.reference(entity['ret-type'] ?? '', `${base}Result`);
    return `  ${quoteKey(name)}: { arguments: ${args}; result: ${result} };`;
  });
  const events = options.events.map((name) => {
    const entity = generator.find(name, 'event');
    return `  ${quoteKey(name)}: ${generator.reference(entity['arg-type'] ?? '', `${pascalCase(name)}Event`)};`;
  });
  return [
    `// Generated from QEMU ${options.version} by \`npm run qmp:types\`: do not edit. Names follow the way to each type.`,
    ['export interface QmpCommands {', ...commands, '}'].join('\n'),
    ['export interface QmpEvents {', ...events, '}'].join('\n'),
    ...generator.declarations(),
  ]
    .join('\n\n')
    .concat('\n');
}

class Generator {
  readonly #entities: Map<string, SchemaEntity>;
  readonly #names = new Map<string, string>();
  readonly #queue: { entity: SchemaEntity; name: string }[] = [];

  constructor(schema: readonly SchemaEntity[]) {
    this.#entities = new Map(schema.map((entity) => [entity.name, entity]));
  }

  find(name: string, metaType?: string): SchemaEntity {
    const entity = this.#entities.get(name);
    if (!entity || (metaType !== undefined && entity['meta-type'] !== metaType)) {
      throw new Error(`this QEMU has no ${metaType ?? 'type'} ${name}`);
    }
    return entity;
  }

  /** The TypeScript for a type; objects, enums and alternates get a declaration called `wantedName` when first met. */
  reference(typeName: string, wantedName: string): string {
    const entity = this.find(typeName);
    if (entity['meta-type'] === 'builtin') return BUILT_IN[entity['json-type'] ?? ''] ?? 'unknown';
    if (entity['meta-type'] === 'array') {
      const element = this.reference(entity['element-type'] ?? '', wantedName);
      return `${element}[]`;
    }
    if (isEmptyObject(entity)) return 'Record<string, never>';
    const known = this.#names.get(typeName);
    if (known !== undefined) return known;
    this.#names.set(typeName, wantedName);
    this.#queue.push({ entity, name: wantedName });
    return wantedName;
  }

  /** Declares everything referred to, breadth first, so that the shortest path determines the name. */
  declarations(): string[] {
    const texts: string[] = [];
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      texts.push(this.#declare(next.entity, next.name));
    }
    return texts;
  }

  #declare(entity: SchemaEntity, name: string): string {
    const members = entity.members ?? [];
    switch (entity['meta-type']) {
      case 'enum':
        return `export type ${name} = ${(entity.values ?? []).map((value) => `'${value}'`).join(' | ')};`;
      case 'alternate': {
        const kinds = members.map((member, index) => this.reference(member.type ?? '', `${name}${index}`));
        return `export type ${name} = ${kinds.join(' | ')};`;
      }
      default: {
        const { tag, variants } = entity;
        const body = members
          .filter((member) => member.name !== tag)
          .map((member) => {
            const memberName = member.name ?? '';
            // `default` is there, as null, exactly when the member may be left out.
            const optional = 'default' in member ? '?' : '';
            const type = this.reference(member.type ?? '', name + pascalCase(memberName));
            return `  ${quoteKey(memberName)}${optional}: ${type};`;
          });
        if (tag === undefined || !variants) return [`export interface ${name} {`, ...body, '}'].join('\n');
        const cases = variants.map((variant) => {
          const type = this.reference(variant.type, name + pascalCase(variant.case));
          const more = type === 'Record<string, never>' ? '' : ` & ${type}`;
          return `  | ({ ${quoteKey(tag)}: '${variant.case}' }${more})`;
        });
        const common = body.length === 0 ? '' : `{\n${body.join('\n')}\n} & `;
        return `export type ${name} = ${common}(\n${cases.join('\n')}\n);`;
      }
    }
  }
}

function isEmptyObject(entity: SchemaEntity): boolean {
  return entity['meta-type'] === 'object' && entity.members?.length === 0 && entity.variants === undefined;
}

function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words
    .map((word) => word.charAt(0).toUpperCase() + (/^[A-Z]+$/.test(word) ? word.slice(1).toLowerCase() : word.slice(1)))
    .join('');
}

function quoteKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `'${key}'`;
}
