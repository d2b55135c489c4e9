import { sha256 } from '../runtime/sha256.ts';
import { type Document, docsPage } from './docs-page.ts';

/** A text that only a release changes, with its ETag, so that nobody reads the whole text for a digest. */
interface Made {
  readonly text: string;
  readonly etag: string;
}

const madeOf = (text: string): Made => ({ text, etag: `"${Buffer.from(sha256(Buffer.from(text))).toString('hex')}"` });

/** What the document is made of is loaded with it: no other request waits for that. */
async function documentOf(origin: string): Promise<object> {
  const { openApiDocument } = await import('../openapi/document.ts');
  return openApiDocument(origin);
}

/** The OpenAPI document as JSON and as a page: each is made when it is first asked for, and kept. */
export function createDocuments(origin: string) {
  let json: Promise<Made> | undefined;
  let page: Promise<Made> | undefined;
  const makeJson = async () => madeOf(JSON.stringify(await documentOf(origin)));
  const makePage = async () => madeOf(String(await docsPage((await documentOf(origin)) as Document)));
  return {
    json(): Promise<Made> {
      json ??= makeJson();
      return json;
    },
    page(): Promise<Made> {
      page ??= makePage();
      return page;
    },
  };
}
