// What launch.mjs, which is plain JavaScript, gives to the sources.
export declare function launch(name: string, folder: 'agent' | 'cli' | 'proxy'): Promise<void>;
export declare function compileCache(): string | null;
export declare function mainFile(root: string, folder: string): string;
export declare function stateDirectory(env?: NodeJS.ProcessEnv): string;
