/**
 * What each aggregate, its collection and its register numbers are called. Imports nothing, so that a program that only
 * names records starts fast.
 */
export const designations = {
  organization: { name: 'organization', collection: 'organizations', letter: 'O' },
  ceremony: { name: 'ceremony', collection: 'ceremonies', letter: 'C' },
  agreement: { name: 'agreement', collection: 'agreements', letter: 'A' },
  membership: { name: 'membership', collection: 'memberships', letter: 'M' },
  'award-programme': { name: 'award-programme', collection: 'award-programmes', letter: 'P' },
  award: { name: 'award', collection: 'awards', letter: 'W' },
  launch: { name: 'launch', collection: 'launches', letter: 'L' },
  cohort: { name: 'cohort', collection: 'cohorts', letter: 'K' },
} as const;
