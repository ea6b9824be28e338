// Words for codes in what the agent shows of VMs: the state of a guest's setup, and problems with its identity.

/** What a guest says of its setup. Fields in braces come with the code. */
export const provisioningTerms = {
  commandFailed: 'command {number} failed',
  cloudInitFailed: 'cloud-init failed',
  cloudInitStage: 'cloud-init is at stage {stage}',
  cloudInitBetweenStages: 'cloud-init is between stages',
  command: 'command {number} of {total}',
  dataSource: 'data source {source}',
  endedWithoutSeed: 'cloud-init ended without TT’s seed; its data source is {source}',
  endedWithoutData: 'cloud-init ended without TT’s seed',
  guestUp: 'the guest is up',
  nothingSaid: 'nothing in the guest shows that it has read the seed',
  noGuestAgent: 'its image has no guest agent',
} as const;

/** Why a copied guest was not given its own identity. */
export const identityProblemTerms = {
  agentSilent: 'its guest agent did not answer',
  noAgent: 'it has no guest agent',
} as const;
