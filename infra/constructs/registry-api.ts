import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { GatewayRoutes } from '../../functions/http/routes.ts';
import type { RegistryFunction } from './registry-function.ts';
import { fiveMinutes, RunbookAlarm } from './runbook-alarm.ts';

export interface RegistryApiProps {
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly alarmTopic: ITopic | undefined;
}

/** What the access log keeps of a request. It keeps no header and no query. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  /** The request id that the function logs. */
  invocation: '$context.integration.requestId',
  failure: '$context.integrationErrorMessage',
};

/** The HTTP API. Its routes only choose the function; the function judges everything else about a request. */
export class RegistryApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { throttle, alarmTopic }: RegistryApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: 'Signings Registry',
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.OPTIONS],
        allowHeaders: [
          'Accept',
          'Authorization',
          'Content-Type',
          'Idempotency-Key',
          'If-Match',
          'If-None-Match',
          'Prefer',
        ],
        exposeHeaders: [
          'Allow',
          'ETag',
          'Location',
          'Link',
          'Registry-Position',
          'Registry-Feed-Position',
          'Idempotency-Replayed',
          'Preference-Applied',
          'Retry-After',
        ],
        maxAge: Duration.days(1),
      },
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', { retention: RetentionDays.ONE_YEAR }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
    new RunbookAlarm(this, 'ServerErrorsAlarm', {
      section: 'api-server-errors',
      metric: this.api.metricServerError(fiveMinutes),
      threshold: 5,
      topic: alarmTopic,
    });
  }

  /**
   * One integration and one permission for each function, whatever its number of routes: a permission for each route
   * would outgrow the function's policy (20 KB, AWS limit).
   */
  route(target: RegistryFunction, { get = [], post = [], others }: GatewayRoutes): void {
    const integration = new HttpLambdaIntegration(`${target.node.id}Integration`, target.lambda, {
      scopePermissionToRoute: false,
    });
    const { api } = this;
    const routes = [
      // An HTTP API does not route HEAD by itself.
      ...get.flatMap((path) => api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.HEAD], integration })),
      ...post.flatMap((path) => api.addRoutes({ path, methods: [HttpMethod.POST], integration })),
      ...(others ? [new HttpRoute(this, 'Others', { httpApi: api, routeKey: HttpRouteKey.DEFAULT, integration })] : []),
    ];
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'Reading is public; tokens for all else are verified in the function, so that every error is a problem.',
      });
    }
  }
}
