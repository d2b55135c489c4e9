import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { expectNothingInvented, type LandedCase, landCase, rosterOf, stateOn } from './case.ts';

let engine: TestEngine;
let landed: LandedCase;

beforeAll(async () => {
  engine = await startEngine();
  landed = await landCase(engine, 'kimberley-process');
});
afterAll(() => engine?.stop());

const admittedAtThePlenary = (name: string, certainty: string) =>
  `${name} participant member ${certainty} from 2012-11-27/2012-11-30`;

describe('the Kimberley Process of 2012', () => {
  it('is recorded as its communiqués tell it, and nothing else is', () => expectNothingInvented(landed));

  it.each([
    ['kp', '2007-12-31', ['ve member possible from unknown']],
    ['kp', '2008-12-31', ['ve suspended certain from unknown']],
    [
      'kp',
      '2012-08-31',
      [
        'adpa observer member possible from 2012',
        'cm participant member certain from 2012-08',
        've suspended certain from unknown',
      ],
    ],
    [
      'kp',
      '2012-11-27',
      [
        'adpa observer member possible from 2012',
        'cm participant member certain from 2012-08',
        admittedAtThePlenary('kh', 'possible'),
        admittedAtThePlenary('kz', 'possible'),
        admittedAtThePlenary('pa', 'possible'),
        've suspended certain from unknown',
      ],
    ],
    [
      'kp',
      '2012-12-31',
      [
        'adpa observer member certain from 2012',
        'cm participant member certain from 2012-08',
        admittedAtThePlenary('kh', 'certain'),
        admittedAtThePlenary('kz', 'certain'),
        admittedAtThePlenary('pa', 'certain'),
        've suspended certain from unknown',
      ],
    ],
    ['kppc', '2012-11-26', []],
    [
      'kppc',
      '2012-11-30',
      ['cd member certain from 2012-11-27/2012-11-30', 'zw member certain from 2012-11-27/2012-11-30'],
    ],
  ])('the roster of %s on %s', async (body, day, expected) => {
    expect((await rosterOf(landed, body, day)).sort()).toEqual(expected);
  });

  it.each([
    ['k-ve', '2007-12-31', 'member possible'],
    ['k-ve', '2008-12-31', 'suspended certain'],
    ['k-cm', '2012-07-31', 'none certain'],
    ['k-cm', '2012-08-31', 'member certain'],
    ['k-adpa', '2012-06-30', 'member possible'],
    ['kp12', '2012-11-30', 'held certain'],
  ])('%s on %s is %s', async (record, day, expected) => {
    expect(await stateOn(landed, record, day)).toBe(expected);
  });

  it('was held in Washington for 39 participants whom nobody names', async () => {
    expect(await landed.page('kp12')).toMatchObject({
      edition: 10,
      place: { country: 'US', locality: 'Washington, D.C.' },
      roles: [{ organization: '#us', role: 'host' }],
      unnamed: [{ role: 'participant', count: { exact: 39 } }],
    });
    expect(await landed.page('k-cm')).toMatchObject({
      class: 'participant',
      facts: [{ notes: [{ text: 'via written procedure', lang: 'en' }] }],
    });
  });
});
