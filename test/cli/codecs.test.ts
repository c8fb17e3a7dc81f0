/** The support matrix: that it is complete, that it says what is so, and that docs/codecs.md says the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type AudioData,
  AudioEncoder,
  type AudioEncoderConfig,
  ImageDecoder,
  VideoDecoder,
  type VideoDecoderConfig,
  VideoEncoder,
  type VideoEncoderConfig,
} from 'everycodec';
import { packs } from '../../emscripten/packs.mjs';
import { codecsDocument, documentFile } from '../../scripts/codecs-document.ts';
import { parseCommand } from '../../src/cli/arguments.ts';
import { audioEntries, type Examples, imageEntries, videoEntries } from '../../src/cli/codecs/examples.ts';
import { readManifest } from '../../src/cli/codecs/manifest.ts';
import { type Matrix, type MatrixRow, type Support, supportMatrix } from '../../src/cli/codecs/matrix.ts';
import { matrixText } from '../../src/cli/codecs/terminal.ts';
import { CommandError, UsageError } from '../../src/cli/errors.ts';
import { parseAudioCodec, parseVideoCodec } from '../../src/codecs/registry.ts';
import { audioCodecs, imageCodecs, videoCodecs } from '../../src/engine/codec-numbers.ts';
import { imageFormatOfType } from '../../src/images/image-format.ts';
import { mediaAbsent, mediaFolder } from '../support/media.ts';
import { makeAudio, makeFrame } from '../support/pictures.ts';

const timeout = 120_000;
const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

let matrix: Matrix;
before(async () => {
  matrix = await supportMatrix(readManifest());
});

const rowsOf = ({ video, audio, image }: Matrix): MatrixRow[] => [...video, ...audio, ...image];

describe('everycodec codecs', () => {
  const run = (...argv: string[]) => spawnSync(process.execPath, [command, ...argv], { encoding: 'utf8', timeout });

  it('is understood, alone or with --json', () => {
    assert.deepEqual(parseCommand(['codecs']), { kind: 'codecs', json: false });
    assert.deepEqual(parseCommand(['codecs', '--json']), { kind: 'codecs', json: true });
    assert.equal(parseCommand(['./codecs', 'out.mp4']).kind, 'transcode');
  });

  it('refuses what has no meaning', () => {
    const wrong = [
      ['codecs', 'out.mp4'],
      ['codecs', '-y'],
      ['codecs', '--video-codec', 'av1'],
      ['a', 'b.mkv', '--json'],
    ];
    for (const argv of wrong) assert.throws(() => parseCommand(argv), UsageError, argv.join(' '));
    const { status, stdout, stderr } = run('codecs', 'out.mp4');
    assert.deepEqual([status, stdout, stderr], [2, '', 'everycodec: codecs takes no files (see --help)\n']);
  });

  it('prints every codec and every pack, in 80 columns and without colours', () => {
    const { status, stdout, stderr } = run('codecs');
    assert.deepEqual([status, stderr], [0, '']);
    for (const name of [...rowsOf(matrix), ...matrix.packs].map((row) => row.name)) {
      assert.ok(
        stdout.split('\n').some((line) => line.startsWith(`${name}  `)),
        name,
      );
    }
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('fits the width of the terminal', () => {
    const widest = (width: number): number => {
      const lines = matrixText(matrix, { width, bold: false }).split('\n');
      return Math.max(...lines.map(({ length }) => length));
    };
    assert.ok(widest(70) <= 70, `${widest(70)}`);
    assert.ok(widest(110) > 80 && widest(110) <= 110, `${widest(110)}`);
    assert.equal(widest(500), widest(120));
  });

  it('prints titles in bold where that is wanted', () => {
    assert.ok(matrixText(matrix, { width: 80, bold: true }).startsWith('\u001b[1mVideo\u001b[22m\n'));
  });

  it('prints JSON of the same', () => {
    const { status, stdout } = run('codecs', '--json');
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(matrix)));
  });

  it('says in one line that the list of packs is missing', () => {
    assert.throws(() => readManifest(new URL('absent.json', import.meta.url)), CommandError);
  });
});

test('docs/codecs.md is as `npm run docs` writes it', async () => {
  assert.equal(readFileSync(documentFile, 'utf8'), await codecsDocument(), 'run `npm run docs`');
});

describe('the support matrix', () => {
  it('has all codecs there are', () => {
    const named = (rows: MatrixRow[], nameOf: (codec: string) => string | undefined) =>
      [...new Set(rows.flatMap(({ codecs }) => Object.keys(codecs).map(nameOf)))].sort();
    assert.deepEqual(
      named(matrix.video, (codec) => parseVideoCodec(codec)?.codec),
      [...videoCodecs].sort(),
    );
    assert.deepEqual(
      named(matrix.audio, (codec) => parseAudioCodec(codec)?.codec),
      [...audioCodecs].sort(),
    );
    assert.deepEqual(named(matrix.image, imageFormatOfType), [...imageCodecs, 'avif'].sort());
  });

  it('has all packs of codecs, with the libraries they are made of', () => {
    // Pixels are converted without a codec.
    assert.deepEqual([...matrix.packs.map(({ name }) => name), 'pixels'].sort(), Object.keys(packs).sort());
    for (const { name, single, threads } of matrix.packs) {
      for (const bytes of [single, threads].flatMap(Object.values)) assert.ok(bytes > 0, name);
    }
    for (const { decode, encode } of rowsOf(matrix)) {
      for (const { library, pack } of [decode, encode].filter((side): side is Support => side !== null)) {
        const { libraries } = packs[pack] as { libraries: string[] };
        assert.ok(libraries.includes(library), `${pack}: ${library}`);
      }
    }
  });

  it('has example strings that can be decoded', () => {
    for (const { name, codecs } of rowsOf(matrix)) {
      assert.deepEqual(
        Object.values(codecs),
        Object.keys(codecs).map(() => true),
        name,
      );
    }
  });
});

/** Coders that were configured and then asked to finish: what cannot be opened rejects. */
type Open<Config> = (config: Config) => Promise<unknown>;

