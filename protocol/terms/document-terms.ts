// Files in which people describe ENVs and matrices: what is wrong in one, and why a step of a plan made from it can't be done.

/** What is wrong in a file of YAML documents. */
export const documentTerms = {
  yamlBroken: 'it is not valid YAML',
  yamlTooLong: 'it is longer than {max} characters',
  yamlTooDeep: 'values are nested more than {max} deep',
  yamlTooMany: 'it has more than {max} values',
  yamlTooManyInOne: 'a list or map has more than {max} entries',
  yamlTooManyDocuments: 'it has more than {max} documents',
  yamlAliases: 'its aliases stand for too much; write the values out',
  yamlEmpty: 'there is no document in it',
  keyUnknown: '“{key}” is not a key here',
  keyUnknownNear: '“{key}” is not a key here; “{near}” is',
  keyMissing: '“{key}” is missing',
  valueUnfit: 'this value of “{key}” can’t be used',
  destinationUnfit: '“{destination}” is not an IPv4 address or CIDR',
  matrixOneDocument: 'a matrix is one document',
  matrixOneOf: 'exactly one of these is possible here: {keys}',
  matrixStepAgain: 'an earlier step is called {name} too',
  nameAgain: 'an earlier document describes {name} too',
  nameOther: 'this describes {name}, whose name can’t change',
} as const;

/** Why a step of a plan can’t be done. */
export const planTerms = {
  planNicsFixed: 'the NICs of a VM are fixed when it is created; remove it and add another one',
  planOneBandwidth: 'all NICs of an existing VM have the same limit',
  planDiskShrinks: 'a disk can only grow',
  planSetupFixed: 'a guest is set up only at its first boot; remove the VM and add another one',
  planFixed: 'it is fixed when the ENV is created',
  planEndPast: 'its lifetime would have ended already',
  planNoGroups: 'a new ENV needs at least one group',
  planNoImage: 'no image matches “{osPrefix}”',
  planNoImageNear: 'no image matches “{osPrefix}”; similar: {near}',
  planGroupUnknown: 'a group of the file matches no image; nothing is removed before it does',
  planNeedsRestart: 'it changes only while the VM is stopped; --restart stops and starts it',
  planNeedsYes: 'it deletes data; --yes allows that',
} as const;
