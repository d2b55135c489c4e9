import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { partySucceeded } from '../events.ts';
import { partyIndex } from '../parties.ts';
import { nothing, together } from '../rules/findings.ts';
import { judgeParty, takesPlaces } from '../rules/party.ts';
import { inItsOwnHands, repeatedSuccession, takenByItself } from '../rules/succession.ts';
import type { AgreementState } from '../state.ts';
import { concerns, partyRules } from './decision.ts';

const succeedParty = command({
  name: 'succeed-party',
  records: 'agreement.party-succeeded',
  act: 'succeed-party',
  scope: 'registry/submit',
  registrarToo: 'on-any',
  summary: 'Record that another organization took the place of a party',
  rules: [...partyRules, 'already-left', 'already-succeeded', 'succeeds-itself', 'right-lacking', 'cap-parties'],
  schema: submitted(partySucceeded),
  // Who takes the place may say so; who gave it up may not be there any more.
  concerns: ({ successor }) => successor,
  reads: ({ party }, state: AgreementState) => [concerns({ party }, state) ?? []].flat(),
  example: { party: '#bank', successor: '#company', on: '2023-03-01', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.party-succeeded';
    const { party, successor, on } = data;
    const judged = judgeParty(state, party, { type, on }, context);
    const findings =
      partyIndex(state.parties, party) < 0
        ? judged
        : together(
            judged,
            inItsOwnHands(concerns({ party }, state), context),
            takenByItself(concerns({ party }, state), successor, context),
            repeatedSuccession(state, data),
            partyIndex(state.parties, successor) < 0 ? takesPlaces(state.parties, '/successor') : nothing,
          );
    return unless(findings, { type, data });
  },
});

export const succession = [succeedParty];
