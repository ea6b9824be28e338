// What pages and completion are made from: a command of commander as its documentation sees it.

export interface DocumentedOption {
  readonly flags: string;
  readonly description: string;
  readonly hidden: boolean;
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  /** It has a value. */
  readonly required: boolean;
  readonly optional: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

export interface DocumentedArgument {
  readonly required: boolean;
  readonly variadic: boolean;
  readonly argChoices?: readonly string[] | undefined;
  name(): string;
}

export interface DocumentedCommand {
  readonly options: readonly DocumentedOption[];
  readonly registeredArguments: readonly DocumentedArgument[];
  readonly commands: readonly DocumentedCommand[];
  name(): string;
  description(): string;
}

/** A command that does something: its words behind the name of the program. */
export interface DocumentedLeaf {
  words: string;
  command: DocumentedCommand;
}

/** Of a program without hidden commands, in the order of its help. */
export function documentedLeaves({ commands }: DocumentedCommand, before: readonly string[] = []): DocumentedLeaf[] {
  return commands.flatMap((command) => {
    const words = [...before, command.name()];
    return command.commands.length > 0 ? documentedLeaves(command, words) : [{ words: words.join(' '), command }];
  });
}