const openVideoDecoder: Open<VideoDecoderConfig> = async (config) => {
  const decoder = new VideoDecoder({ output: (frame) => frame.close(), error() {} });
  decoder.configure(config);
  await decoder.flush();
  decoder.close();
};

const openVideoEncoder: Open<VideoEncoderConfig> = async (config) => {
  const encoder = new VideoEncoder({ output() {}, error() {} });
  encoder.configure(config);
  const frame = makeFrame(64, 64, 0);
  encoder.encode(frame);
  frame.close();
  await encoder.flush();
  encoder.close();
};

const openAudioEncoder: Open<AudioEncoderConfig> = async (config) => {
  const encoder = new AudioEncoder({ output() {}, error() {} });
  encoder.configure(config);
  const data: AudioData = makeAudio(config.sampleRate, config.numberOfChannels, 4800);
  encoder.encode(data);
  data.close();
  await encoder.flush();
  encoder.close();
};

describe('what the matrix says is supported, works:', () => {
  async function assertOpens<Config>(examples: Examples<Config>, said: Support, open: Open<Config>): Promise<void> {
    for (const [feature, configs] of Object.entries(examples)) {
      for (const [label, example] of Object.entries(configs)) {
        if (!said.features[feature]![label]) continue;
        for (const config of Array.isArray(example) ? (example as Config[]) : [example as Config]) {
          await assert.doesNotReject(open(config), `${feature} ${label}: ${JSON.stringify(config)}`);
        }
      }
    }
  }

  videoEntries.forEach(({ name, decode, encode }, index) => {
    it(`decoders of ${name} open`, { timeout }, () =>
      assertOpens(decode.examples, matrix.video[index]!.decode, openVideoDecoder),
    );
    it(`encoders of ${name} encode`, { timeout }, () =>
      assertOpens(encode!.examples, matrix.video[index]!.encode!, openVideoEncoder),
    );
  });

  // Most audio decoders need a description out of a file: test/conformance has those.
  audioEntries.forEach(({ name, encode }, index) => {
    it(`encoders of ${name} encode`, { timeout }, () =>
      assertOpens(encode!.examples, matrix.audio[index]!.encode!, openAudioEncoder),
    );
  });

  for (const { name, codecs, encode } of videoEntries) {
    const range = Object.keys(encode!.examples.quantizer ?? {})[0];
    it(`quantizers of ${name} end at ${range ?? 'none'}`, () => {
      const member = parseVideoCodec(codecs[0]!)!.codec;
      const largest = Number(range?.split('–')[1]);
      const encoder = new VideoEncoder({ output() {}, error() {} });
      encoder.configure({ codec: codecs[0]!, width: 64, height: 64, bitrateMode: range ? 'quantizer' : 'variable' });
      const encode = (quantizer: number) => encoder.encode(makeFrame(64, 64, 0), { [member]: { quantizer } });
      if (range) {
        encode(largest);
        assert.throws(() => encode(largest + 1), TypeError);
      }
      encoder.close();
    });
  }
});

