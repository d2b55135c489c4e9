import { broken, otherDates, RAW } from './broken.ts';
import type { Ask } from './builds.ts';
import type { ApiDocument } from './documents.ts';
import { readHistories, type Shown, shownIn } from './shown.ts';
import { type Known, mapped, type World } from './world.ts';

/** A request, what kind of one it is, and which turn the record takes that it may open. */
export interface Made {
  readonly kind: string;
  readonly ask: Ask;
  readonly turn: number;
}

const evidence = [{ source: { title: 'Minutes of the board' }, basis: 'stated' }];
/** Which kinds of requests there are, and how many of a hundred. */
const KINDS = {
  act: 34,
  open: 8,
  example: 22,
  opening: 10,
  correction: 6,
  submission: 5,
  broken: 6,
  again: 3,
  dry: 2,
  match: 2,
  raw: 1,
  person: 1,
};
/** What ends a record for good comes less often, so that much can happen to it before. */
const ENDING = /^(retract|merge|close|cancel|annul|terminate)/;

/** Makes one request after the other; the seed alone decides which, and what was answered to those before. */
export async function createCommands(document: ApiDocument, world: World, seed: number) {
  const shown = shownIn(document);
  const histories = await readHistories(seed);
  const byName = new Map(shown.map((one) => [one.command, one]));
  const { below, chance, pick } = world;
  const acts = shown.filter(({ isAct }) => isAct);
  const openings = shown.filter(({ isAct, path }) => !isAct && path !== '/v1/submissions');
  const sent: Made[] = [];
  let number = 0;

  const post = (one: Shown, known: Known | undefined, data: object, headers: object = {}): Ask => {
    number += 1;
    const body = JSON.stringify(one.isAct || 'command' in data ? data : { command: one.command, ...data });
    return {
      path: one.path.replace('{id}', known?.id ?? ''),
      method: 'POST',
      client: clientFor(one),
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': `compare-${seed}-${number}`,
        Prefer: 'wait=10',
        ...headers,
      },
      body,
    };
  };

  const clientFor = ({ client }: Shown) =>
    chance(0.96) ? client : pick(['gdgje', 'registrar', 'gzde', 'nonsense', undefined]);

  const fresh = (data: object) =>
    mapped(data, (text) =>
      /^[a-z]$|Company|Exchange|Centre/.test(text) && chance(0.9) ? `${text} ${number}` : text,
    ) as object;

  function opening(): Made {
    const one = pick(openings);
    const turn = below(6);
    return {
      kind: 'opening',
      ask: post(one, undefined, fresh(otherDates(world.withOthers(one.example), world) as object)),
      turn,
    };
  }

  /** Those of the histories name no persons. */
  function somebody(command: string): object {
    if (!chance(0.4)) return {};
    if (command === 'sign-agreement') return { signatory: { name: `Anna Somebody ${number}` } };
    return command === 'confer-award' ? { recipient: { person: { name: `Boris Somebody ${number}` } } } : {};
  }

  /** An act or an opening of the histories that the tests of the domain make. */
  function ofHistories(isAct: boolean): Made {
    const { opens, acts } = pick(histories);
    const [name, data] = pick(isAct ? acts : opens);
    const one = byName.get(name);
    const known = one?.isAct ? world.someOf(one.collection) : undefined;
    if (!one || (one.isAct && !known) || (ENDING.test(name) && chance(0.3))) return ofHistories(isAct && chance(0.9));
    const turn = known?.turn ?? below(6);
    const whole = world.withParties({ ...data, ...somebody(name), evidence }, turn) as object;
    return {
      kind: isAct ? 'act' : 'open',
      ask: post(one, known, one.collection === 'organizations' ? fresh(whole) : whole),
      turn,
    };
  }

  function example(): Made {
    const one = pick(acts);
    const known = world.someOf(one.collection);
    if (!known || (ENDING.test(one.command) && chance(0.3))) return opening();
    const data = otherDates(world.withOthers(one.example), world) as object;
    return { kind: 'example', ask: post(one, known, data), turn: 0 };
  }

  /** Sets fields of an earlier event to those of an example, or to another date. */
  function correction(): Made {
    const one = pick(acts.filter(({ command }) => command.startsWith('correct-')));
    const known = world.someOf(one.collection);
    if (!known) return opening();
    const others = openings.filter(({ collection }) => collection === one.collection);
    const fields = Object.entries({ ...pick(others).example, on: '2023-02-24' }).filter(
      ([field]) => !/^(command|evidence)$/.test(field),
    );
    const [field, value] = pick(fields);
    const set = chance(0.3) ? (one.example as { set: object }).set : { [field]: chance(0.1) ? null : value };
    const data = {
      ...one.example,
      corrects: 1 + below(known.version + (chance(0.1) ? 2 : 0)),
      set: otherDates(set, world),
    };
    return { kind: 'correction', ask: post(one, known, world.withOthers(data) as object), turn: 0 };
  }

  /** Several commands of other requests in one; an act may be on a record that a command before it opens. */
  function submission(): Made {
    const commands = Array.from({ length: 1 + below(4) }, (_, index) => {
      const made = chance(0.6) ? opening() : chance(0.5) ? example() : ofHistories(true);
      const { command, ...data } = JSON.parse(made.ask.body ?? '{}');
      const [, , collection, id, act] = made.ask.path.split('/');
      if (id === undefined) return { command, as: `r${index}`, data };
      const name = acts.find(({ path }) => path === `/v1/${collection}/{id}/${act}`)?.command;
      return { command: chance(0.5) ? name : act, target: chance(0.1) ? '#r0' : id, data };
    });
    const one = byName.get('submit') ?? {
      command: '',
      path: '/v1/submissions',
      collection: '',
      isAct: true,
      client: 'gzde',
      example: {},
    };
    return { kind: 'submission', ask: post(one, undefined, { commands }), turn: 0 };
  }

  const any = () => (chance(0.5) ? ofHistories(true) : chance(0.5) ? example() : opening());
  const changed = (kind: string, change: (ask: Ask) => Partial<Ask>, { ask, turn }: Made = any()): Made => ({
    kind,
    ask: { ...ask, ...change(ask) },
    turn,
  });
  const withHeaders = (headers: Readonly<Record<string, string>>) => (ask: Ask) => ({
    headers: { ...ask.headers, ...headers },
  });

  /** An earlier request once more; or another one under its key. */
  function again(): Made {
    if (sent.length === 0) return any();
    const before = pick(sent);
    return chance(0.6)
      ? changed('again', () => ({}), before)
      : changed('again', ({ body = '' }) => ({ body: broken(body, world) }), before);
  }

  /** Versions as an `If-Match` has them: that of just now, or an earlier one. */
  function match(): Made {
    const made = example();
    const version = world.records.get(made.ask.path.split('/')[3] ?? '')?.version ?? 1;
    return changed('match', withHeaders({ 'If-Match': `"${Math.max(0, version - (chance(0.6) ? 0 : 1))}"` }), made);
  }

  function person(): Made {
    const ids = world.idsByPrefix.get('person') ?? [];
    if (ids.length === 0) return example();
    const erase = shown.find(({ path }) => path === '/v1/people/{id}/erase') as Shown;
    return {
      kind: 'person',
      ask: post(erase, { id: pick(ids), collection: 'people', version: 1, turn: 0 }, erase.example),
      turn: 0,
    };
  }

  const makers: Record<keyof typeof KINDS, () => Made> = {
    act: () => ofHistories(true),
    open: () => ofHistories(false),
    example,
    opening,
    correction,
    submission,
    broken: () => changed('broken', ({ body = '' }) => ({ body: broken(body, world) })),
    again,
    dry: () => changed('dry', withHeaders({ Prefer: 'dry-run' })),
    match,
    raw: () => changed('raw', () => pick(RAW)),
    person,
  };
  const wheel = Object.entries(KINDS).flatMap(([kind, share]) => Array<keyof typeof KINDS>(share).fill(kind as never));

  /** The organizations that the histories are about come first, then one record of each kind. */
  function next(): Made {
    const first = openings[sent.length - 6];
    const organization = openings.find(({ command }) => command === 'register-organization');
    const made =
      sent.length < 6 && organization
        ? {
            kind: 'opening',
            ask: { ...post(organization, undefined, fresh(organization.example)), client: 'gzde' },
            turn: 0,
          }
        : first
          ? { kind: 'opening', ask: post(first, undefined, world.withOthers(first.example) as object), turn: 0 }
          : makers[pick(wheel)]();
    sent.push(made);
    return made;
  }

  return { next };
}
