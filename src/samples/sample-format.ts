/** Sample formats of the specification (§9.2). */

export type SampleFormat = 'u8' | 's16' | 's32' | 'f32' | 'u8-planar' | 's16-planar' | 's32-planar' | 'f32-planar';

export type SampleType = 'u8' | 's16' | 's32' | 'f32';

export const sampleFormats: readonly SampleFormat[] = [
  'u8',
  's16',
  's32',
  'f32',
  'u8-planar',
  's16-planar',
  's32-planar',
  'f32-planar',
];

export const isPlanar = (format: SampleFormat): boolean => format.endsWith('-planar');

export const sampleTypeOf = (format: SampleFormat): SampleType => format.replace('-planar', '') as SampleType;

export const bytesPerSample = (format: SampleFormat): 1 | 2 | 4 =>
  ({ u8: 1, s16: 2, s32: 4, f32: 4 })[sampleTypeOf(format)] as 1 | 2 | 4;
