export const evidence = [{ source: { title: 'Press release' }, basis: 'stated' }];

export const organization = (value: string) => ({ kind: 'company', names: [{ value, lang: 'en' }], evidence });

/** The commands of a submission in which a named person signs an agreement between two organizations; `mark` is part of their names. */
export const signedAgreement = (name: string, mark = '') => [
  { command: 'register-organization', as: 'one', data: organization(`One ${mark}`.trim()) },
  { command: 'register-organization', as: 'other', data: organization(`Other ${mark}`.trim()) },
  {
    command: 'register-agreement',
    as: 'agreement',
    data: {
      kind: 'cooperation',
      parties: [{ organization: '#one' }, { organization: '#other' }],
      signatures: [{ party: 1, signatory: { name } }],
      evidence: [{ source: { title: `${name} signs` }, basis: 'stated' }],
    },
  },
];
