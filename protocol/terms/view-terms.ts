// Words for codes in what the agent shows of VMs: the state of a guest's setup, problems with its identity, what can't be compared.

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

/** Why a VM was booted, and not woken from the warm instant of its image. */
export const bootReasonTerms = {
  asked: 'a boot was requested',
  notWarm: 'its image is not warm',
  imageChanged: 'its image has changed since it was warmed',
  spec: 'the warm instant has another machine spec',
  disks: 'the warm instant has other disks',
  nics: 'the warm instant has another number of NICs',
  network: 'its network sets the MTU of the guest',
  medium: 'it has a CD medium',
  cloudInit: 'its guest is set up at its first boot',
  sameUuid: 'all VMs of its ENV share one UUID',
  session: 'it is a session',
  acceleration: 'the warm instant has another acceleration',
  noSpace: 'there was no space to copy the warm instant',
  wakeFailed: 'the warm instant could not be woken',
  identityFailed: 'its guest did not get its own identity',
} as const;

/** Why an image can't be warmed. */
export const warmProblemTerms = {
  noGuestAgent: 'it has no guest agent',
  cloudInit: 'its guests are set up at their first boot',
  medium: 'it is a CD medium',
} as const;

/** Why a copied guest was not given its own identity. */
export const identityProblemTerms = {
  agentSilent: 'its guest agent did not answer',
  noAgent: 'it has no guest agent',
} as const;

/** Why it is not known how much of a disk differs between two snapshots. */
export const uncountedTerms = {
  damaged: 'one of the snapshots is damaged',
  remade: 'the disk was removed and made anew',
  unrelated: 'the two have no common past',
  tooMuch: 'counting would take too long',
} as const;
