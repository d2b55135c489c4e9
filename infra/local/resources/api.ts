import { arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';
import { knowOnly } from './counterpart.ts';

/** The HTTP API, which is this registry's port. */
export const api: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { ApiId: name, ApiEndpoint: 'http://localhost' } }),
  wire(resource, wiring) {
    knowOnly(resource, resource.properties, ['CorsConfiguration', 'Description', 'Name', 'ProtocolType', 'Tags']);
    if (resource.properties.ProtocolType !== 'HTTP') throw new Error(`${resource.where}: only HTTP APIs run here`);
    if (wiring.cors) throw new Error(`${resource.where}: one API at most runs here`);
    wiring.cors = resource.properties.CorsConfiguration ?? {};
  },
};

/** Throttling and access logs have no counterpart. Only `$default` runs: other stages would add a path to all URLs. */
export const stage: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('apigateway', name) } }),
  wire({ where, properties }) {
    if (properties.StageName !== '$default') throw new Error(`${where}: only the stage $default runs here`);
  },
};

interface IntegrationProperties {
  readonly IntegrationType: string;
  readonly IntegrationUri: string;
  readonly PayloadFormatVersion: string;
}

export const integration: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { IntegrationId: name } }),
  wire(resource, { integrations }) {
    knowOnly(resource, resource.properties, [
      'ApiId',
      'Description',
      'IntegrationType',
      'IntegrationUri',
      'PayloadFormatVersion',
    ]);
    const { IntegrationType, IntegrationUri, PayloadFormatVersion }: IntegrationProperties =
      resource.properties as never;
    if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
      throw new Error(`${resource.where}: only functions with payload format 2.0 run here`);
    }
    integrations.push({ id: resource.self.ref, function: IntegrationUri });
  },
};

interface RouteProperties {
  readonly RouteKey: string;
  readonly Target: string;
  readonly AuthorizationType?: string;
}

export const route: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { RouteId: name } }),
  wire(resource, { routes }) {
    knowOnly(resource, resource.properties, ['ApiId', 'AuthorizationType', 'RouteKey', 'Target']);
    const { RouteKey, Target, AuthorizationType = 'NONE' }: RouteProperties = resource.properties as never;
    if (AuthorizationType !== 'NONE') throw new Error(`${resource.where}: the local run has no authorizers`);
    routes.push({ key: RouteKey, integration: Target.replace(/^integrations\//, '') });
  },
};
