/** What many types hold, and what therefore keeps its name. These are the interfaces of `types.ts`. */
const NAMED = /^export interface (\w+)/gm;
const EXPORTED = /^export (?:type|interface) (\w+)/gm;
const PASSED_ON = /^export type \{([^}]*)\} from/gm;

const namesIn = (pattern: RegExp, source: string): string[] =>
  [...source.matchAll(pattern)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));

/**
 * A program whose declarations have the types of another file written out. A compiler writes the type of a constant out,
 * as far as it is anonymous: `Out` makes it so, but for the interfaces.
 */
function program(types: string, path: string): string {
  const named = namesIn(NAMED, types);
  const all = [...namesIn(EXPORTED, types), ...namesIn(PASSED_ON, types)].filter(Boolean);
  const kept = named.map((name) => `Is<T, types.${name}> extends true ? types.${name} : `).join('\n  ');
  return `import type * as types from '${path}';
type Is<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
type Out<T> = ${kept}T extends object ? (T extends infer O ? { [K in keyof O]: Out<O[K]> } : never) : T;
type Top<T> = T extends object ? (T extends infer O ? { [K in keyof O]: Out<O[K]> } : never) : T;
declare const out: <T>() => Top<T>;
${all.map((name) => `export const ${name} = out<types.${name}>();`).join('\n')}
`;
}

/** The declarations of such a program as those of the types. */
const declarations = (declared: string): string =>
  declared
    .replaceAll(/^import .*;\n/gm, '')
    .replaceAll(/^(?:declare )?type (?:Is|Out|Top)<[\s\S]*?;\n(?=export|declare|type)/gm, '')
    .replaceAll(/^declare const out:.*;\n/gm, '')
    .replaceAll(/^export declare const (\w+): /gm, 'export type $1 = ')
    .replaceAll(/\btypes\.(\w+)/g, '$1');

export const writtenOut = { program, declarations };
