// `--past-limit`, the old spelling of `--override-limit`: still accepted, but hidden in the help.
import { Option } from 'commander';

export function pastLimit(): Option {
  return new Option('--past-limit').hideHelp().implies({ overrideLimit: true });
}
