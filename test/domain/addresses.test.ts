import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandsByName, definitionOf, eventDefinitions } from '../../domain/catalog.ts';
import { userInfoInAddresses } from '../../domain/record/addresses.ts';
import { type Fact, given, idOf } from '../support/decider.ts';

const parties = ['a', 'b'].map((letter) => ({ organization: idOf('organization', letter) }));
const sourceAt = (url: string) => [{ source: { url }, basis: 'stated' }];
const documentAt = (url: string) => ({ sha256: 'a'.repeat(64), mediaType: 'application/pdf', url });
const SECRET = 'https://user:pass@example.org/report';
const OPEN = 'https://example.org/~user:pass@report?by=user:pass@example.org';
const registered: Fact = ['agreement.registered', { kind: 'supply', parties }];

describe('a web address', () => {
  it.each([SECRET, 'http://user@example.org', 'https://:pass@example.org', 'https:///user:pass@example.org'])(
    'holds no user information: %s',
    (url) => {
      given([])
        .when('register-agreement', { kind: 'supply', parties, evidence: sourceAt(url) })
        .thenRefused('user-info-in-address', '/evidence/0/source/url');
      given([])
        .when('register-agreement', { kind: 'supply', parties, documents: [documentAt(OPEN), documentAt(url)] })
        .thenRefused('user-info-in-address', '/documents/1/url');
    },
  );
  it('may hold an @ elsewhere', () => {
    given([])
      .when('register-agreement', { kind: 'supply', parties, evidence: sourceAt(OPEN), documents: [documentAt(OPEN)] })
      .thenAccepted();
  });
  it('is corrected to none with user information; one that was recorded before the rule may stay', () => {
    const before: Fact = ['agreement.registered', { kind: 'supply', parties, documents: [documentAt(SECRET)] }];
    const documents = (...addresses: string[]) => ({
      corrects: 1,
      set: { documents: addresses.map(documentAt) },
      reason: 'clerical',
    });
    given([registered])
      .when('correct-agreement', documents(SECRET))
      .thenRefused('user-info-in-address', '/set/documents/0/url');
    given([before]).when('correct-agreement', documents(SECRET, OPEN)).thenAccepted();
    given([before])
      .when('correct-agreement', documents(SECRET, 'https://other:pass@example.org'))
      .thenRefused('user-info-in-address', '/set/documents/1/url');
  });
  it('stands in the schemas of events as before: what is recorded stays readable', () => {
    const { schema } = definitionOf('agreement.registered');
    const data = { kind: 'supply', parties, evidence: sourceAt(SECRET), documents: [documentAt(SECRET)] };
    expect(schema.safeParse({ ...data, speaksAs: 'other' }).success).toBe(true);
  });

  /** The fields whose values are addresses, by their JSON Schema. */
  function fieldsOfAddresses(schema: unknown, field = ''): string[] {
    if (typeof schema !== 'object' || schema === null) return [];
    if ((schema as { format?: string }).format === 'uri') return [field];
    return Object.entries(schema).flatMap(([key, inner]) => fieldsOfAddresses(inner, key));
  }
  it('has the same field wherever one may stand, so that none is missed', () => {
    const schemas = [...eventDefinitions, ...[...commandsByName.values()].map(({ definition }) => definition)];
    const fields = schemas.flatMap(({ schema }) =>
      fieldsOfAddresses(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
    );
    expect(fields.length).toBeGreaterThan(50);
    for (const field of new Set(fields)) {
      expect(userInfoInAddresses({ [field]: SECRET }), field).toMatchObject([{ pointer: `/${field}` }]);
    }
  });
});
