// ONNX Runtime, from an ONNX file. Options and conversation: bench/README.md.
import {createInterface} from 'node:readline';
import {readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import ort from 'onnxruntime-node';

const CHANNELS = 3;

function parse() {
  const names = ['network', 'input', 'output', 'batch', 'threads'];
  const options = Object.fromEntries(names.map((name) => [name, {type: 'string'}]));
  const {values} = parseArgs({options});
  for (const name of names) {
    if (values[name] === undefined) throw new Error(`missing option --${name}`);
  }
  return {...values, batch: Number(values.batch), threads: Number(values.threads)};
}

// Raw little-endian float32 [batch, 3, side, side].
function readInput({input, batch}) {
  const bytes = readFileSync(input);
  const values = new Float32Array(bytes.length / Float32Array.BYTES_PER_ELEMENT);
  Buffer.from(values.buffer).set(bytes);
  const side = Math.round(Math.sqrt(values.length / batch / CHANNELS));
  if (side * side * batch * CHANNELS !== values.length) {
    throw new Error(`${input}: ${values.length} values are not ${batch} square pictures of 3 channels`);
  }
  return new ort.Tensor('float32', values, [batch, CHANNELS, side, side]);
}

async function prepare(options) {
  const session = await ort.InferenceSession.create(options.network, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
  });
  const feeds = {[session.inputNames[0]]: readInput(options)};
  const output = session.outputNames[0];
  return async () => (await session.run(feeds))[output].data;
}

async function obey(forward) {
  for await (const line of createInterface({input: process.stdin})) {
    const count = Number(/^run ([1-9][0-9]*)$/.exec(line)?.[1]);
    if (!count) throw new Error(`expected "run N", got "${line}"`);
    const milliseconds = [];
    for (let i = 0; i < count; ++i) {
      const start = performance.now();
      await forward();
      milliseconds.push(performance.now() - start);
    }
    console.log(`ms ${milliseconds.join(' ')}`);
  }
}

try {
  const options = parse();
  const forward = await prepare(options);
  const output = await forward();
  writeFileSync(options.output, Buffer.from(output.buffer, output.byteOffset, output.byteLength));
  const info = {
    library: `ONNX Runtime ${ort.env.versions.node}`,
    details: `CPU provider, all optimisations, ${options.threads} threads, Node ${process.version}`,
    asserts: false,
    optimised: true,
  };
  console.log(`ready ${JSON.stringify(info)}`);
  await obey(forward);
} catch (error) {
  console.error(`ort.mjs: ${error.message}`);
  process.exit(1);
}
