// Manual pages and completion of the programs of TT, made from their commands.
export {
  completionFile,
  type CompletionShell,
  completionScript,
  completionShells,
} from './completion.ts';
export { type DocumentedCommand, type DocumentedOption, documentedLeaves } from './documented.ts';
export {
  commandSection,
  optionLines,
  type PageHead,
  pageHead,
  roffExamples,
  roffPair,
  roffText,
} from './man-page.ts';
