// Holds what the page asks, and what the stand-in service answers, against the real service's OpenAPI
// description, so that neither drifts from it.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const kFile = process.env.KFACE_OPENAPI ?? fileURLToPath(new URL('../../src/gate/service/openapi.json', import.meta.url));
const description = existsSync(kFile) ? JSON.parse(readFileSync(kFile, 'utf8')) : null;

const follow = (schema) => (schema?.$ref ? follow(schema.$ref.slice(2).split('/').reduce((at, name) => at[name], description)) : schema);

const type_of = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array'
  : Number.isInteger(value) ? 'integer' : typeof value);
const fits_type = (type, wanted) => [wanted].flat().some((one) => one === type || (one === 'number' && type === 'integer'));

// What is wrong with `value`, which stands at `where`: a list of sentences.
function faults_of(value, given, where) {
  const schema = follow(given);
  if (schema === undefined || schema === true) return [];
  const faults = [];
  if (schema.oneOf && !schema.oneOf.some((one) => faults_of(value, one, where).length === 0)) faults.push(`${where}: fits none of its kinds`);
  for (const one of schema.allOf ?? []) faults.push(...faults_of(value, one, where));
  const type = type_of(value);
  if (schema.type && !fits_type(type, schema.type)) return [...faults, `${where}: is ${type}, not ${[schema.type].flat().join(' or ')}`];
  if (schema.enum && !schema.enum.includes(value)) faults.push(`${where}: ${JSON.stringify(value)} is none of ${schema.enum}`);
  if (type === 'string' && schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) faults.push(`${where}: ${JSON.stringify(value)} is not ${schema.pattern}`);
  if (typeof value === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) faults.push(`${where}: ${value} is out of range`);
  if (type === 'array') {
    if (value.length > (schema.maxItems ?? Infinity)) faults.push(`${where}: too many`);
    value.forEach((item, i) => faults.push(...faults_of(item, schema.items, `${where}[${i}]`)));
  }
  if (type === 'object') {
    for (const name of schema.required ?? []) if (!(name in value)) faults.push(`${where}: ${name} is missing`);
    for (const [name, inner] of Object.entries(value)) {
      if (schema.properties && name in schema.properties) faults.push(...faults_of(inner, schema.properties[name], `${where}.${name}`));
      else if (schema.additionalProperties === false) faults.push(`${where}: unknown ${name}`);
    }
  }
  return faults;
}

function find_operation(method, path) {
  const fits = (pattern) => new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  // "/v1/faces/check" before "/v1/faces/{face}"
  const [found] = Object.keys(description.paths).filter(fits).sort((a, b) => a.split('{').length - b.split('{').length);
  return description.paths[found]?.[method.toLowerCase()];
}

const content_schema = (content, type) => content?.[type]?.schema;

// One request and its answer. `json`: undefined where there was none.
export function check_exchange({ method, url, request_json, status, answer_json }) {
  if (description === null) return [];
  const where = `${method} ${url.pathname}`;
  const operation = find_operation(method, url.pathname);
  if (!operation) return [`${where}: not in the description`];
  const faults = [];
  for (const [name, value] of url.searchParams) {
    const parameter = (operation.parameters ?? []).map(follow).find((one) => one.name === name);
    const { type } = follow(parameter?.schema) ?? {};
    const typed = type === 'integer' || type === 'number' ? Number(value) : type === 'boolean' ? value === 'true' : value;
    if (!parameter) faults.push(`${where}: unknown parameter ${name}`);
    else faults.push(...faults_of(typed, parameter.schema, `${where}?${name}`));
  }
  if (request_json !== undefined) faults.push(...faults_of(request_json, content_schema(operation.requestBody?.content, 'application/json'), `${where} body`));
  const response = follow(operation.responses[status] ?? operation.responses.default);
  if (!response) faults.push(`${where}: status ${status} is not described`);
  else if (answer_json !== undefined) faults.push(...faults_of(answer_json, content_schema(response.content, 'application/json'), `${where} ${status}`));
  return faults;
}
