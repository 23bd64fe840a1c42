// ajv as a judge of JSON Schema, line by line on stdin: {"start": "2020-12" | "2019-09" | "07"}, {"add": uri, "document": schema},
// {"compile": schema}, {"judge": instance}. Each of the last two is answered by a line: compiled, valid, invalid or error.
import readline from 'node:readline';
import Ajv07 from 'ajv';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createRequire } from 'node:module';

const draft07 = createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-07.json');
const kinds = { '07': Ajv07, '2019-09': Ajv2019, '2020-12': Ajv2020 };

let ajv;
let validate;
const steps = {
  start(draft) {
    ajv = new (kinds[draft].default ?? kinds[draft])({ strict: false, logger: false, unicodeRegExp: true });
    if (draft !== '07') ajv.addMetaSchema(draft07);
    (addFormats.default ?? addFormats)(ajv);
  },
  add(uri, { document }) {
    ajv.addSchema(document, uri);
  },
  compile(schema) {
    validate = (schema.$id && ajv.getSchema(schema.$id)) || ajv.compile(schema);
    return 'compiled';
  },
  judge(instance) {
    return validate(instance) ? 'valid' : 'invalid';
  },
};
for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const step = JSON.parse(line);
  const name = Object.keys(step)[0];
  let said;
  try {
    said = steps[name](step[name], step);
  } catch (error) {
    said = `error ${String(error.message).split('\n')[0]}`;
  }
  if (said) process.stdout.write(`${said}\n`);
}
