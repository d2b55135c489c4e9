import type { Acts, DefaultOpenings, Openings, Records } from './types.ts';

export type CollectionName = keyof Records;
export type ActIn<Of extends CollectionName> = keyof Acts[Of] & string;

/** What opens a record of a collection: the data of one of its commands, with the name of the command unless it is the default. */
export type OpeningIn<Of extends CollectionName> =
  | {
      [Name in keyof Openings[Of]]: { readonly command: Name } & Openings[Of][Name];
    }[keyof Openings[Of]]
  | ({ readonly command?: DefaultOpenings[Of] } & Openings[Of][DefaultOpenings[Of] & keyof Openings[Of]]);

type ActCommandIn<Of extends CollectionName> = {
  [Act in keyof Acts[Of]]: { readonly command: Act; readonly target: string; readonly data: Acts[Of][Act] };
}[keyof Acts[Of]];

type OpeningCommandIn<Of extends CollectionName> = {
  [Name in keyof Openings[Of]]: {
    readonly command: Name;
    /** A name for the record: later commands of the submission write `#name` wherever an id is expected. */
    readonly as?: string;
    readonly data: Openings[Of][Name];
  };
}[keyof Openings[Of]];

/** One of the commands of a submission. */
export type SubmittedCommand = {
  [Of in CollectionName]: OpeningCommandIn<Of> | ActCommandIn<Of>;
}[CollectionName];
