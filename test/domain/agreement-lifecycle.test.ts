import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement } from '../../domain/agreement/agreement.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { type Fact, given, idOf, Ledger, recordOf } from '../support/decider.ts';
import { histories } from './histories/agreement.ts';
import { days } from './histories/history.ts';

const [exchange, bank, third] = ['e', 'b', 't'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const registered = (more: object = {}): Fact => [
  'agreement.registered',
  { kind: 'cooperation', parties: [{ organization: exchange }, { organization: bank }], ...more },
];
const fact = (type: string, more: object = {}): Fact => [`agreement.${type}`, more];
const signed = (party: string, on?: string, mode?: string): Fact =>
  fact('signed', { party, ...(on && { on }), ...(mode && { mode }) });
const bothSigned = [signed(exchange, '2023-01-10'), signed(bank, '2023-01-10')];
const inForce = [registered(), ...bothSigned, fact('entered-into-force', { on: '2023-01-15' })];
const stateOf = (facts: readonly Fact[]) => recordOf(idOf('agreement'), facts)?.state as AgreementState;
const statusOn = (day: string, ...facts: Fact[]) => agreement.lifecycle.statusOn(stateOf(facts), day);

describe('declining', () => {
  it('is accepted of a party that has not signed', () => {
    given([registered()])
      .when('decline-signature', { party: bank, on: '2023-02' })
      .then(fact('signature-declined', { party: bank, on: '2023-02' }));
  });
  it('is refused of one that has', () => {
    given([registered(), signed(bank, '2023-01-10')])
      .when('decline-signature', { party: bank, on: '2023-02' })
      .thenRefused('already-signed', '/party');
  });
  it('does not keep the party from signing later', () => {
    given([registered(), fact('signature-declined', { party: bank, on: '2023-01' })])
      .when('sign-agreement', { party: bank, on: '2023-02-01' })
      .thenAccepted();
  });
});

describe('withdrawing a signature', () => {
  it('is accepted before being bound, and leaves the agreement partly signed', () => {
    given([registered(), ...bothSigned])
      .when('withdraw-signature', { party: bank, on: '2023-02-01' })
      .thenAccepted();
    expect(
      statusOn('2023-03-01', registered(), ...bothSigned, fact('signature-withdrawn', { party: bank, on: '2023-02' })),
    ).toBe('partly-signed');
  });
  it('is refused once the party is bound', () => {
    given(inForce).when('withdraw-signature', { party: bank, on: '2023-02-01' }).thenRefused('already-bound', '/party');
    given(inForce).when('withdraw-signature', { party: bank }).thenRefused('already-bound', '/party');
  });
  it('is accepted while an approval is outstanding: such a signature binds nobody', () => {
    const unconfirmed = [registered(), signed(exchange, '2023-01-10'), signed(bank, '2023-01-10', 'ad-referendum')];
    given([...unconfirmed, fact('entered-into-force', { on: '2023-01-15' })])
      .when('withdraw-signature', { party: bank, on: '2023-02-01' })
      .thenAccepted();
  });
  it('is accepted before a second signature that the entry into force rests on', () => {
    given([registered(), ...bothSigned, signed(bank, '2023-01-14'), fact('entered-into-force', { on: '2023-01-15' })])
      .when('withdraw-signature', { party: bank, on: '2023-01-12' })
      .thenAccepted();
  });
  it('is refused of a party that has not signed since the record was opened, and warned of before', () => {
    given([registered()])
      .when('withdraw-signature', { party: bank, on: '2023-03-01' })
      .thenRefused('not-signed', '/party');
    given([registered()]).when('withdraw-signature', { party: bank, on: '2023-01' }).thenWarned('step-missing');
  });
  it('lets the party sign anew: there is one live signature', () => {
    given([registered(), signed(bank, '2023-01-10'), fact('signature-withdrawn', { party: bank, on: '2023-01-20' })])
      .when('sign-agreement', { party: bank, on: '2023-02-01' })
      .thenAccepted();
  });
});

describe('confirming a signature', () => {
  it.each(['subject-to-approval', 'ad-referendum', undefined])('is accepted of one of mode %s', (mode) => {
    given([registered(), signed(bank, '2023-01-10', mode)])
      .when('confirm-signature', { party: bank, on: '2023-02-01' })
      .thenAccepted();
  });
  it('is refused of a definitive one, and of one that is confirmed', () => {
    given([registered(), signed(bank, '2023-01-10', 'definitive')])
      .when('confirm-signature', { party: bank, on: '2023-02-01' })
      .thenRefused('nothing-to-confirm', '/party');
    given([
      registered(),
      signed(bank, '2023-01-10', 'ad-referendum'),
      fact('signature-confirmed', { party: bank, on: '2023-01-20' }),
    ])
      .when('confirm-signature', { party: bank, on: '2023-02-01' })
      .thenRefused('nothing-to-confirm', '/party');
  });
});

describe('signing', () => {
  it('is refused after the end of the agreement, and accepted before', () => {
    const ended = [registered(), signed(exchange, '2023-01-10'), fact('terminated', { on: '2023-02-01' })];
    given(ended).when('sign-agreement', { party: bank, on: '2023-02-02' }).thenRefused('after-termination', '/on');
    given(ended).when('sign-agreement', { party: bank, on: '2023-01-31' }).thenAccepted();
  });
  it('of a party that it was made between is refused after its entry into force', () => {
    const early = [registered(), signed(exchange, '2023-01-10'), fact('entered-into-force', { on: '2023-01-15' })];
    given(early).when('sign-agreement', { party: bank, on: '2023-01-16' }).thenRefused('in-force-before-signed', '/on');
    given(early).when('sign-agreement', { party: bank, on: '2023-01-15' }).thenAccepted();
  });
});

describe('entering into force', () => {
  it('is accepted when all have signed', () => {
    given([registered(), ...bothSigned])
      .when('enter-into-force', { on: '2023-01-15' })
      .then(fact('entered-into-force', { on: '2023-01-15' }));
  });
  it('is refused before the last signature, unless it is provisional', () => {
    given([registered(), ...bothSigned])
      .when('enter-into-force', { on: '2023-01-09' })
      .thenRefused('in-force-before-signed', '/on');
    given([registered(), ...bothSigned])
      .when('enter-into-force', { on: '2023-01-09', provisional: true })
      .thenAccepted();
  });
  it('is refused today while a signature is missing', () => {
    given([registered(), signed(bank)])
      .when('enter-into-force', { on: '2023-03-01' })
      .thenRefused('signature-missing', '');
  });
  it('is refused today while an approval is outstanding, and warned of before', () => {
    const unconfirmed = [registered(), signed(exchange, '2023-01-10'), signed(bank, '2023-01-10', 'ad-referendum')];
    given(unconfirmed).when('enter-into-force', { on: '2023-03-01' }).thenRefused('signature-missing', '');
    given(unconfirmed).when('enter-into-force', { on: '2023-02-01' }).thenWarned('signature-missing');
    given([...unconfirmed, fact('signature-confirmed', { party: bank, on: '2023-02-10' })])
      .when('enter-into-force', { on: '2023-03-01' })
      .then(fact('entered-into-force', { on: '2023-03-01' }));
  });

  const entered = (more: object) => fact('entered-into-force', more);
  const signedByBoth = [registered({ openForAccession: true }), ...bothSigned];
  it('is recorded once for all parties, and once for each', () => {
    given(inForce).when('enter-into-force', { on: '2023-02-01' }).thenRefused('already-in-force', '/on');
    given([...signedByBoth, entered({ on: '2023-01-15', party: bank })])
      .when('enter-into-force', { on: '2023-02-01', party: bank })
      .thenRefused('already-in-force', '/on');
    given([...signedByBoth, entered({ on: '2023-01-15', party: bank })])
      .when('enter-into-force', { on: '2023-02-01', party: exchange })
      .thenAccepted();
    given(inForce).when('enter-into-force', { on: '2023-02-01', party: third }).thenRefused('not-a-party', '/party');
  });
  it('for all is for the parties that it was made between, and not for whoever joined', () => {
    const acceded = fact('acceded', { organization: third, on: '2023-01-20' });
    const entry = entered({ on: '2023-01-15' });
    given([...signedByBoth, acceded, entry])
      .when('enter-into-force', { on: '2023-02-01', party: bank })
      .thenRefused('already-in-force', '/on');
    given([...signedByBoth, acceded, entry])
      .when('enter-into-force', { on: '2023-02-01', party: third })
      .thenAccepted();
    given([...signedByBoth, acceded, entry])
      .when('enter-into-force', { on: '2023-01-14', party: bank })
      .thenAccepted();
    given([...signedByBoth, entered({ on: '2023-01-20', party: bank })])
      .when('enter-into-force', { on: '2023-01-15' })
      .thenRefused('contradicts-history', '/on');
  });
  describe('for a party that consents after the entry into force for all', () => {
    const late = [
      registered(),
      signed(exchange, '2022-01-10', 'definitive'),
      signed(bank, '2022-01-10', 'subject-to-approval'),
      entered({ on: '2022-07-01' }),
    ];
    const confirmed = fact('signature-confirmed', { party: bank, on: '2023-01-31' });
    it('has a day of its own', () => {
      given([...late, confirmed])
        .when('enter-into-force', { party: bank, on: '2023-02-01' })
        .thenAccepted();
      given([...late, confirmed])
        .when('enter-into-force', { party: exchange, on: '2023-02-01' })
        .thenRefused('already-in-force', '/on');
    });
    it('has it also where that is recorded before the entry for all', () => {
      const own = entered({ party: bank, on: '2023-02-01' });
      given([...late.slice(0, 3), confirmed, own])
        .when('enter-into-force', { on: '2022-07-01' })
        .thenAccepted();
      given([...late.slice(0, 2), signed(bank, '2022-01-10'), own])
        .when('enter-into-force', { on: '2022-07-01' })
        .thenRefused('contradicts-history', '/on');
    });
    it('comes once, unless the party left and joined again in between', () => {
      const own = entered({ party: bank, on: '2023-02-01' });
      const left = fact('party-withdrew', { party: bank, on: '2023-02-05' });
      const back = signed(bank, '2023-02-10', 'definitive');
      const again = { party: bank, on: '2023-02-20' };
      const three = [exchange, bank, third].map((organization) => ({ organization }));
      const late = [
        registered({ parties: three }),
        signed(exchange, '2022-01-10'),
        signed(third, '2022-01-10'),
        signed(bank, '2022-01-10', 'subject-to-approval'),
        entered({ on: '2022-07-01' }),
      ];
      given([...late, confirmed, own])
        .when('enter-into-force', again)
        .thenRefused('already-in-force', '/on');
      given([...late, confirmed, own, left])
        .when('enter-into-force', again)
        .thenRefused('already-in-force', '/on');
      given([...late, confirmed, own, left, back])
        .when('enter-into-force', again)
        .thenAccepted();
    });
    it('is no entry before its consent, unless it is provisional', () => {
      given([...late, confirmed])
        .when('enter-into-force', { party: bank, on: '2023-01-30' })
        .thenWarned('signature-missing');
      given([...late, confirmed])
        .when('enter-into-force', { party: bank, on: '2023-01-30', provisional: true })
        .thenAccepted();
    });
    it('may sign later what stays open for signature, and withdraws that signature before it is bound', () => {
      const open = [registered({ openForSignature: true }), signed(exchange, '2022-01-10'), late[3] as Fact];
      given(open).when('sign-agreement', { party: bank, on: '2023-01-10' }).thenAccepted();
      given([...open, signed(bank, '2023-01-10', 'definitive')])
        .when('withdraw-signature', { party: bank, on: '2023-01-20' })
        .thenAccepted();
      given([...open, signed(bank, '2023-01-10', 'definitive'), entered({ party: bank, on: '2023-01-15' })])
        .when('withdraw-signature', { party: bank, on: '2023-01-20' })
        .thenRefused('already-bound', '/party');
    });
  });
  it('is provisional first, where at all', () => {
    given(inForce)
      .when('enter-into-force', { on: '2023-01-16', provisional: true })
      .thenRefused('already-in-force', '/on');
    given(inForce).when('enter-into-force', { on: '2023-01', provisional: true }).thenAccepted();
    given([...signedByBoth, entered({ on: '2023-01-16', provisional: true })])
      .when('enter-into-force', { on: '2023-01-15' })
      .thenRefused('contradicts-history', '/on');
    given([...signedByBoth, entered({ on: '2023-01-16', provisional: true })])
      .when('enter-into-force', { on: '2023-01-17' })
      .thenAccepted();
  });
  it('for one party alone is not for the whole; for two it is', () => {
    const [one, two] = [entered({ on: '2023-01-15', party: bank }), entered({ on: '2023-02-01', party: exchange })];
    expect(statusOn('2023-01-31', ...signedByBoth, one, two)).toBe('signed');
    expect(statusOn('2023-02-01', ...signedByBoth, one, two)).toBe('in-force');
    const provisional = entered({ on: '2023-02-01', party: exchange, provisional: true });
    expect(statusOn('2023-01-31', ...signedByBoth, one, provisional)).toBe('signed');
    expect(statusOn('2023-02-01', ...signedByBoth, one, provisional)).toBe('provisional');
  });
  it('is refused after the end', () => {
    given([registered(), ...bothSigned, fact('annulled', { on: '2023-01-12', reason: 'R', authority: 'A' })])
      .when('enter-into-force', { on: '2023-01-15' })
      .thenRefused('after-termination', '/on');
  });
});

describe('acceding', () => {
  const open = registered({ openForAccession: true });
  it('makes a party of an organization where the agreement is open for it', () => {
    given([open, ...bothSigned])
      .when('accede', { organization: third, on: '2023-02-01' })
      .thenAccepted();
    expect(stateOf([open, fact('acceded', { organization: third })]).parties.at(-1)).toEqual({
      organization: third,
      joined: 'by-accession',
    });
  });
  it('is refused where it is not', () => {
    given([registered(), ...bothSigned])
      .when('accede', { organization: third })
      .thenRefused('not-open-for-accession', '/organization');
  });
  it('is refused of a party that has signed', () => {
    given([open, ...bothSigned])
      .when('accede', { organization: bank, on: '2023-02-01' })
      .thenRefused('already-signed', '/organization');
  });
  it('is refused of a 1,001st party', () => {
    const many = Array.from({ length: 1_000 }, () => ({ unidentified: 'one of a thousand', lang: 'en' }));
    given([registered({ openForAccession: true, parties: many })])
      .when('accede', { organization: third })
      .thenRefused('cap-parties', '/organization');
  });
});

describe('amending', () => {
  const changes = [{ text: 'The term is ten years.', lang: 'en' }];
  it('takes the assent of every party in force', () => {
    given(inForce)
      .when('amend-agreement', { changes, effectiveOn: '2023-02-01', assents: [exchange, bank] })
      .thenAccepted();
    given(inForce)
      .when('amend-agreement', { changes, effectiveOn: '2023-02-01', assents: [exchange] })
      .thenRefused('assent-missing', '/assents');
  });
  it('does not take that of a party that has left', () => {
    given([
      registered({ openForAccession: true }),
      ...inForce.slice(1),
      fact('acceded', { organization: third, on: '2023-01-20' }),
      fact('party-withdrew', { party: third, on: '2023-01-25' }),
    ])
      .when('amend-agreement', { changes, effectiveOn: '2023-02-01', assents: [exchange, 2] })
      .thenAccepted();
  });
  it('does not take that of a party whose approval is outstanding: it is not in force for it', () => {
    const unconfirmed = signed(bank, '2023-01-10', 'subject-to-approval');
    const amendment = { changes, effectiveOn: '2023-02-01', assents: [exchange] };
    given([registered(), signed(exchange, '2023-01-10'), unconfirmed])
      .when('amend-agreement', amendment)
      .thenAccepted();
    given([
      registered(),
      signed(exchange, '2023-01-10'),
      unconfirmed,
      fact('signature-confirmed', { party: bank, on: '2023-01-20' }),
    ])
      .when('amend-agreement', amendment)
      .thenRefused('assent-missing', '/assents');
  });
  it('does not take that of an organization that may be closed by then', () => {
    const registration: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
    const closed = { beside: { [bank]: [registration, ['organization.closed', { on: '2023-02' }]] as Fact[] } };
    const amendment = { changes, assents: [exchange] };
    given(inForce, closed)
      .when('amend-agreement', { ...amendment, effectiveOn: '2023-02-10' })
      .thenAccepted();
    given(inForce, closed).when('amend-agreement', amendment).thenAccepted();
    given(inForce, closed)
      .when('amend-agreement', { ...amendment, effectiveOn: '2023-01-31' })
      .thenRefused('assent-missing', '/assents');
    const restored: Fact = ['organization.restored', { on: '2023-03-01' }];
    given(inForce, { beside: { [bank]: [...(closed.beside[bank] as Fact[]), restored] } })
      .when('amend-agreement', { ...amendment, effectiveOn: '2023-03-02' })
      .thenRefused('assent-missing', '/assents');
  });
  it('is not assented to by a stranger', () => {
    given(inForce)
      .when('amend-agreement', { changes, assents: [exchange, bank, third] })
      .thenRefused('not-a-party', '/assents/2');
  });
});

describe('what nobody has signed', () => {
  const changes = [{ text: 'The term is ten years.', lang: 'en' }];
  it.each<[string, (on: string) => object]>([
    ['suspend-agreement', (on) => ({ on })],
    ['expire-agreement', (on) => ({ on })],
    ['renew-agreement', (on) => ({ on, until: '2030' })],
    ['amend-agreement', (effectiveOn) => ({ effectiveOn, changes, assents: [bank] })],
  ])('is not the object of %s since the record was opened; before, that is warned of', (command, dataOn) => {
    given([registered()]).when(command, dataOn('2023-03-01')).thenRefused('signature-missing', '');
    given([registered()]).when(command, dataOn('2023-02-01')).thenWarned('signature-missing');
    given([registered(), signed(bank)])
      .when(command, dataOn('2023-03-01'))
      .thenAccepted();
    given([registered(), fact('entered-into-force', { on: '2023-02' })])
      .when(command, dataOn('2023-03-01'))
      .thenAccepted();
  });
  it('is so until the day of the first signature', () => {
    const signedLater = [registered(), signed(bank, '2023-03-02')];
    given(signedLater).when('suspend-agreement', { on: '2023-03-01' }).thenRefused('signature-missing', '');
    given(signedLater).when('suspend-agreement', { on: '2023-03-02' }).thenAccepted();
  });
});

describe('suspending and resuming', () => {
  const suspended = fact('suspended', { on: '2023-02-01', until: '2023-02-28' });
  it('stop the agreement and let it go on', () => {
    given(inForce).when('suspend-agreement', { on: '2023-02-01' }).thenAccepted();
    given([...inForce, suspended])
      .when('resume-agreement', { on: '2023-02-10' })
      .thenAccepted();
  });
  it('do not end before they begin', () => {
    given(inForce)
      .when('suspend-agreement', { on: '2023-02-01', until: '2023-01-31' })
      .thenRefused('ends-before-it-begins', '/until');
    given(inForce).when('suspend-agreement', { on: '2023-02-01', until: '2023-02' }).thenAccepted();
  });
  it('are refused where there is nothing to stop, or to resume', () => {
    given([...inForce, suspended])
      .when('suspend-agreement', { on: '2023-02-10' })
      .thenRefused('not-running', '/on');
    given(inForce).when('resume-agreement', { on: '2023-03-01' }).thenRefused('not-suspended', '/on');
    given(inForce).when('resume-agreement', { on: '2023-02-10' }).thenWarned('step-missing');
  });
  it('end by themselves when the term of the suspension is over', () => {
    expect(statusOn('2023-02-28', ...inForce, suspended)).toBe('suspended');
    expect(statusOn('2023-03-01', ...inForce, suspended)).toBe('in-force');
    expect(agreement.lifecycle.due?.(stateOf([...inForce, suspended]), '2023-03-01')?.type).toBe(
      'agreement.suspension-ended',
    );
    const resumed = fact('resumed', { on: '2023-02-10' });
    expect(agreement.lifecycle.due?.(stateOf([...inForce, suspended, resumed]), '2023-03-01')).toBeUndefined();
  });
});

describe('withdrawing from the agreement', () => {
  const notice = (more: object = {}) =>
    fact('withdrawal-notified', { party: bank, on: '2023-02-01', takesEffectOn: '2023-08-01', ...more });
  it('begins with a notice that takes effect later', () => {
    given(inForce)
      .when('notify-withdrawal', { party: bank, on: '2023-02-01', takesEffectOn: '2023-08-01' })
      .then(notice());
  });
  it('is refused with an effect before the notice', () => {
    given(inForce)
      .when('notify-withdrawal', { party: bank, on: '2023-02-01', takesEffectOn: '2023-01-31' })
      .thenRefused('effect-before-notice', '/takesEffectOn');
    given(inForce)
      .when('notify-withdrawal', { party: bank, on: '2023-02-01', takesEffectOn: '2023-02' })
      .thenAccepted();
  });
  it('is refused to whoever is no party, or has left', () => {
    given(inForce)
      .when('notify-withdrawal', { party: third, takesEffectOn: '2024' })
      .thenRefused('not-a-party', '/party');
    given([...inForce, fact('party-withdrew', { party: bank, on: '2023-02-01' })])
      .when('record-withdrawal', { party: bank, on: '2023-02-10' })
      .thenRefused('not-signed', '/party');
  });
  it('can be revoked until it takes effect', () => {
    given([...inForce, notice()])
      .when('revoke-notice', { party: bank, on: '2023-07-31' })
      .thenAccepted();
    given([...inForce, notice()])
      .when('revoke-notice', { party: bank, on: '2023-08-01' })
      .thenRefused('no-notice', '/party');
    given(inForce).when('revoke-notice', { party: bank, on: '2023-03-01' }).thenRefused('no-notice', '/party');
  });
  it('takes effect at the end of a date that is not precise, and by itself only where that has an end', () => {
    const inAYear = [...inForce, notice({ takesEffectOn: '2023' })];
    given(inAYear).when('revoke-notice', { party: bank, on: '2023-12-30' }).thenAccepted();
    given(inAYear).when('revoke-notice', { party: bank, on: '2023-12-31' }).thenRefused('no-notice', '/party');
    expect(statusOn('2023-12-30', ...inAYear)).toBe('in-force');
    expect(statusOn('2023-12-31', ...inAYear)).toBe('terminated');
    expect(agreement.lifecycle.due?.(stateOf(inAYear), '2023-01-01')).toBeUndefined();
    expect(agreement.lifecycle.due?.(stateOf(inAYear), '2023-12-31')?.type).toBe('agreement.party-withdrew');
    const open = [...inForce, notice({ takesEffectOn: '2023-08-01/..' })];
    given(open, { today: '2050-01-01' }).when('revoke-notice', { party: bank, on: '2050-01-01' }).thenAccepted();
    expect(statusOn('9999-12-31', ...open)).toBe('in-force');
    expect(agreement.lifecycle.days?.(stateOf(open)).filter((day) => day > '2023-01-15')).toEqual([]);
  });
  it('brings about nothing on a day before its party has joined', () => {
    const joined = fact('acceded', { organization: third, on: '2023-06-01' });
    const early = fact('withdrawal-notified', { party: third, takesEffectOn: '2023-03-01' });
    const state = stateOf([...inForce, joined, early]);
    expect(agreement.lifecycle.days?.(state)).not.toContain('2023-03-01');
    expect(agreement.lifecycle.due?.(state, '2023-03-01')).toBeUndefined();
  });
  it('takes effect by itself, which the registry records, and ends an agreement of two', () => {
    expect(statusOn('2023-07-31', ...inForce, notice())).toBe('in-force');
    expect(statusOn('2023-08-01', ...inForce, notice())).toBe('terminated');
    expect(agreement.lifecycle.due?.(stateOf([...inForce, notice()]), '2023-08-01')).toMatchObject({
      type: 'agreement.party-withdrew',
      data: { party: bank, on: '2023-08-01' },
    });
    const revoked = fact('notice-revoked', { party: bank, on: '2023-03-01' });
    expect(agreement.lifecycle.due?.(stateOf([...inForce, notice(), revoked]), '2023-08-01')).toBeUndefined();
    expect(statusOn('2023-08-01', ...inForce, notice(), revoked)).toBe('in-force');
  });
  it('may be recorded without a notice, and after one has taken effect', () => {
    given(inForce).when('record-withdrawal', { party: bank, on: '2023-02-10' }).thenAccepted();
    given([...inForce, notice()])
      .when('record-withdrawal', { party: bank, on: '2023-08-01' })
      .thenAccepted();
  });
});

describe('an agreement that fewer than two are left in', () => {
  const parties = [{ organization: exchange }, { organization: bank }, { organization: third }];
  const ofThree = [registered({ parties, openForAccession: true }), ...bothSigned];
  const left = fact('party-withdrew', { party: bank, on: '2023-02-01' });
  const deserted = [registered({ openForAccession: true }), ...inForce.slice(1), left];
  const fourth = idOf('organization', 'f');

  it('is one in which fewer than two are bound, once somebody has left', () => {
    const declined = fact('signature-declined', { party: third, on: '2023-01-12' });
    expect(statusOn('2023-01-31', ...ofThree, declined, left)).toBe('partly-signed');
    expect(statusOn('2023-02-01', ...ofThree, declined, left)).toBe('terminated');
    expect(statusOn('2023-02-01', ...ofThree, signed(third, '2023-01-12'), left)).toBe('signed');
    expect(statusOn('2023-02-01', ...ofThree, left)).toBe('terminated');
  });
  it('is none as long as it is in force for two, though no source tells of their signatures', () => {
    const entry = fact('entered-into-force', { on: '2023-01-15' });
    expect(statusOn('2023-02-01', registered({ parties }), entry, left)).toBe('in-force');
    const also = fact('party-withdrew', { party: third, on: '2023-02-10' });
    expect(statusOn('2023-02-10', registered({ parties }), entry, left, also)).toBe('terminated');
  });
  it('does not wait for those who join only later', () => {
    const joining = fact('acceded', { organization: fourth, on: '2023-06-01' });
    expect(statusOn('2023-02-01', ...inForce, joining, left)).toBe('terminated');
  });
  it('is at its end, also while it is suspended and after its term', () => {
    const suspended = fact('suspended', { on: '2023-01-20' });
    expect(statusOn('2023-02-01', ...inForce, suspended, left)).toBe('terminated');
    const termed = [registered({ until: '2023-06' }), ...inForce.slice(1), left];
    expect(statusOn('2023-07-01', ...termed)).toBe('terminated');
    expect(agreement.lifecycle.due?.(stateOf(termed), '2023-07-01')).toBeUndefined();
    const both = [exchange, bank].map((party) =>
      fact('withdrawal-notified', { party, on: '2023-01-20', takesEffectOn: '2023-03-01' }),
    );
    expect(agreement.lifecycle.due?.(stateOf([...inForce, ...both]), '2023-03-01')).toBeDefined();
    expect(agreement.lifecycle.due?.(stateOf([...inForce, ...both, left]), '2023-03-01')).toBeUndefined();
  });

  it.each<[string, string, (on: string) => object]>([
    ['accede', '/on', (on) => ({ organization: third, on })],
    ['sign-agreement', '/on', (on) => ({ party: bank, on })],
    ['notify-withdrawal', '/on', (on) => ({ party: exchange, on, takesEffectOn: '2024' })],
    ['record-withdrawal', '/on', (on) => ({ party: exchange, on })],
    ['suspend-agreement', '/on', (on) => ({ on })],
    ['renew-agreement', '/on', (on) => ({ on, until: '2030' })],
    ['terminate-agreement', '/on', (on) => ({ on })],
    ['expire-agreement', '/on', (on) => ({ on })],
    [
      'amend-agreement',
      '/effectiveOn',
      (effectiveOn) => ({ effectiveOn, changes: [{ text: 'Nothing', lang: 'en' }], assents: [exchange, bank] }),
    ],
  ])('takes no %s, where that is certain', (command, pointer, dataOn) => {
    given(deserted).when(command, dataOn('2023-02-02')).thenRefused('after-termination', pointer);
    given(deserted).when(command, dataOn('2023-02')).thenAccepted();
  });
  it('may be annulled', () => {
    given(deserted)
      .when('annul-agreement', { on: '2023-02-10', reason: 'A party lacked capacity', authority: 'The court' })
      .thenAccepted();
  });
  it('may be said to have ended by the withdrawal of the one whose notice has taken effect', () => {
    const notice = fact('withdrawal-notified', { party: bank, on: '2023-01-20', takesEffectOn: '2023-02-01' });
    given([...inForce, notice])
      .when('record-withdrawal', { party: bank, on: '2023-02-10' })
      .thenAccepted();
    given([...inForce, notice])
      .when('record-withdrawal', { party: exchange, on: '2023-02-10' })
      .thenRefused('after-termination', '/on');
  });
  it('does not become one before what is recorded to have happened', () => {
    const amended = (effectiveOn: string) =>
      fact('amended', { changes: [{ text: 'Nothing', lang: 'en' }], effectiveOn, assents: [exchange, bank] });
    given([...inForce, amended('2023-02-02')])
      .when('record-withdrawal', { party: bank, on: '2023-02-01' })
      .thenRefused('contradicts-history', '/on');
    given([...inForce, amended('2023-02-01')])
      .when('record-withdrawal', { party: bank, on: '2023-02-01' })
      .thenAccepted();
  });
});

describe('the term', () => {
  const termed = [registered({ until: '2023-06' }), ...inForce.slice(1)];
  const renewed = (until: string, on?: string) => fact('renewed', { until, ...(on && { on }) });
  it('ends the agreement by itself, which the registry records once', () => {
    expect(statusOn('2023-06-30', ...termed)).toBe('in-force');
    expect(statusOn('2023-07-01', ...termed)).toBe('expired');
    expect(agreement.lifecycle.due?.(stateOf(termed), '2023-07-01')).toMatchObject({
      type: 'agreement.expired',
      data: { on: '2023-07-01' },
    });
    const recorded = [...termed, fact('expired', { on: '2023-07-01' })];
    expect(agreement.lifecycle.due?.(stateOf(recorded), '2023-07-01')).toBeUndefined();
  });
  it('is set anew by a renewal, also one that is recorded after the expiry', () => {
    given(termed).when('renew-agreement', { until: '2025', on: '2023-05-01' }).thenAccepted();
    expect(statusOn('2023-07-01', ...termed, renewed('2025', '2023-05-01'))).toBe('in-force');
    expect(statusOn('2026-01-01', ...termed, renewed('2025', '2023-05-01'))).toBe('expired');
    const late = [...termed, fact('expired', { on: '2023-07-01' }), renewed('2025', '2023-05-01')];
    expect(statusOn('2023-07-01', ...late)).toBe('in-force');
  });
  it('may be set anew after it was over: the agreement revives', () => {
    const revived = [...termed, renewed('2025', '2024-01-01')];
    expect(statusOn('2023-12-31', ...revived)).toBe('expired');
    expect(statusOn('2024-01-01', ...revived)).toBe('in-force');
    expect(statusOn('2026-01-01', ...revived)).toBe('expired');
  });
  it('is not renewed until a day before the renewal', () => {
    given(termed)
      .when('renew-agreement', { until: '2023-04', on: '2023-05-01' })
      .thenRefused('ends-before-it-begins', '/until');
    given(termed).when('renew-agreement', { until: '2023-05', on: '2023-05-01' }).thenAccepted();
  });
  it('is not said to be over while it runs', () => {
    given(termed).when('expire-agreement', { on: '2023-06-29' }).thenRefused('term-runs', '/on');
    given(termed, { today: '2023-06-29' }).when('expire-agreement', {}).thenRefused('term-runs', '/on');
    given(termed).when('expire-agreement', { on: '2023-06-30' }).thenAccepted();
  });
});

describe('the end', () => {
  it('may come before the term is over, which then brings about nothing more', () => {
    const termed = [registered({ until: '2023-06' }), ...inForce.slice(1)];
    given(termed).when('terminate-agreement', { on: '2023-05-01' }).thenAccepted();
    const ended = [...termed, fact('terminated', { on: '2023-05-01' })];
    expect(statusOn('2023-07-01', ...ended)).toBe('terminated');
    expect(agreement.lifecycle.due?.(stateOf(ended), '2023-07-01')).toBeUndefined();
  });
  it('comes once', () => {
    const ended = [...inForce, fact('terminated', { on: '2023-02-01' })];
    given(inForce).when('terminate-agreement', { on: '2023-02-01' }).thenAccepted();
    given(ended).when('terminate-agreement', { on: '2023-02-10' }).thenRefused('already-ended', '/on');
    given(ended).when('expire-agreement', { on: '2023-02-10' }).thenRefused('already-ended', '/on');
    given(ended).when('renew-agreement', { until: '2030', on: '2023-02-10' }).thenRefused('already-ended', '/on');
  });
  it('does not come before what is recorded to have happened', () => {
    given(inForce).when('terminate-agreement', { on: '2023-01-12' }).thenRefused('contradicts-history', '/on');
    given(inForce).when('terminate-agreement', { on: '2023-01-15' }).thenAccepted();
  });
  it('does not come before an amendment takes effect', () => {
    const changes = [{ text: 'The term is ten years.', lang: 'en' }];
    const amended = [...inForce, fact('amended', { changes, effectiveOn: '2023-02-15', assents: [exchange, bank] })];
    const end = { on: '2023-02-14', reason: 'A party lacked capacity' };
    for (const [command, data] of [
      ['terminate-agreement', end],
      ['expire-agreement', end],
      ['annul-agreement', { ...end, authority: 'The court' }],
    ] as const) {
      given(amended).when(command, data).thenRefused('contradicts-history', '/on');
      given(amended)
        .when(command, { ...data, on: '2023-02-15' })
        .thenAccepted();
    }
  });
  it('may be an annulment, on authority, also of what has ended', () => {
    const annul = { on: '2023-02-10', reason: 'A party lacked capacity', authority: 'The court' };
    given([...inForce, fact('terminated', { on: '2023-02-01' })])
      .when('annul-agreement', annul)
      .thenAccepted();
    given(inForce)
      .when('annul-agreement', { on: '2023-02-10', reason: 'A party lacked capacity' })
      .thenRefused('value-missing', '/authority');
    given([...inForce, fact('annulled', { ...annul, on: '2023-02-01' })])
      .when('annul-agreement', annul)
      .thenRefused('already-ended', '/on');
    expect(statusOn('2023-03-01', ...inForce, fact('annulled', annul))).toBe('annulled');
  });
  it('shows in the state', () => {
    expect(statusOn('2023-02-01', ...inForce, fact('terminated', { on: '2023-02-01' }))).toBe('terminated');
    expect(statusOn('2023-01-31', ...inForce, fact('terminated', { on: '2023-02-01' }))).toBe('in-force');
  });
});

describe('the days of an agreement', () => {
  it('are all on which its state changes or something is due, each once', () => {
    const after = [...days, '2023-12-31', '2024-12-31', '2025-01-01', '2024-01-01', '2023-03-01', '2023-02-28'];
    const history = fc.tuple(histories.opening, fc.array(histories.act, { maxLength: 12 }));
    fc.assert(
      fc.property(history, ([opening, acts]) => {
        const ledger = new Ledger(idOf('agreement'), {});
        for (const [command, data] of [opening, ...acts]) ledger.submit(command, data);
        const state = ledger.record?.state as AgreementState;
        const named = agreement.lifecycle.days?.(state) ?? [];
        expect(new Set(named).size).toBe(named.length);
        const before = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
        const changes = after.filter(
          (day) => agreement.lifecycle.statusOn(state, day) !== agreement.lifecycle.statusOn(state, before(day)),
        );
        const due = after.filter((day) => agreement.lifecycle.due?.(state, day) !== undefined);
        expect(named).toEqual(expect.arrayContaining([...changes, ...due]));
      }),
      { numRuns: 500 },
    );
  });
});
