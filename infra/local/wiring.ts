import { createResolver, type Reference, referenceKey } from './resolve.ts';
import type { Place } from './resources/counterpart.ts';
import { counterparts } from './resources/counterparts.ts';
import type { Wiring } from './specs.ts';
import type { Stack } from './templates.ts';

/**
 * Reads synthesized stacks in two passes: first the names of all resources, then their properties, which refer to other
 * resources. A resource type without a local counterpart is an error, so that none is ignored by accident. Names end in
 * a suffix, as CloudFormation's do, so that two registries can use one database.
 */
export function readWiring(stacks: readonly Stack[], place: Place): Wiring {
  const resources = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources).map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
  const references = new Map<string, Reference>();
  for (const { stack, logicalId, resource } of resources) {
    const counterpart = counterparts[resource.Type];
    if (!counterpart) {
      const where = `${stack.name}/${logicalId}`;
      throw new Error(`${where}: the local run has no counterpart for ${resource.Type}; see infra/local/resources`);
    }
    const name = `${stack.name}-${logicalId}-${place.suffix}`;
    references.set(referenceKey(stack.name, logicalId), counterpart.refer(name, resource.Properties ?? {}, place));
  }

  const resolverOf = createResolver(stacks, references);
  const wiring: Wiring = {
    tables: [],
    functions: [],
    queues: [],
    rules: [],
    schedules: [],
    mappings: [],
    integrations: [],
    routes: [],
    buses: [],
    buckets: [],
    keys: [],
  };
  for (const { stack, logicalId, resource } of resources) {
    const wire = counterparts[resource.Type]?.wire;
    if (!wire) continue;
    const self = references.get(referenceKey(stack.name, logicalId)) as Reference;
    const properties = resolverOf(stack)(resource.Properties ?? {}) as Record<string, never>;
    wire({ where: `${stack.name}/${logicalId}`, self, properties, metadata: resource.Metadata ?? {} }, wiring);
  }
  return wiring;
}
