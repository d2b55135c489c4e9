import type { Rule } from './problems.ts';

/**
 * The rules that look at another record than the one that the command is about. They judge it as it was read, and an act
 * that lands meanwhile may overtake them.
 */
export interface RuleOnOthers {
  /**
   * `guarded`: the decision lands only while nothing has come after what was read of the other record.
   * `shown`: the decision lands, and the page of its record says that it was overtaken.
   * `lasting`: what the rule found of the other record never ends.
   */
  readonly overtaken: 'guarded' | 'shown' | 'lasting';
  readonly looksAt: string;
  readonly why: string;
}

const either = 'it stands in the history, and is corrected or retracted like whatever turns out to be wrong';
const written = 'the same commit writes to what it looks at';
const room: RuleOnOthers = {
  overtaken: 'shown',
  looksAt: 'the hosts of what the record happened at or belongs to',
  why: 'in what capacity somebody speaks is judged anew, and shown as `right-lacking`',
};
/**
 * Rules that look at nothing but merges, to tell whether two ids stand for one organization: those that a merge can break.
 */
const comparing: RuleOnOthers = {
  overtaken: 'shown',
  looksAt: 'which organizations are one',
  why: 'a merge that comes a moment later leaves the same, and nothing refuses that',
};

export const rulesOnOthers: Readonly<Partial<Record<Rule, RuleOnOthers>>> = {
  'unknown-reference': {
    overtaken: 'lasting',
    looksAt: 'whatever a command refers to',
    why: 'a record that exists never ceases to',
  },
  'right-lacking': {
    overtaken: 'shown',
    looksAt: "the client's appointment, and the hosts of what the record happened at or belongs to",
    why: 'every command reads them, so that all would meet on one key; whoever may act on the record can answer it',
  },
  'cap-record-events': room,
  'cap-record-bytes': room,
  'identify-one': {
    overtaken: 'lasting',
    looksAt: 'how many organizations share the award that is identified',
    why: 'on whom an award was conferred is never corrected',
  },
  'record-retracted': { overtaken: 'shown', looksAt: 'whatever a command refers to', why: either },
  'after-closing': { overtaken: 'shown', looksAt: 'the organizations and programmes of a fact', why: either },
  'assent-missing': { overtaken: 'shown', looksAt: 'the parties that have not assented', why: either },
  'ceremony-cancelled': { overtaken: 'shown', looksAt: 'the ceremony, and what that is a part of', why: either },
  'outside-its-whole': { overtaken: 'shown', looksAt: 'the ceremony that this one is a part of', why: either },
  'contradicts-history': {
    overtaken: 'shown',
    looksAt: 'all that the corrected history refers to',
    why: 'a correction is corrected in its turn',
  },
  'not-of-this-cohort': { overtaken: 'shown', looksAt: 'the record that is identified, and its ceremony', why: either },
  'body-decides': { overtaken: 'shown', looksAt: 'the bodies of the programme, and merges', why: either },
  'not-its-part': { overtaken: 'shown', looksAt: 'the bodies of the programme, and merges', why: either },
  'self-conferred': { overtaken: 'shown', looksAt: 'the bodies of the programme, and merges', why: either },
  'not-self-conferred': { overtaken: 'shown', looksAt: 'the bodies of the programme, and merges', why: either },
  'both-members': {
    overtaken: 'guarded',
    looksAt: 'the memberships of both organizations',
    why: 'one organization would live twice in one body, and no merge is undone',
  },
  'already-member': {
    overtaken: 'guarded',
    looksAt: 'the memberships of the same two under other ids of theirs',
    why: 'one organization would live twice in one body; where a merge makes two ids one meanwhile, it is shown',
  },
  'conferred-already': {
    overtaken: 'guarded',
    looksAt: 'the reservations of the award, under each id of its recipient',
    why: 'two awards would hold one conferral',
  },
  'identifier-taken': { overtaken: 'guarded', looksAt: 'the reservation of the identifier', why: written },
  'client-taken': { overtaken: 'guarded', looksAt: 'the reservation of the client', why: written },
  'identified-elsewhere': { overtaken: 'guarded', looksAt: 'the record that is identified', why: written },
  'merge-into-itself': { overtaken: 'guarded', looksAt: 'the organization that it is merged into', why: written },
  'merge-into-merged': { overtaken: 'guarded', looksAt: 'the organization that it is merged into', why: written },
  'cap-absorbed': { overtaken: 'guarded', looksAt: 'the organization that it is merged into', why: written },
  'relation-ring': {
    overtaken: 'guarded',
    looksAt: 'the organizations that relations lead to, one after the other',
    why: 'a chain would come back to where it began, and nothing would tell which relation is wrong',
  },
  'cap-chain': {
    overtaken: 'shown',
    looksAt: 'the organizations that relations lead to',
    why: 'the chain is followed as far as it was read; one that grows a moment later is refused the next time',
  },
  'party-repeated': {
    ...comparing,
    looksAt: 'which organizations are one, and what they are branches of',
    why: 'a merge or a relation that comes a moment later leaves the same, and nothing refuses that',
  },
  'recipient-repeated': comparing,
  'role-repeated': comparing,
  'relation-repeated': comparing,
  'relation-to-itself': comparing,
  'member-of-itself': comparing,
  'identified-already': comparing,
  'cohort-full': comparing,
  'joint-needs-two': comparing,
  'already-signed': comparing,
  'already-bound': comparing,
  'already-succeeded': comparing,
  'succeeds-itself': comparing,
  'own-statement': comparing,
  'not-its-own': comparing,
};
