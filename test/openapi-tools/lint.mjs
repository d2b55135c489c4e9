import { readFileSync } from 'node:fs';
import { bundleFromString, createConfig, lintFromString } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import parsers from '@stoplight/spectral-parsers';
import rulesets from '@stoplight/spectral-rulesets';

/** Lints an OpenAPI document with Redocly (`recommended`) and Spectral (`oas`), and prints what they find as JSON. */

const source = readFileSync(process.argv[2], 'utf8');
const absoluteRef = '/openapi.json';

const config = await createConfig({ extends: ['recommended'] });
const redocly = await lintFromString({ source, absoluteRef, config });
const bundled = await bundleFromString({ source, absoluteRef, config });

const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] });
const found = await linter.run(new spectral.Document(source, parsers.Json, absoluteRef));

const at = ({ location: [place] }) => place?.pointer ?? '';
console.log(
  JSON.stringify([
    ...redocly.map((one) => `Redocly ${one.ruleId}: ${one.message} ${at(one)}`),
    ...bundled.problems.map((one) => `Redocly, when it bundles: ${one.message} ${at(one)}`),
    ...found.map(({ code, message, path }) => `Spectral ${code}: ${message} ${path.join('/')}`),
  ]),
);
