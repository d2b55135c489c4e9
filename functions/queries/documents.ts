import { openApiDocument } from '../openapi/document.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type Document, docsPage } from './docs-page.ts';

/** A text that only a release changes, with its ETag, so that nobody reads the whole text for a digest. */
interface Made {
  readonly text: string;
  readonly etag: string;
}

const madeOf = (text: string): Made => ({ text, etag: `"${Buffer.from(sha256(Buffer.from(text))).toString('hex')}"` });

/** The OpenAPI document as JSON and as a page: each is made when it is first asked for, and kept. */
export function createDocuments(origin: string) {
  let json: Made | undefined;
  let page: Promise<Made> | undefined;
  const makePage = async () => madeOf(String(await docsPage(openApiDocument(origin) as Document)));
  return {
    json(): Made {
      json ??= madeOf(JSON.stringify(openApiDocument(origin)));
      return json;
    },
    page(): Promise<Made> {
      page ??= makePage();
      return page;
    },
  };
}
