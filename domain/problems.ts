/** A problem type (RFC 9457): its HTTP status, and how a client that meets it can mend it. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly mend: string;
}

const rule = (title: string, mend: string, status = 422): Problem => ({ status, title, mend });

/** One slug per rule. A refusal names the rule that was broken by its slug. */
export const problems = {
  // the request
  'malformed-json': rule(
    'The body is not JSON that every reader reads alike',
    'Send one JSON value in UTF-8, with each key once in its object (RFC 7493).',
    400,
  ),
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
  'right-lacking': rule('The submitter has no right to act on this record', 'The detail says who may.', 403),
  'not-found': rule('There is no such thing', 'Check the path and the id.', 404),
  'method-not-allowed': rule(
    'The path does not take this method',
    'Send one of the methods in Allow; a method that writes is POST.',
    405,
  ),
  'not-acceptable': rule(
    'There is no answer of the media types in Accept',
    'The detail names the media types that there are.',
    406,
  ),
  'not-yet': rule('This position is not reached yet', 'Ask again a little later.', 409),
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
  rebuilding: rule(
    'The read model is being built',
    'Ask again after the time in Retry-After; the detail says how far it is.',
    503,
  ),
  'set-aside': rule(
    'The registry cannot show this record now',
    'An operator has to mend the registry. Its events are in the feed, and the registry goes on recording.',
    503,
  ),
  unavailable: rule('The registry cannot answer now', 'Send the same request again later, with the same key.', 503),
  unhealthy: rule(
    'Sealing or a read model is late or has stopped',
    'Reading and submitting go on. An operator has to look at what the detail names.',
    503,
  ),

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
    'The detail says what a date may look like: EDTF level 1, in the years 0001 to 9999.',
  ),
  'date-seldom-read': rule(
    'Common readers refuse a date',
    'Let an interval end after it begins, or leave out ?, ~ or % beside a season or an X, where the source does; this is only a warning.',
  ),
  'source-empty': rule('A source says nothing about itself', 'Give its title, publisher, address, digest or language.'),
  'user-info-in-address': rule(
    'An address holds a user name or a password',
    'Leave out what stands before the @: addresses are recorded for ever.',
  ),
  'subtag-repeated': rule(
    'A language tag names one thing twice',
    'Name each variant and each extension once (RFC 5646, sections 2.2.5 and 2.2.6).',
  ),
  'name-malformed': rule(
    'A name holds what no name does',
    'Remove tabs, line breaks, white space at its ends, bidirectional overrides and what it leaves open, and noncharacters.',
  ),
  'evidence-id-repeated': rule('Two pieces of evidence have one id', 'Give each its own.'),
  'unknown-evidence': rule(
    'A part points to evidence that is not there',
    'Use the id of a piece of evidence of the same command.',
  ),
  'count-empty': rule('A count states no number', 'State min, max or exact, or leave the count out.'),
  'count-contradictory': rule('A count contradicts itself', 'exact stands alone; min does not exceed max.'),
  'identifier-malformed': rule(
    'An identifier is not made as its standard says',
    'The detail tells which part is wrong: compare it with its register.',
  ),
  'identifier-check-failed': rule(
    'An identifier has wrong check digits',
    'Compare it with its register. For the last character of a unified social credit code this is only a warning.',
  ),
  'identity-card-number': rule(
    'An identifier is the number of an identity card',
    'Leave it out: it belongs to a person.',
  ),
  'name-in-free-text': rule(
    'A text that is recorded as it is holds the name of a person',
    'Call the evidence otherwise. The texts of an erasure leave out the name that it erases.',
  ),
  'person-id-in-text': rule(
    'A text holds the id of a person',
    'Write the words that it stands for, or leave it out: the registry puts such ids in the place of words.',
  ),
  'already-erased': rule('The person is erased already', 'There is nothing left to erase.'),
  'unknown-command': rule('There is no such command here', 'The detail names the nearest.'),

  // caps
  'cap-values': rule('The body holds too many values', 'A body holds at most 25,000 JSON values, and a list 1,000.'),
  'cap-text-bytes': rule('A text is too long', 'The detail names the cap.'),
  'cap-event-bytes': rule('An event is too large', 'An event that a command makes has at most 15 KiB.'),
  'cap-record-events': rule(
    'A record has too many events',
    'A record takes 5,000 events; hosts and parties may fill nine tenths of it, others than its owner a quarter.',
  ),
  'cap-record-bytes': rule(
    'A record is too large',
    'A record takes 8 MB of events; hosts and parties may fill nine tenths of it, others than its owner a quarter.',
  ),
  'cap-commit-bytes': rule('A commit is too large', 'The events of one decision have at most 300 KB.'),
  'cap-commit-events': rule('A commit has too many events', 'One decision makes at most 100 events.'),
  'cap-commands': rule('A submission has too many commands', 'Submit at most 99 commands at once.'),
  'cap-actions': rule('A submission touches too many streams', 'Submit less at once: at most 100 streams.'),
  'cap-submission-bytes': rule('A submission is too large', 'Submit less at once: at most 3.5 MB of events.'),
  'cap-references': rule('A submission refers to too many records', 'Refer to at most 250 records at once.'),
  'cap-read-bytes': rule(
    'A submission names records that are too large together',
    'Name fewer records at once: what the rules read of them has at most 64 MB.',
  ),
  'cap-comparisons': rule(
    'A submission takes too long to judge',
    'Send fewer commands at once. A correction is judged again with every later fact, and with each fact whose dates leave open what it followed.',
  ),
  'cap-retracted-periods': rule('Too many periods were retracted', 'At most 100 periods of a record are retracted.'),
  'cap-names': rule('Too many names', 'A record has at most 20 names at a time.'),
  'cap-name-characters': rule('A name is too long', 'A name has at most 500 characters of whatever script.'),
  'cap-identifiers': rule('Too many identifiers', 'An organization has at most 20 identifiers at a time.'),
  'cap-relations': rule('Too many relations', 'An organization has at most 50 relations at a time.'),
  'cap-chain': rule(
    'A chain of relations is too long',
    'Rules follow relations to at most 60 organizations along one chain, and to 250 for one request.',
  ),
  'cap-parties': rule(
    'Too many parties',
    'An agreement has at most 1,000 parties, and one act adds 50 to them; a launch and an award programme have at most 50 organizations.',
  ),
  'cap-recipients': rule('Too many recipients', 'An award has at most 30 recipients; count the others in a cohort.'),
  'cap-roles': rule('Too many roles', 'A ceremony has at most 100 roles at a time.'),

  // references
  'unknown-reference': rule(
    'A reference leads to no record',
    'Record what is referred to first, or in the same submission.',
  ),
  'unknown-name': rule('A #name stands for nothing', 'Only names that an earlier command gave with "as" can be used.'),
  'name-taken': rule('A #name is given twice', 'Give each record of a submission its own name.'),

  // on any record
  'no-such-event': rule('The record has no such event', 'Take the version of one of its own facts: see its history.'),
  'no-change': rule('A correction changes nothing', 'Set what is to be other than it is.'),
  'not-correctable': rule('This is not corrected', 'Unlink what the record holds, or retract the record.'),
  'correction-unfit': rule(
    'What a correction leaves does not fit the schema',
    'The detail says what is expected there.',
  ),
  'no-such-period': rule(
    'There is no such period',
    'Name the version of the event that began a period of the membership.',
  ),
  'not-retracted': rule(
    'There is no retraction to withdraw',
    'Only what was retracted, and stays so, is brought back.',
  ),
  'stands-for-others': rule(
    'Other records stand under this one',
    'What absorbed others is not retracted; correct it instead.',
  ),
  'record-retracted': rule(
    'The record was retracted',
    'Nothing more is recorded of it but further evidence, unless a registrar withdraws the retraction.',
  ),

  // lifecycles
  'wrong-state': rule('The record is in another state', 'The detail lists the states that the fact may follow.'),
  'step-missing': rule('An earlier step is missing', 'Record the earlier step first.'),
  'contradicts-history': rule(
    'A later fact would become impossible',
    'Check the day; the detail names the other fact.',
  ),
  'order-open': rule(
    'The order of two facts is open',
    'State both dates more precisely, where the source does; this is only a warning.',
  ),
  'after-closing': rule('A fact is dated after a closing', 'Check the day, and when what it refers to was closed.'),
  'in-the-future': rule('A fact is dated in the future', 'Record it when it has happened.'),
  'ends-before-it-begins': rule('It ends before it begins', 'Check both dates.'),
  'body-decides': rule(
    'The body decides, not whom it decides about',
    'Let the body itself or a third party record it.',
    403,
  ),

  // award
  'conferred-already': rule(
    'The award is conferred already',
    'It is conferred once in a programme and category on a recipient; decline or revoke it there first.',
  ),
  'recipient-unclear': rule('Who receives the award is left open', 'State either recipient or recipients.'),
  'recipient-repeated': rule('A recipient stands there twice', 'Name each recipient once.'),
  'shares-exceed-whole': rule(
    'The shares come to more than the award',
    'Check the shares; together they are 1 at most.',
  ),
  'not-a-recipient': rule(
    'The award has no such recipient',
    'Name an organization among its recipients, or the place of another one, from 1 on.',
  ),
  'not-its-part': rule('A recipient declines for others', 'Name its own part of the award as recipient.', 403),
  'not-conferred': rule('The award is not conferred then', 'Only what stands as conferred is declined or revoked.'),
  'self-conferred': rule('A body confers an award on itself', 'Check the recipient; if it is so, state selfConferred.'),
  'not-self-conferred': rule('The award is not self-conferred', 'Leave selfConferred out, or check the recipient.'),

  // launch
  'launch-unnamed': rule('What is launched has no name', 'Give its names, or the organization that it establishes.'),
  'performers-unclear': rule(
    'Who launches it is left open',
    'Name the performers, or state performersNotStated; not both.',
  ),
  'joint-needs-two': rule('A joint launch has one performer', 'Name the others, or state performersNotStated.'),
  'sole-needs-one': rule('A sole launch has several performers', 'Name one, or leave the mode out.'),

  // cohort
  'cohort-of-nothing': rule('A cohort belongs to nothing', 'Name its body, its programme or its ceremony.'),
  'cohort-full': rule('All of the cohort are identified', 'Check the count, and which cohort this one belongs to.'),
  'cohort-reconciled': rule('The cohort is reconciled', 'Nothing more is recorded of it.'),
  'identify-one': rule('Not exactly one is named', 'Name either an organization or a record.'),
  'identified-already': rule('The cohort has identified it already', 'Each is identified once.'),
  'identified-elsewhere': rule('Another cohort has identified the record', 'A record is counted in one cohort.'),
  'not-of-this-cohort': rule('It is not of those that the cohort counts', 'Check the record and the cohort.'),
  'below-identified': rule('The number is below those identified', 'Check the number, and who was identified.'),

  // merges
  'target-merged': rule('The organization was merged', 'Act on the organization that the detail names.'),
  'merge-into-itself': rule('An organization is merged into itself', 'Name the other organization.'),
  'merge-into-merged': rule('The target was merged itself', 'Name the organization that the detail names.'),
  'both-members': rule(
    'Both are members of one body',
    'One of the two memberships was recorded in error or has to end first.',
  ),
  'cap-absorbed': rule('Too many organizations were merged into one', 'One organization absorbs at most 50.'),
  'probable-duplicate': rule(
    'It is probably registered already',
    'Compare the two records; if they are one, ask a registrar to merge them. This is only a warning.',
  ),

  // organization
  'relation-to-itself': rule('An organization is related to itself', 'Name the other organization.'),
  'relation-ring': rule(
    'A chain of relations comes back to where it began',
    'No organization is a branch or a part of itself, or succeeds itself, by however many steps: end or correct what is wrong. Of subsidiaries this is only a warning.',
  ),
  'relation-repeated': rule('The relation is there already', 'A relation to another organization is stated once.'),
  'relation-unknown': rule('The organization does not stand in this relation', 'Take one in which it stands.'),
  'name-repeated': rule('The name is there already', 'Names of one language differ.'),
  'name-unknown': rule('The organization does not bear this name', 'Take one that it bears.'),
  'last-name': rule('One name always remains', 'Add the new name first.'),
  'identifier-taken': rule(
    'The identifier belongs to another organization',
    'Use that organization, or unlink it there first.',
  ),
  'identifier-repeated': rule('The identifier is there already', 'An identifier is linked once.'),
  'identifier-unknown': rule('The organization does not have this identifier', 'Take one that it has.'),
  'already-closed': rule(
    'It is closed already',
    'Its record tells when. An organization that was restored meanwhile is closed again.',
  ),
  'client-taken': rule('The client acts for an organization already', 'Dismiss it there first.'),
  'client-unknown': rule('The client does not act for this organization', 'Appoint it first.'),

  // ceremony
  'part-of-itself': rule('A ceremony is a part of itself', 'Name the ceremony that it is a part of.'),
  'outside-its-whole': rule('A part lies outside its whole', 'Correct the date of the one or of the other.'),
  'role-repeated': rule('The organization has this role already', 'One role is given once to an organization.'),
  'role-unknown': rule('The organization does not have this role', 'Take one that it has.'),

  'ceremony-cancelled': rule('The ceremony was cancelled', 'Nothing new is recorded at a cancelled ceremony.'),

  // membership
  'member-of-itself': rule('An organization is a member of itself', 'Name another body.'),
  'already-member': rule('The organization is a member already', 'There is one live membership in a body at a time.'),
  'not-a-member': rule('The organization is no member', 'Record its admission first.'),
  'not-suspendable': rule('There is no membership to suspend', 'Only a membership that is not suspended already is.'),
  'nothing-to-reinstate': rule(
    'The membership is neither suspended nor lapsed',
    'Only a suspended or lapsed membership is reinstated; a former member is admitted again.',
  ),

  // agreement
  'party-repeated': rule(
    'An organization is party twice',
    'Name each party once. A branch that signs on behalf of its legal entity is that entity, and so is a branch of its branch.',
  ),
  'not-a-party': rule('The signer is not a party', 'Only parties sign, unless the agreement is open for signature.'),
  'already-signed': rule('The party has signed already', 'A party has one live signature.'),
  'not-signed': rule('The party has not signed', 'Record its signature or accession first.'),
  'nothing-to-confirm': rule(
    'There is nothing to confirm',
    'Only a signature that was subject to approval is confirmed.',
  ),
  'already-bound': rule('The party is bound', 'A signature is withdrawn only before being bound; give notice instead.'),
  'not-open-for-accession': rule(
    'The agreement is not open for accession',
    'Only what was registered as open is acceded to.',
  ),
  'already-left': rule(
    'The party has left the agreement',
    'Who has left states nothing more, and leaves no place to a successor. Check both dates.',
  ),
  'already-succeeded': rule('The succession is recorded already', 'One organization succeeds a party once.'),
  'succeeds-itself': rule(
    'A party would succeed itself',
    'Name another organization: who was succeeded does not succeed its successor.',
  ),
  'own-statement': rule('A party objects to its own statement', 'Withdraw the statement instead.'),
  'not-its-own': rule('The statement is that of another party', 'Only who made it, or its successor, withdraws it.'),
  'not-standing': rule(
    'The statement does not stand',
    'It is withdrawn once, and neither withdrawn nor objected to before it was made. Check both dates.',
  ),
  'effect-before-notice': rule('A notice takes effect before it was given', 'Check both dates.'),
  'no-notice': rule('There is no notice to revoke', 'A notice is revoked after it was given, before it takes effect.'),
  'already-in-force': rule(
    'The agreement is in force already',
    'It enters into force once for those that have consented, and once for each that consents later.',
  ),
  'assent-missing': rule('A party in force has not assented', 'An amendment takes the assent of every party in force.'),
  'not-running': rule('The agreement is suspended or at its end', 'Only an agreement that operates is suspended.'),
  'not-suspended': rule('It is not suspended', 'Record the suspension first.'),
  'term-runs': rule('The term still runs', 'Check the day of expiry, or record the renewal or termination instead.'),
  'already-ended': rule('The agreement has ended', 'What has ended does not end again.'),
  'after-termination': rule('The fact is dated after the end of the agreement', 'Check both dates.'),
  'in-force-before-signed': rule(
    'Entry into force precedes a signature',
    'Check both dates, or state that it was provisional.',
  ),
  'signature-missing': rule(
    'A signature, or its confirmation, is missing',
    'Record it first; an entry into force may also be provisional.',
  ),
} as const satisfies Record<string, Problem>;

/** The slug of a problem type, `/problems/<slug>`. */
export type Rule = keyof typeof problems;

export const isRule = (value: unknown): value is Rule => typeof value === 'string' && Object.hasOwn(problems, value);
