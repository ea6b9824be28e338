// Reading YAML that people wrote, for every process: values of a schema, with line and column of what is wrong.
export { yamlLimits } from './limits.ts';
export { dotted, offsetOf, type Path } from './positions.ts';
export { documentInvalid, type Problem, type ReadDocument, readDocuments } from './read-documents.ts';