/** What the matrix says of the contents of images, by files that have it. */
const imageFiles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  JPEG: {
    baseline: 'jpeg/wpt__four-colors.jpg',
    progressive: 'jpeg/image__cat.jpg',
    grey: 'jpeg/wuffs__peacock.grayscale.jpeg',
    CMYK: 'jpeg/pillow__pil_sample_cmyk.jpg',
    '12 bit': 'jpeg/serenity__12-bit.jpg',
    orientation: 'jpeg/pillow__hopper_orientation_6.jpg',
  },
  'PNG, APNG': {
    interlaced: 'png/image__basi2c08.png',
    '16 bit': 'png/image__basn6a16.png',
    alpha: 'png/image__basn6a16.png',
    animations: 'png/image__ball.png',
  },
  GIF: { alpha: 'gif/pillow__dispose_bgnd.gif', animations: 'gif/image__any-disposal.gif' },
  WebP: {
    lossy: 'webp/libwebp__test.webp',
    lossless: 'webp/libwebp__lossless_vec_1_5.webp',
    alpha: 'webp/libwebp__lossy_alpha1.webp',
    orientation: 'webp/pillow__hopper_orientation_6.webp',
    animations: 'webp/sharp__rotating-squares.webp',
  },
  AVIF: {
    '8 bit': 'avif/avif__fox.profile0.8bpc.yuv420.avif',
    '10 bit': 'avif/avif__fox.profile0.10bpc.yuv420.avif',
    '12 bit': 'avif/avif__fox.profile2.12bpc.yuv444.avif',
    '4:0:0': 'avif/avif__fox.profile0.8bpc.yuv420.monochrome.avif',
    '4:2:0': 'avif/avif__fox.profile0.8bpc.yuv420.avif',
    '4:4:4': 'avif/avif__fox.profile2.12bpc.yuv444.avif',
    alpha: 'avif/pillow__transparency.avif',
    rotation: 'avif/avif__kimono.rotate90.avif',
    animations: 'avif/wpt__four-colors-flip.avif',
  },
  BMP: { RGB: 'bmp/image__rgb24.bmp', alpha: 'bmp/serenity__rgba32-1.bmp' },
};

/** Formats as they are where a content shows in them. */
const formatsWith: Readonly<Record<string, RegExp>> = {
  alpha: /A/,
  '8 bit': /^I4\d\d$/,
  '10 bit': /P10$/,
  '12 bit': /P12$/,
  '4:2:0': /^I420/,
  '4:4:4': /^I444/,
};

describe('contents of images', { skip: mediaAbsent }, () => {
  for (const { name, codecs, decode } of imageEntries) {
    for (const content of Object.keys(decode.examples.contents!)) {
      it(`${name}: ${content}`, { timeout }, async () => {
        const file = imageFiles[name]?.[content];
        assert.ok(file, 'the test needs a file of the kind');
        const decoder = new ImageDecoder({ type: codecs[0]!, data: readFileSync(join(mediaFolder, file)) });
        await decoder.completed;
        const { image } = await decoder.decode();
        const { format, rotation } = image;
        const { animated } = decoder.tracks.selectedTrack!;
        image.close();
        decoder.close();
        assert.match(format!, formatsWith[content] ?? /./);
        if (content === 'animations') assert.ok(animated);
        if (content === 'orientation' || content === 'rotation') assert.equal(rotation, 90);
      });
    }
  }
});
