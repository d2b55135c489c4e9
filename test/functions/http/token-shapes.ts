import type { TokenRules } from '../../../functions/http/token-rules.ts';

/**
 * Tokens as issuers really write them: names and forms of the claims are from the source, scopes are this registry's, ids
 * of tenants, clients and persons are placeholders. `{issuer}` stands for the issuer, `{in1h}` and `{now}` for times.
 */
export interface TokenShape {
  readonly of: string;
  readonly source: string;
  /** The path of the issuer and that of its keys; hosts are replaced by one on this machine. */
  readonly issuer: string;
  readonly keys: string;
  readonly alg?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly rules: Omit<TokenRules, 'issuer'>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const REGISTRY = 'https://registry.example.org';
const TENANT = '00000000-0000-4000-8000-000000000001';
const times = { iat: '{now}', exp: '{in1h}' };
const JWT = { typ: 'JWT' };

const auth0 = {
  source: 'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
  issuer: '/auth0/',
  keys: '/auth0/.well-known/jwks.json',
};
const okta = {
  source: 'https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#access-token-payload',
  issuer: '/oauth2/aus0000000000000000',
  keys: '/oauth2/aus0000000000000000/v1/keys',
};
const entra = {
  source: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference',
  issuer: `/${TENANT}/v2.0`,
  keys: `/${TENANT}/discovery/v2.0/keys`,
  header: { ...JWT, x5t: 'placeholder' },
};
const keycloak = {
  source: 'https://phasetwo.io/tutorials/getting-started/your-first-token/',
  issuer: '/realms/registry',
  keys: '/realms/registry/protocol/openid-connect/certs',
  header: JWT,
};
const cognito = {
  source:
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html',
  issuer: '/eu-west-1_Example',
  keys: '/eu-west-1_Example/.well-known/jwks.json',
};
const authentik = {
  source: 'https://github.com/goauthentik/authentik/blob/main/authentik/providers/oauth2/id_token.py',
  issuer: '/application/o/registry/',
  keys: '/application/o/registry/jwks/',
  header: JWT,
};
const zitadel = {
  source: 'https://zitadel.com/docs/apis/openidoauth/claims',
  issuer: '/zitadel',
  keys: '/oauth/v2/keys',
};
const audience = { audience: REGISTRY };

/** Access tokens of the client `gzde` with the scope `registry/submit`. */
export const accessTokens: readonly TokenShape[] = [
  {
    of: 'Auth0, default profile, of a user',
    ...auth0,
    header: JWT,
    rules: audience,
    claims: {
      iss: '{issuer}',
      sub: 'auth0|123456',
      aud: [REGISTRY, '{issuer}userinfo'],
      azp: 'gzde',
      scope: 'openid profile registry/submit',
      ...times,
    },
  },
  {
    of: 'Auth0, default profile, machine to machine',
    ...auth0,
    header: JWT,
    rules: audience,
    claims: {
      iss: '{issuer}',
      sub: 'gzde@clients',
      aud: REGISTRY,
      azp: 'gzde',
      gty: 'client-credentials',
      scope: 'registry/submit',
      ...times,
    },
  },
  {
    of: 'Auth0, RFC 9068 profile',
    ...auth0,
    alg: 'PS256',
    header: { typ: 'at+jwt' },
    rules: { ...audience, tokenType: 'at+jwt' },
    claims: {
      iss: '{issuer}',
      sub: 'gzde@clients',
      aud: [REGISTRY, '{issuer}userinfo'],
      client_id: 'gzde',
      jti: 'placeholder',
      scope: 'openid registry/submit',
      ...times,
    },
  },
  {
    of: 'Okta, authorization server of an API',
    ...okta,
    rules: audience,
    claims: {
      ver: 1,
      jti: 'AT.placeholder',
      iss: '{issuer}',
      aud: REGISTRY,
      sub: 'gzde',
      cid: 'gzde',
      scp: ['registry/submit'],
      ...times,
    },
  },
  {
    of: 'Entra ID v1.0, application',
    ...entra,
    issuer: `/${TENANT}/`,
    keys: '/common/discovery/keys',
    rules: { audience: 'api://registry' },
    claims: {
      aud: 'api://registry',
      iss: '{issuer}',
      appid: 'gzde',
      appidacr: '1',
      idp: '{issuer}',
      oid: 'placeholder',
      roles: ['registry/submit'],
      sub: 'placeholder',
      tid: TENANT,
      ver: '1.0',
      nbf: '{now}',
      ...times,
    },
  },
  {
    of: 'Entra ID v2.0, application',
    ...entra,
    source:
      'https://learn.microsoft.com/en-us/answers/questions/256281/microsoft-azure-ad-jwt-token-is-missing-scope-info',
    rules: { audience: '00000000-0000-4000-8000-000000000002' },
    claims: {
      aud: '00000000-0000-4000-8000-000000000002',
      iss: '{issuer}',
      aio: 'placeholder',
      azp: 'gzde',
      azpacr: '1',
      oid: 'placeholder',
      roles: ['registry/submit'],
      sub: 'placeholder',
      tid: TENANT,
      uti: 'placeholder',
      ver: '2.0',
      nbf: '{now}',
      ...times,
    },
  },
  {
    of: 'Entra ID v2.0, delegated by a user',
    ...entra,
    rules: { audience: '00000000-0000-4000-8000-000000000002' },
    claims: {
      aud: '00000000-0000-4000-8000-000000000002',
      iss: '{issuer}',
      azp: 'gzde',
      azpacr: '1',
      name: 'Placeholder',
      preferred_username: 'somebody@example.org',
      scp: 'profile registry/submit',
      sub: 'placeholder',
      tid: TENANT,
      ver: '2.0',
      nbf: '{now}',
      ...times,
    },
  },
  {
    of: 'Keycloak, of a user',
    ...keycloak,
    rules: audience,
    claims: {
      jti: 'placeholder',
      iss: '{issuer}',
      aud: [REGISTRY, 'account'],
      sub: 'placeholder',
      typ: 'Bearer',
      azp: 'gzde',
      sid: 'placeholder',
      acr: '1',
      'allowed-origins': ['https://client.example.org'],
      realm_access: { roles: ['offline_access'] },
      resource_access: { account: { roles: ['view-profile'] } },
      scope: 'email profile registry/submit',
      email_verified: true,
      ...times,
    },
  },
  {
    of: 'Keycloak, service account',
    ...keycloak,
    source: 'https://docs.pistis-market.eu/developers/keycloak/service-accounts',
    alg: 'ES256',
    rules: audience,
    claims: {
      jti: 'placeholder',
      iss: '{issuer}',
      aud: REGISTRY,
      sub: 'placeholder',
      typ: 'Bearer',
      azp: 'gzde',
      acr: '1',
      scope: 'registry/submit',
      clientHost: '192.0.2.1',
      preferred_username: 'service-account-gzde',
      client_id: 'gzde',
      ...times,
    },
  },
  {
    of: 'Amazon Cognito',
    ...cognito,
    rules: { requiredClaims: { token_use: 'access' } },
    claims: {
      sub: 'gzde',
      token_use: 'access',
      scope: 'registry/submit',
      auth_time: '{now}',
      iss: '{issuer}',
      version: 2,
      jti: 'placeholder',
      client_id: 'gzde',
      ...times,
    },
  },
  {
    of: 'Ory Hydra',
    source: 'https://github.com/ory/hydra/issues/3524',
    issuer: '/ory/',
    keys: '/ory/.well-known/jwks.json',
    rules: audience,
    claims: {
      aud: [REGISTRY],
      client_id: 'gzde',
      ext: {},
      iss: '{issuer}',
      jti: 'placeholder',
      nbf: '{now}',
      scp: ['registry/submit'],
      sub: 'gzde',
      ...times,
    },
  },
  {
    of: 'ZITADEL',
    ...zitadel,
    rules: { audience: '100000000000000001' },
    claims: {
      iss: '{issuer}',
      sub: '100000000000000002',
      aud: ['gzde', '100000000000000001'],
      azp: 'gzde',
      jti: 'placeholder',
      scope: 'openid registry/submit',
      nbf: '{now}',
      ...times,
    },
  },
  {
    of: 'PingOne',
    source:
      'https://developer.pingidentity.com/pingone-api/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html',
    issuer: `/${TENANT}/as`,
    keys: `/${TENANT}/as/jwks`,
    header: { typ: 'at+jwt', x5t: 'placeholder' },
    rules: { ...audience, tokenType: 'at+jwt' },
    claims: {
      client_id: 'gzde',
      iss: '{issuer}',
      aud: [REGISTRY],
      scope: 'registry/submit',
      env: TENANT,
      org: 'placeholder',
      sub: 'gzde',
      jti: 'placeholder',
      ...times,
    },
  },
  {
    of: 'Duende IdentityServer, scopes as a list',
    source: 'https://docs.duendesoftware.com/identityserver/apis/aspnetcore/authorization',
    issuer: '/duende',
    keys: '/duende/.well-known/openid-configuration/jwks',
    header: { typ: 'at+jwt' },
    rules: { ...audience, tokenType: 'at+jwt' },
    claims: {
      iss: '{issuer}',
      nbf: '{now}',
      aud: REGISTRY,
      scope: ['registry/submit'],
      client_id: 'gzde',
      jti: 'placeholder',
      ...times,
    },
  },
  {
    of: 'authentik, with a mapping that sets aud',
    ...authentik,
    rules: audience,
    claims: {
      iss: '{issuer}',
      sub: 'placeholder',
      aud: REGISTRY,
      auth_time: '{now}',
      acr: 'goauthentik.io/providers/oauth2/default',
      azp: 'gzde',
      uid: 'placeholder',
      scope: 'registry/submit',
      ...times,
    },
  },
  {
    of: 'Connect2id',
    source: 'https://connect2id.com/blog/connect2id-self-contained-access-tokens',
    issuer: '/c2id',
    keys: '/c2id/jwks.json',
    rules: audience,
    claims: {
      sub: 'alice',
      iss: '{issuer}',
      aud: [REGISTRY],
      jti: 'placeholder',
      cid: 'gzde',
      scp: ['openid', 'registry/submit'],
      clm: ['email'],
      ...times,
    },
  },
  {
    of: 'Kinde, machine to machine',
    source:
      'https://docs.kinde.com/machine-to-machine-applications/about-m2m/token-structure-and-claims-for-m2m-applications',
    issuer: '/kinde',
    keys: '/kinde/.well-known/jwks',
    header: JWT,
    rules: audience,
    claims: {
      aud: [REGISTRY],
      azp: 'gzde',
      gty: ['client_credentials'],
      iss: '{issuer}',
      jti: 'placeholder',
      scope: 'registry/submit',
      scp: ['registry/submit'],
      v: '2',
      ...times,
    },
  },
  {
    of: 'Stytch, connected app',
    source: 'https://stytch.com/docs/b2b/api/connected-app-access-token',
    issuer: '/stytch',
    keys: '/v1/public/project/.well-known/jwks.json',
    rules: { audience: 'project-placeholder' },
    claims: {
      iss: '{issuer}',
      sub: 'placeholder',
      aud: ['project-placeholder'],
      client_id: 'gzde',
      nbf: '{now}',
      jti: 'placeholder',
      scope: 'openid registry/submit',
      ...times,
    },
  },
  {
    of: 'Corppass',
    source:
      'https://docs.corppass.gov.sg/technical-specifications/corppass-authorization-api/token-endpoint/access-token-structure',
    issuer: '/corppass',
    keys: '/corppass/.well-known/keys',
    alg: 'ES256',
    rules: audience,
    claims: {
      iss: '{issuer}',
      scope: 'registry/submit',
      aud: [REGISTRY],
      client_id: 'gzde',
      sub: 'placeholder',
      jti: 'placeholder',
      ...times,
    },
  },
  {
    of: 'the local issuer, as ever',
    source: 'clients/cli/token.ts',
    issuer: '/local',
    keys: '/local/.well-known/jwks.json',
    alg: 'ES256',
    header: { typ: 'at+jwt' },
    rules: { requiredClaims: { iss: '{issuer}' }, tokenType: 'at+jwt' },
    claims: { client_id: 'gzde', scope: 'registry/submit', iss: '{issuer}', sub: 'gzde', jti: 'placeholder', ...times },
  },
];

/** What would be let in by its issuer, its audience and a scope that somebody may have added. */
const lenient = { requiredClaims: { iss: '{issuer}' } };
const scope = 'registry/submit';

/** Tokens for the client itself, each of which is no access token for the registry. */
export const idTokens: readonly TokenShape[] = [
  {
    of: 'Auth0, for a client that is registered as the audience',
    ...auth0,
    source: 'https://auth0.com/docs/tokens/id-tokens/id-token-structure',
    header: JWT,
    rules: { audience: 'gzde', clientClaim: 'sub' },
    claims: { iss: '{issuer}', sub: 'gzde', aud: 'gzde', scope, ...times },
  },
  {
    of: 'Auth0',
    ...auth0,
    source: 'https://auth0.com/docs/tokens/id-tokens/id-token-structure',
    header: JWT,
    rules: lenient,
    claims: { iss: '{issuer}', sub: 'auth0|123456', aud: 'gzde', name: 'Placeholder', scope, ...times },
  },
  {
    of: 'Okta',
    ...okta,
    source: 'https://groups.google.com/g/rabbitmq-users/c/O3GdCKf8soM/m/ZsjMcizrAgAJ',
    rules: { ...lenient, clientClaim: 'aud' },
    claims: {
      sub: 'placeholder',
      ver: 1,
      iss: '{issuer}',
      aud: 'gzde',
      jti: 'ID.placeholder',
      amr: ['pwd'],
      auth_time: '{now}',
      at_hash: 'placeholder',
      scope,
      ...times,
    },
  },
  {
    of: 'Entra ID v2.0',
    ...entra,
    source: 'https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference',
    rules: { ...audience, clientClaim: 'tid' },
    claims: {
      aud: REGISTRY,
      iss: '{issuer}',
      nonce: 'placeholder',
      sub: 'placeholder',
      tid: TENANT,
      ver: '2.0',
      nbf: '{now}',
      scope,
      ...times,
    },
  },
  {
    of: 'Keycloak, by typ alone',
    ...keycloak,
    rules: audience,
    claims: {
      jti: 'placeholder',
      iss: '{issuer}',
      aud: [REGISTRY, 'gzde'],
      sub: 'placeholder',
      typ: 'ID',
      azp: 'gzde',
      sid: 'placeholder',
      acr: '1',
      scope,
      ...times,
    },
  },
  {
    of: 'Amazon Cognito, by token_use alone',
    ...cognito,
    source:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html',
    rules: { ...audience, clientClaim: 'cognito:username' },
    claims: {
      sub: 'placeholder',
      'cognito:username': 'gzde',
      aud: REGISTRY,
      token_use: 'id',
      auth_time: '{now}',
      iss: '{issuer}',
      scope,
      ...times,
    },
  },
  {
    of: 'Google',
    source: 'https://developers.google.com/identity/openid-connect/openid-connect',
    issuer: '/google',
    keys: '/oauth2/v3/certs',
    header: JWT,
    rules: audience,
    claims: {
      iss: '{issuer}',
      azp: 'gzde',
      aud: REGISTRY,
      sub: 'placeholder',
      at_hash: 'placeholder',
      hd: 'example.org',
      email_verified: true,
      scope,
      ...times,
    },
  },
  {
    of: 'PingFederate, of the hybrid flow',
    source: 'https://docs.pingidentity.com/r/en-us/developer/wls1601508088262',
    issuer: '/pingfederate',
    keys: '/pf/JWKS',
    rules: { ...audience, clientClaim: 'client' },
    claims: {
      sub: 'joe',
      aud: REGISTRY,
      jti: 'placeholder',
      iss: '{issuer}',
      client: 'gzde',
      c_hash: 'placeholder',
      scope,
      ...times,
    },
  },
  {
    of: 'ZITADEL',
    ...zitadel,
    rules: lenient,
    claims: { iss: '{issuer}', sub: 'placeholder', aud: ['gzde'], azp: 'gzde', amr: ['pwd'], scope, ...times },
  },
  {
    of: 'authentik, whose access tokens look the same as long as no mapping sets aud',
    ...authentik,
    rules: { audience: 'gzde' },
    claims: { iss: '{issuer}', sub: 'placeholder', aud: 'gzde', azp: 'gzde', uid: 'placeholder', scope, ...times },
  },
];
