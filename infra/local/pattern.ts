/** Says whether an event matches. */
export type Matches = (event: unknown) => boolean;

/**
 * The part of EventBridge's event patterns that the rules use: a named field has one of several values, exact or by
 * `prefix`, or it `exists` or not. Other fields do not matter. Any other operator is an error when the pattern is
 * compiled, not a rule that never matches.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compilePattern(pattern: Readonly<Record<string, unknown>>): Matches {
  const fields = Object.entries(pattern).map(([name, value]) => {
    if (name.startsWith('$')) throw new Error(`the local run does not know ${name} in event patterns`);
    return [name, compileField(name, value)] as const;
  });
  return (event) => fields.every(([name, matches]) => matches(fieldOf(event, name)));
}

function compileField(name: string, value: unknown): Matches {
  if (Array.isArray(value)) {
    const choices = value.map((choice) => compileChoice(name, choice));
    return (actual) => choices.some((matches) => matches(actual));
  }
  if (typeof value === 'object' && value !== null) return compilePattern(value as Record<string, unknown>);
  throw new Error(`an event pattern lists the values of ${name} in an array`);
}

function compileChoice(name: string, choice: unknown): Matches {
  if (typeof choice !== 'object' || choice === null) return (actual) => someValue(actual, (value) => value === choice);
  const [[operator, operand] = [], ...more] = Object.entries(choice);
  if (more.length === 0) {
    if (operator === 'exists' && typeof operand === 'boolean') return (actual) => (actual !== undefined) === operand;
    if (operator === 'prefix' && typeof operand === 'string') {
      return (actual) => someValue(actual, (value) => typeof value === 'string' && value.startsWith(operand));
    }
  }
  throw new Error(`the local run does not know the pattern ${JSON.stringify(choice)} for ${name}`);
}

/** An array in an event matches when one of its values does. */
const someValue = (actual: unknown, matches: Matches): boolean =>
  Array.isArray(actual) ? actual.some(matches) : matches(actual);

const fieldOf = (event: unknown, name: string): unknown =>
  typeof event === 'object' && event !== null && Object.hasOwn(event, name)
    ? (event as Record<string, unknown>)[name]
    : undefined;
