/** A problem type (RFC 9457): its HTTP status, and how whoever meets it can mend it. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly mend: string;
}

const rule = (title: string, mend: string, status = 422): Problem => ({ status, title, mend });

/** One slug per rule. A refusal names the rule that was broken by its slug. */
export const problems = {
  // the request
  'malformed-json': rule('The body is not JSON', 'Send one JSON value in UTF-8.', 400),
  'key-missing': rule(
    'The Idempotency-Key is missing or unfit',
    'Send 1–255 printable ASCII characters, new for each request.',
    400,
  ),
  'header-invalid': rule('A header has an unfit value', 'The detail names the header and what it takes.', 400),
  'parameter-invalid': rule(
    'A query parameter is unknown or unfit',
    'The detail names the parameter and what it takes.',
    400,
  ),
  'token-missing': rule('No bearer token', 'Send Authorization: Bearer with an access token of the issuer.', 401),
  'token-invalid': rule('The bearer token is not valid', 'Fetch a new token from the issuer.', 401),
  'scope-lacking': rule('The token lacks a scope', 'The detail names the scope that the operation takes.', 403),
  'right-lacking': rule(
    'The submitter has no right to act on this record',
    'Its submitter, its host or a party to it may.',
    403,
  ),
  'not-found': rule('There is no such thing', 'Check the path and the id.', 404),
  'not-yet': rule('The read model has not reached this position', 'Ask again a little later.', 409),
  conflict: rule('Others acted on the record at the same time', 'Send the same request again, with the same key.', 409),
  stale: rule('The record has changed', 'Read it again and decide on its present version.', 412),
  'too-large': rule('The body is too large', 'A body has at most 256 KiB.', 413),
  'media-type': rule('The media type is not supported', 'Send application/json.', 415),
  'invalid-body': rule('The body does not fit its schema', 'Each error names the place and the rule.'),
  'key-reused': rule('The Idempotency-Key was used for another request', 'Take a new key for a new request.'),
  throttled: rule('Too many requests', 'Wait a moment and send the same request again.', 429),
  internal: rule('The registry failed', 'Send the same request again, with the same key; report the request id.', 500),
  'tables-changed': rule(
    'The registry stands over other tables than its log',
    'An operator has to run the doctor.',
    503,
  ),
  unavailable: rule('The registry cannot answer now', 'Send the same request again later, with the same key.', 503),

  // values
  'unknown-field': rule('A field is not known', 'Remove it; the schema lists the fields.'),
  'value-missing': rule('A required value is missing', 'Add it.'),
  'value-invalid': rule('A value does not fit its schema', 'The detail says what is expected.'),
  'blank-text': rule('A text is blank', 'Say something or leave the field out.'),
  'text-not-well-formed': rule('A text is not well-formed Unicode', 'Remove lone surrogates.'),
  'control-character': rule('A text holds control characters', 'Remove them.'),
  'too-deep': rule('The body is nested too deeply', 'Nest at most 32 levels.'),
  'not-a-date': rule(
    'A date does not exist or has another form',
    'Write 2023, 2023-02, 2023-02-23, an interval, or with ? or ~.',
  ),
  'source-empty': rule('A source says nothing about itself', 'Give its title, publisher, address, digest or language.'),
  'evidence-id-repeated': rule('Two pieces of evidence have one id', 'Give each its own.'),
  'unknown-evidence': rule(
    'A part points to evidence that is not there',
    'Use the id of a piece of evidence of the same command.',
  ),
  'count-empty': rule('A count states no number', 'State min, max or exact, or leave the count out.'),
  'count-contradictory': rule('A count contradicts itself', 'exact stands alone; min does not exceed max.'),
  'identifier-check-failed': rule('An identifier has wrong check digits', 'Compare it with its register.'),
  'person-not-accepted': rule('Names of persons are not accepted', 'Leave the person out.'),
  'unknown-command': rule('There is no such command here', 'The detail lists those that there are.'),

  // caps
  'cap-text-bytes': rule('A text is too long', 'The detail names the cap.'),
  'cap-event-bytes': rule('An event is too large', 'An event has at most 16 KiB.'),
  'cap-commit-bytes': rule('A commit is too large', 'The events of one decision have at most 300 KB.'),
  'cap-commit-events': rule('A commit has too many events', 'One decision makes at most 100 events.'),
  'cap-commands': rule('A submission has too many commands', 'Submit at most 99 commands at once.'),
  'cap-actions': rule('A submission touches too many streams', 'Submit less at once: at most 100 streams.'),
  'cap-submission-bytes': rule('A submission is too large', 'Submit less at once: at most 3.5 MB of events.'),
  'cap-references': rule('A submission refers to too many records', 'Refer to at most 250 records at once.'),
  'cap-names': rule('Too many names', 'A record has at most 20 names at a time.'),
  'cap-parties': rule('Too many parties', 'An agreement has at most 50 parties.'),
  'cap-roles': rule('Too many roles', 'A ceremony has at most 100 roles at a time.'),

  // references
  'unknown-reference': rule(
    'A reference leads to no record',
    'Record what is referred to first, or in the same submission.',
  ),
  'unknown-name': rule('A #name stands for nothing', 'Only names that an earlier command gave with "as" can be used.'),
  'name-taken': rule('A #name is given twice', 'Give each record of a submission its own name.'),

  // lifecycles
  'wrong-state': rule('The record is in another state', 'The detail lists the states that the fact may follow.'),
  'step-missing': rule('An earlier step is missing', 'Record the earlier step first.'),
  'contradicts-history': rule(
    'A later fact would become impossible',
    'Check the day; the detail names the other fact.',
  ),

  // organization
  'relation-to-itself': rule('An organization is related to itself', 'Name the other organization.'),
  'name-repeated': rule('The name is there already', 'Names of one language differ.'),
  'name-unknown': rule('The organization does not bear this name', 'Take one that it bears.'),
  'last-name': rule('One name always remains', 'Add the new name first.'),
  'identifier-taken': rule(
    'The identifier belongs to another organization',
    'Use that organization, or unlink it there first.',
  ),
  'client-taken': rule('The client acts for an organization already', 'Dismiss it there first.'),
  'client-unknown': rule('The client does not act for this organization', 'Appoint it first.'),

  // ceremony
  'part-of-itself': rule('A ceremony is a part of itself', 'Name the ceremony that it is a part of.'),
  'outside-its-whole': rule('A part lies outside its whole', 'Correct the date of the one or of the other.'),
  'role-repeated': rule('The organization has this role already', 'One role is given once to an organization.'),
  'role-unknown': rule('The organization does not have this role', 'Take one that it has.'),

  // agreement
  'party-repeated': rule('An organization is party twice', 'Name each party once.'),
  'not-a-party': rule('The signer is not a party', 'Only parties sign, unless the agreement is open for signature.'),
  'already-signed': rule('The party has signed already', 'A party has one live signature.'),
  'in-force-before-signed': rule(
    'Entry into force precedes a signature',
    'Check both dates, or state that it was provisional.',
  ),
  'signature-missing': rule(
    'Not every party has signed',
    'Record the signatures first, or state that it was provisional.',
  ),
} as const satisfies Record<string, Problem>;

/** The slug of a problem type, `/problems/<slug>`. */
export type Rule = keyof typeof problems;

export const isRule = (value: unknown): value is Rule => typeof value === 'string' && Object.hasOwn(problems, value);
