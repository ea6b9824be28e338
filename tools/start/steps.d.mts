// What steps.mjs, which is plain JavaScript, gives to the other scripts.
export interface StepLog {
  /** Adds to the log. */
  write: (text: string) => void;
  /** How far the step is, e.g. `12 of 80 packages`; shown in its line. */
  progress: (text: string) => void;
}
export interface StepOptions {
  /** What is done, e.g. `installing npm packages`. */
  what: string;
  logFile: string;
  /** Default: standard error. */
  output?: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
}
export declare function step<Result>(options: StepOptions, work: (log: StepLog) => Promise<Result>): Promise<Result>;
